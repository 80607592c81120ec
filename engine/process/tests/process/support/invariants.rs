//! What is true of the rows after every command.

use kapok_model::{NodeKind, ProcessGraph};
use kapok_process::state::{ElementInstance, ElementState, InstanceState, TaskState, TimerKind};
use kapok_protocol::{ElementInstanceId, InstanceId};

use super::state::Memory;

pub fn check(state: &Memory, graph: &ProcessGraph) {
    let active = |id: ElementInstanceId| -> &ElementInstance {
        let row = state.elements.values().find(|row| row.id == id).expect("an activation");
        assert_eq!(
            row.state,
            ElementState::Active,
            "something live belongs to an ended activation: {row:#?}"
        );
        row
    };
    let live: Vec<&ElementInstance> = state
        .elements
        .values()
        .filter(|row| row.state == ElementState::Active)
        .collect();
    let count = |instance: InstanceId, scope: Option<ElementInstanceId>| {
        live.iter()
            .filter(|row| row.instance == instance && row.scope == scope)
            .count()
    };
    for row in &live {
        assert_eq!(
            state.instances[&row.instance].state,
            InstanceState::Active,
            "live in an ended case: {row:#?}"
        );
        if let Some(scope) = row.scope {
            active(scope);
        }
        assert_eq!(
            row.live_children as usize,
            count(row.instance, Some(row.id)),
            "{row:#?}"
        );
        assert!(row.tasks.iter().all(|task| state.tasks[task].state == TaskState::Open));
        assert!(
            row.timers.iter().all(|timer| state.timers.contains_key(timer)),
            "{row:#?}"
        );
        assert!(row.job.is_none_or(|job| state.jobs.contains_key(&job)));
        assert!(
            row.incident
                .is_none_or(|incident| state.incidents.contains_key(&incident))
        );
        waits_for_something(row, graph);
        check_joins(row.joins.as_slice(), &active);
    }
    for instance in state.instances.values() {
        assert_eq!(
            instance.live_children as usize,
            count(instance.id, None),
            "{instance:#?}"
        );
        assert_eq!(
            instance.state == InstanceState::Active,
            instance.live_children > 0,
            "{instance:#?}"
        );
        assert_eq!(instance.state == InstanceState::Active, instance.ended_at.is_none());
        check_joins(&instance.joins, &active);
    }
    for task in state.tasks.values().filter(|task| task.state == TaskState::Open) {
        assert!(active(task.element).tasks.contains(&task.id), "{task:#?}");
        assert!(
            task.assignee.is_some() || !task.candidates.is_empty(),
            "nobody's task: {task:#?}"
        );
        assert!(task.timers.iter().all(|timer| state.timers.contains_key(timer)));
    }
    for timer in state.timers.values() {
        let listed = match timer.kind {
            TimerKind::Start { .. } => true,
            TimerKind::Intermediate { element, .. } | TimerKind::Boundary { element, .. } => {
                active(element).timers.contains(&timer.id)
            }
            TimerKind::Reminder { task, .. } => {
                let task = &state.tasks[&task];
                task.state == TaskState::Open && task.timers.contains(&timer.id)
            }
            TimerKind::RetryJob { job } => active(state.jobs[&job].element).timers.contains(&timer.id),
        };
        assert!(listed, "a timer that nobody knows of: {timer:#?}");
    }
    for job in state.jobs.values() {
        assert_eq!(active(job.element).job, Some(job.id));
    }
    for incident in state.incidents.values() {
        assert_eq!(active(incident.element).incident, Some(incident.id));
    }
}

/// Whatever is live waits for something that will come: a child, a task, a timer, a job, a token, or a person's repair.
fn waits_for_something(row: &ElementInstance, graph: &ProcessGraph) {
    let node = graph.node(row.node).expect("a node");
    let waits = row.incident.is_some()
        || match node.kind {
            NodeKind::SubProcess => row.live_children > 0,
            NodeKind::UserTask(_) => !row.tasks.is_empty(),
            NodeKind::ServiceTask(_) => row.job.is_some(),
            NodeKind::IntermediateTimer(_) => !row.timers.is_empty(),
            NodeKind::ParallelGateway => !row.arrivals.is_empty(),
            _ => false,
        };
    assert!(waits, "{} waits for nothing: {row:#?}", node.id);
}

fn check_joins<'a>(
    joins: &[(kapok_model::NodeIndex, ElementInstanceId)],
    active: &impl Fn(ElementInstanceId) -> &'a ElementInstance,
) {
    for (node, id) in joins {
        let join = active(*id);
        assert_eq!(join.node, *node);
        assert!(!join.arrivals.is_empty());
    }
}
