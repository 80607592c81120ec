//! What the clients do: write quotes and have them approved, place orders and ship them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use serde_json::{Value, json};

use crate::clients::Client;

/// A story as far as it was answered.
#[derive(Debug, Clone)]
pub enum Story {
    /// A record is saved, which starts a case; it is approved, rejected, or forgotten until the superior has it.
    Quote {
        record: String,
        instance: String,
        decision: Option<&'static str>,
    },
    /// A case is started, a message arrives, a time passes, a person ships it or is too late.
    Order {
        instance: String,
        paid: bool,
        shipped: Option<bool>,
    },
}

/// What the clients were answered, by a name that no two stories share.
#[derive(Default)]
pub struct Notes(Mutex<BTreeMap<String, Story>>);

impl Notes {
    pub fn answered(&self) -> BTreeMap<String, Story> {
        self.lock().clone()
    }

    fn note(&self, name: &str, story: &Story) {
        self.lock().insert(name.to_owned(), story.clone());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Story>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A quote's title, by which it is found again.
pub fn title(name: &str) -> String {
    format!("视觉检测项目 {name}")
}

/// Plays one story to its end.
pub fn play(client: &mut Client, name: &str) {
    match client.random.within(0..2) {
        0 => quote(client, name),
        _ => order(client, name),
    }
}

fn quote(client: &mut Client, name: &str) {
    let around = client.around.clone();
    let fields = json!({
        "title": title(name), "customer": around.tokens.customer,
        "lines": [{ "product": "减速机", "quantity": 2, "price": client.random.within(1..90_000) }],
    });
    let saved = client.post(
        "/records/quotes.quote",
        &around.tokens.seller,
        format!("save-{name}"),
        json!({ "fields": fields }),
    );
    assert_eq!(saved.status, 201, "{saved:?}");
    let record = saved.body["id"].as_str().expect("an id").to_owned();
    let instance = saved.started.expect("its save starts a case");
    let note = |decision| {
        let (record, instance) = (record.clone(), instance.clone());
        around.notes.note(
            name,
            &Story::Quote {
                record,
                instance,
                decision,
            },
        );
    };
    note(None);

    // The manager decides at once, or forgets it, and then the superior does.
    let (forgotten, decision) = match client.random.within(0..4) {
        0 => (false, "reject"),
        1 => (false, "approve"),
        _ => (true, "approve"),
    };
    let task = client.until(&instance, |case| {
        let task = open_task(case)?;
        let escalated = task["assignee"]["name"] == "赵建华";
        (escalated || !forgotten).then(|| id(task))
    });
    let body = json!({ "decision": decision, "comment": title(name), "variables": {} });
    let path = format!("/tasks/{task}/complete");
    let key = format!("decide-{name}");
    let mut answer = client.post(&path, &around.tokens.manager, key.clone(), body.clone());
    // Forgotten, or too late because nothing answered for so long: the superior has it.
    if answer.status == 403 {
        answer = client.post(&path, &around.tokens.superior, key, body);
    }
    assert_eq!(answer.status, 204, "{answer:?}");
    note(Some(decision));
    let end = if decision == "reject" { "rejected" } else { "completed" };
    client.until(&instance, |case| (case["state"] == end).then_some(()));
}

fn order(client: &mut Client, name: &str) {
    let around = client.around.clone();
    let begun = client.post(
        "/instances",
        &around.tokens.seller,
        format!("order-{name}"),
        json!({ "process": "order", "variables": { "order": name } }),
    );
    assert_eq!(begun.status, 201, "{begun:?}");
    let instance = id(&begun.body);
    let note = |paid, shipped| {
        let instance = instance.clone();
        around.notes.note(
            name,
            &Story::Order {
                instance,
                paid,
                shipped,
            },
        );
    };
    note(false, None);

    // A second delivery would find nobody who waits, and be refused.
    let paid = client.post(
        "/messages",
        &around.tokens.admin,
        format!("pay-{name}"),
        json!({ "name": "paid", "key": name, "variables": { "receipt": name } }),
    );
    assert_eq!(paid.status, 200, "{paid:?}");
    note(true, None);

    let patient = client.random.within(0..4) > 0;
    let task = client.until(&instance, |case| match open_task(case) {
        Some(task) if patient => Some(Some(id(task))),
        _ => (case["state"] == "completed").then_some(None),
    });
    let shipped = task.is_some_and(|task| {
        let answer = client.post(
            &format!("/tasks/{task}/complete"),
            &around.tokens.seller,
            format!("ship-{name}"),
            json!({ "variables": { "parcel": name } }),
        );
        // Nothing answered for so long that the order was given up.
        assert!([204, 409].contains(&answer.status), "{answer:?}");
        answer.status == 204
    });
    note(true, Some(shipped));
    client.until(&instance, |case| (case["state"] == "completed").then_some(()));
}

fn open_task(case: &Value) -> Option<&Value> {
    case["tasks"].as_array()?.iter().find(|task| task["state"] == "open")
}

fn id(of: &Value) -> String {
    of["id"].as_str().expect("an id").to_owned()
}
