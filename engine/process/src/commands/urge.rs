//! 催办: somebody who waits for a task nudges its handlers.

use kapok_protocol::TaskId;

use super::{is_operator, open_task};
use crate::{
    Context, Stop,
    case::Case,
    human::{assignment::MEMBERS_TOLD, claim, notice},
    refusals,
    state::{EventKind, Task, Work},
};

pub(crate) fn urge(work: &mut Work<'_>, context: &mut Context<'_>, id: TaskId) -> Result<(), Stop> {
    let task = open_task(work, context, id)?;
    let mut case = Case::open(work, context, task.instance)?;
    if !may_urge(&mut case, &task)? {
        return Err(refusals::task_not_to_urge().into());
    }
    let (now, interval) = (case.context.now, case.context.limits.urge_interval_millis);
    if let Some(last) = task.urged_at {
        let wait = last.millis().saturating_add(interval).saturating_sub(now.millis());
        if wait > 0 {
            return Err(refusals::task_urged_recently(wait.saturating_add(999) / 1000).into());
        }
    }
    case.task_mut(id)?.urged_at = Some(now);
    for person in claim::handlers(case.context, &task, MEMBERS_TOLD) {
        notice::urged(&mut case, id, person)?;
        case.log(task.element, EventKind::Urged { task: id, person })?;
    }
    Ok(())
}

fn may_urge(case: &mut Case, task: &Task) -> Result<bool, Stop> {
    if is_operator(case.context) {
        return Ok(true);
    }
    let Some(person) = case.context.actor.person() else {
        return Ok(false);
    };
    let superior = task
        .assignee
        .and_then(|handler| case.context.directory.superior(handler));
    Ok(superior == Some(person) || case.initiator()? == Some(person))
}
