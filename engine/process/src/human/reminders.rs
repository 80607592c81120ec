//! The reminder ladder of a to-do: each rung is a timer, counted from the to-do's arrival.

use kapok_model::{MessageChannel, Reminder, ReminderAction};
use kapok_protocol::{Decision, PersonId, TaskId, TimerId};

use crate::{
    case::Case,
    halt::Halt,
    human::{
        approval,
        assignment::{self, MEMBERS_TOLD},
        claim, notice,
    },
    state::{EventKind, StateError, TaskState, Timer, TimerKind},
};

/// Starts the ladder of a fresh to-do.
pub(crate) fn arm(case: &mut Case, task: TaskId, ladder: &[Reminder]) -> Result<(), StateError> {
    for (rung, reminder) in (0..).zip(ladder) {
        let id: TimerId = case.new_id();
        let repeat = match &reminder.action {
            ReminderAction::Remind {
                repeat: Some((times, interval)),
                ..
            } if *times > 0 && !interval.is_zero() => Some((Some(*times), *interval)),
            _ => None,
        };
        let due = case.context.after(reminder.after, case.context.now);
        case.work.timers.put(
            id,
            Timer {
                id,
                due,
                kind: TimerKind::Reminder { task, rung },
                repeat,
                cron: None,
            },
        );
        case.task_mut(task)?.timers.push(id);
    }
    Ok(())
}

/// A rung's time has come.
pub(crate) fn fire(case: &mut Case, task: TaskId, action: &ReminderAction) -> Result<(), Halt> {
    if case.task(task)?.state != TaskState::Open {
        return Ok(());
    }
    match action {
        ReminderAction::Remind { channels, .. } => Ok(remind(case, task, channels)?),
        ReminderAction::EscalateToSuperior => Ok(escalate(case, task)?),
        ReminderAction::Approve => approval::sign(case, task, None, Some(Decision::Approve), None),
        ReminderAction::Reject => approval::sign(case, task, None, Some(Decision::Reject), None),
    }
}

fn remind(case: &mut Case, task: TaskId, channels: &[MessageChannel]) -> Result<(), StateError> {
    let row = case.task_mut(task)?;
    row.reminders = row.reminders.saturating_add(1);
    let row = row.clone();
    for person in claim::handlers(case.context, &row, MEMBERS_TOLD) {
        for channel in channels {
            notice::reminder(case, task, person, *channel)?;
        }
        case.log(
            row.element,
            EventKind::Reminded {
                task,
                person,
                channels: channels.to_vec(),
            },
        )?;
    }
    Ok(())
}

/// Hands the to-do to the superior of whoever has it; a group's, to the superior of the initiator. At the top of the
/// organisation the administrators take over.
fn escalate(case: &mut Case, task: TaskId) -> Result<(), StateError> {
    let from = case.task(task)?.assignee;
    let below = match from {
        Some(assignee) => Some(assignee),
        None => case.initiator()?,
    };
    let to: Option<PersonId> = below.and_then(|person| case.context.directory.superior(person));
    let row = case.task_mut(task)?;
    row.escalated_from = from;
    row.assignee = to;
    row.candidates = if to.is_some() {
        Vec::new()
    } else {
        vec![assignment::administrators()]
    };
    let element = row.element;
    case.log(
        element,
        match to {
            Some(to) => EventKind::Escalated { task, from, to },
            None => EventKind::NobodyFound(task),
        },
    )?;
    notice::escalated(case, task, from)
}
