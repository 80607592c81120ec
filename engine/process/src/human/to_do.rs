//! The life of a to-do: given, ended.

use kapok_model::HumanTask;
use kapok_protocol::{Decision, ElementInstanceId, PersonId, TaskId, Timestamp};

use crate::{
    case::Case,
    human::{notice, reminders},
    state::{Candidate, EventKind, StateError, Task, TaskState},
};

/// Gives a to-do to a person, or to groups, and tells them.
pub(crate) fn create(
    case: &mut Case,
    element: ElementInstanceId,
    spec: &HumanTask,
    assignee: Option<PersonId>,
    candidates: Vec<Candidate>,
    due_at: Option<Timestamp>,
) -> Result<TaskId, StateError> {
    let id: TaskId = case.new_id();
    let now = case.context.now;
    let row = Task {
        id,
        instance: case.id,
        definition: case.definition()?,
        element,
        node: case.element(element)?.node,
        assignee,
        candidates,
        state: TaskState::Open,
        created_at: now,
        due_at,
        escalated_from: None,
        timers: Vec::new(),
        reminders: 0,
        urged_at: None,
        ended_at: None,
        completed_by: None,
        decision: None,
        comment: None,
    };
    case.work.tasks.put(id, row);
    case.element_mut(element)?.tasks.push(id);
    case.log(element, EventKind::TaskCreated { task: id, assignee })?;
    reminders::arm(case, id, &spec.reminders)?;
    notice::arrived(case, id)?;
    Ok(id)
}

/// Ends a to-do as finished; `by` is `None` when the engine decided in the handler's place.
pub(crate) fn complete(
    case: &mut Case,
    id: TaskId,
    by: Option<PersonId>,
    decision: Option<Decision>,
    comment: Option<&str>,
) -> Result<(), StateError> {
    end(case, id, TaskState::Completed)?;
    let task = case.task_mut(id)?;
    task.completed_by = by;
    task.decision = decision;
    task.comment = comment.map(str::to_owned);
    let element = task.element;
    case.element_mut(element)?.tasks.retain(|task| *task != id);
    let comment = comment.map(str::to_owned);
    case.log(
        element,
        EventKind::TaskCompleted {
            task: id,
            decision,
            comment,
        },
    )
}

/// Ends a to-do that is no longer needed.
pub(crate) fn cancel(case: &mut Case, id: TaskId) -> Result<(), StateError> {
    end(case, id, TaskState::Cancelled)
}

fn end(case: &mut Case, id: TaskId, state: TaskState) -> Result<(), StateError> {
    let now = case.context.now;
    let task = case.task_mut(id)?;
    task.state = state;
    task.ended_at = Some(now);
    for timer in std::mem::take(&mut task.timers) {
        case.work.timers.delete(timer);
    }
    Ok(())
}
