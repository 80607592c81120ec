//! How far a task has come.

use kapok_plugin_sdk::{Actor, Fields, Value};

/// The task that a contact record belongs to.
pub(crate) fn task_of(contact: &Fields) -> Option<u64> {
    contact.get("task")?.as_str()?.parse().ok()
}

/// Whether what somebody records moves a task: who is responsible for it may always change it, others perhaps not.
pub(crate) fn moves(actor: Actor, owner: Option<u64>) -> bool {
    match actor {
        Actor::Person(person) => owner == Some(person),
        Actor::System | Actor::Process(_) => true,
    }
}

/// What a contact changes in its task; nothing when a later one is known or everything is so already.
pub(crate) fn moved(task: &Fields, contact: &Fields) -> Option<Fields> {
    let time = contact.get("time")?.as_str()?;
    // Moments are written alike, in UTC, so texts compare as they do.
    if task
        .get("last_contact")
        .and_then(Value::as_str)
        .is_some_and(|last| last > time)
    {
        return None;
    }
    let mut set = Fields::new();
    for (from, to) in [("time", "last_contact"), ("progress", "progress")] {
        if let Some(value) = contact.get(from)
            && !value.is_null()
            && task.get(to) != Some(value)
        {
            set.insert(to.to_owned(), value.clone());
        }
    }
    (!set.is_empty()).then_some(set)
}

#[cfg(test)]
mod tests {
    use kapok_plugin_sdk::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn the_latest_contact_says_how_far_a_task_has_come() {
        let (earlier, later) = ("2026-11-23T01:00:00Z", "2026-11-24T01:00:00Z");
        let table = [
            // the task, the contact, what changes
            (
                json!({}),
                json!({ "time": later, "progress": 60 }),
                Some(json!({ "last_contact": later, "progress": 60 })),
            ),
            (
                json!({ "last_contact": later }),
                json!({ "time": earlier, "progress": 10 }),
                None,
            ),
            (
                json!({ "last_contact": earlier, "progress": 60 }),
                json!({ "time": later }),
                Some(json!({ "last_contact": later })),
            ),
            (
                json!({ "last_contact": later, "progress": 60 }),
                json!({ "time": later, "progress": 70 }),
                Some(json!({ "progress": 70 })),
            ),
            (
                json!({ "last_contact": later, "progress": 60 }),
                json!({ "time": later, "progress": 60 }),
                None,
            ),
            (json!({}), json!({ "progress": 60 }), None),
        ];
        for (task, contact, expected) in table {
            let set = moved(&fields(task.clone()), &fields(contact.clone()));
            assert_eq!(set, expected.map(fields), "{task} and {contact}");
        }
    }

    #[test]
    fn only_whoever_has_the_task_moves_it() {
        assert!(moves(Actor::Person(7), Some(7)));
        assert!(!moves(Actor::Person(8), Some(7)));
        assert!(!moves(Actor::Person(8), None));
        assert!(moves(Actor::System, None));
    }
}
