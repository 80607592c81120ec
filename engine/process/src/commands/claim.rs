//! 认领: somebody takes a task that several could do.

use kapok_protocol::TaskId;

use super::{not_yours, open_task};
use crate::{
    Context, Stop,
    case::Case,
    human::claim::{Standing, standing},
    refusals,
    state::{EventKind, Task, Work},
};

pub(crate) fn claim(work: &mut Work<'_>, context: &mut Context<'_>, id: TaskId) -> Result<(), Stop> {
    let task = open_task(work, context, id)?;
    let Some(person) = context.actor.person() else {
        return Err(not_yours(context, &task));
    };
    match standing(context, &task) {
        Standing::Handler => Ok(()),
        Standing::MayTake(_) => {
            let mut case = Case::open(work, context, task.instance)?;
            case.task_mut(id)?.assignee = Some(person);
            Ok(case.log(task.element, EventKind::TaskClaimed(id))?)
        }
        Standing::Stranger => Err(taken_or_not_yours(context, &task)),
    }
}

/// A candidate who comes too late is told so; to others the task is simply not theirs.
fn taken_or_not_yours(context: &Context<'_>, task: &Task) -> Stop {
    let candidate_otherwise = matches!(
        standing(
            context,
            &Task {
                assignee: None,
                ..task.clone()
            }
        ),
        Standing::MayTake(_)
    );
    if task.assignee.is_none() || !candidate_otherwise {
        return not_yours(context, task);
    }
    let by = task.assignee.and_then(|person| context.directory.name(person));
    refusals::task_taken(by.as_deref()).into()
}
