//! Somebody gives a claimed task back to its candidates.

use kapok_protocol::TaskId;

use super::{not_yours, open_task};
use crate::{
    Context, Stop,
    case::Case,
    refusals,
    state::{EventKind, Work},
};

pub(crate) fn release(work: &mut Work<'_>, context: &mut Context<'_>, id: TaskId) -> Result<(), Stop> {
    let task = open_task(work, context, id)?;
    let theirs = context
        .actor
        .person()
        .is_some_and(|person| task.assignee == Some(person));
    if !theirs {
        return Err(not_yours(context, &task));
    }
    if task.candidates.is_empty() {
        return Err(refusals::task_not_releasable().into());
    }
    let mut case = Case::open(work, context, task.instance)?;
    case.task_mut(id)?.assignee = None;
    Ok(case.log(task.element, EventKind::TaskReleased(id))?)
}
