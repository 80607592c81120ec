//! What can be asked, one file per command: who may ask, whether it makes sense now, and what it sets in motion.

pub(crate) mod cancel;
pub(crate) mod claim;
pub(crate) mod complete;
pub(crate) mod finish_job;
pub(crate) mod fire_timer;
pub(crate) mod publish;
pub(crate) mod release;
pub(crate) mod retry;
pub(crate) mod start;
mod start_timers;
pub(crate) mod urge;

use kapok_protocol::{Principal, TaskId};

pub use start_timers::arm_start_timers;

use crate::{
    Context, Stop, refusals,
    state::{Task, TaskState, Work},
};

/// A task that is still open.
fn open_task(work: &mut Work<'_>, context: &Context<'_>, id: TaskId) -> Result<Task, Stop> {
    let state = work.state;
    let task = work
        .tasks
        .get(&id, || state.task(id))?
        .cloned()
        .ok_or_else(refusals::task_not_found)?;
    if task.state == TaskState::Open {
        return Ok(task);
    }
    let by = task.completed_by.and_then(|person| context.directory.name(person));
    let at = context.local(task.ended_at.unwrap_or(context.now));
    Err(refusals::task_ended(by.as_deref(), &at).into())
}

/// The refusal for somebody to whom a task is nothing.
fn not_yours(context: &Context<'_>, task: &Task) -> Stop {
    let by = task.assignee.and_then(|person| context.directory.name(person));
    refusals::task_not_yours(by.as_deref()).into()
}

/// Whether the actor runs the system: an administrator, or the engine itself.
fn is_operator(context: &Context<'_>) -> bool {
    match context.actor {
        Principal::System => true,
        Principal::Person(person) => context.directory.is_administrator(person),
        Principal::Process(_) => false,
    }
}

/// Refuses what only the engine itself may ask for.
fn only_the_engine(context: &Context<'_>) -> Result<(), Stop> {
    match context.actor {
        Principal::System => Ok(()),
        Principal::Person(_) | Principal::Process(_) => Err(refusals::only_the_engine().into()),
    }
}
