//! What waits is known to whom it belongs: timers, subscriptions, kept messages, tasks, jobs, incidents.

use kapok_process::state::{
    ElementInstance, ElementState, Incident, Instance, Job, KeptMessage, Subscription, Task, TaskState, Timer,
    TimerKind,
};
use kapok_protocol::{DefinitionId, ElementInstanceId, InstanceId, JobId, MessageId, TaskId, Text, TimerId};

use super::{
    case::{is_active, no_case, no_definition},
    cursor::{Cursor, decoded, find, find_element},
    report::Report,
};
use crate::{
    Prefix, Read, TableError,
    rows::{Definition, Row},
};

/// To whom a timer or a subscription belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Case(InstanceId),
    Element(InstanceId, ElementInstanceId),
    Task(TaskId),
    /// Through it, to its activation.
    Job(JobId),
    Message(MessageId),
    Definition(DefinitionId),
    Nobody,
}

impl Owner {
    /// An activation of a case, or the case itself.
    pub(super) fn of(case: InstanceId, element: Option<ElementInstanceId>) -> Self {
        element.map_or(Self::Case(case), |element| Self::Element(case, element))
    }
}

/// To whom a timer belongs.
pub(super) fn owner_of(kind: &TimerKind) -> Owner {
    match kind {
        TimerKind::Start { definition, .. } => Owner::Definition(*definition),
        TimerKind::Intermediate { instance, element }
        | TimerKind::Boundary { instance, element, .. }
        | TimerKind::Continue { instance, element } => Owner::Element(*instance, *element),
        TimerKind::Event(waiting) => Owner::of(waiting.instance, waiting.owner),
        TimerKind::Reminder { task, .. } => Owner::Task(*task),
        TimerKind::RetryJob { job } => Owner::Job(*job),
        TimerKind::Broadcast { .. } => Owner::Nobody,
        TimerKind::ForgetMessage { message } => Owner::Message(*message),
    }
}

pub(super) fn check(read: &dyn Read, report: &mut Report) -> Result<(), TableError> {
    each::<Timer>(read, Prefix::Timer, report, check_timer)?;
    each::<Subscription>(read, Prefix::Subscription, report, check_subscription)?;
    each::<KeptMessage>(read, Prefix::KeptMessage, report, check_message)?;
    each::<Task>(read, Prefix::Task, report, check_task)?;
    each::<Job>(read, Prefix::Job, report, check_job)?;
    each::<Incident>(read, Prefix::Incident, report, check_incident)
}

/// Checks each row of a kind that can be read.
pub(super) fn each<R: Row>(
    read: &dyn Read,
    prefix: Prefix,
    report: &mut Report,
    check: impl Fn(&dyn Read, &[u8], &R, &mut Report) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let mut rows = Cursor::new(read, prefix);
    while let Some((key, value)) = rows.next()? {
        if let Some(row) = decoded(&value) {
            check(read, &key, &row, report)?;
        }
    }
    Ok(())
}

/// A live activation.
fn live(read: &dyn Read, case: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, TableError> {
    Ok(find_element(read, case, id)?.filter(|row| row.state == ElementState::Active))
}

fn unknown() -> Text {
    Text::new(
        "没有任何进行中的流程、步骤或待办列有它，它永远不会结束。",
        "No live case, activation or task lists it, so nothing will ever end it.",
    )
}

fn check_timer(read: &dyn Read, key: &[u8], timer: &Timer, report: &mut Report) -> Result<(), TableError> {
    let is_known = match owner_of(&timer.kind) {
        Owner::Definition(id) => {
            let there = read.get(Definition::key(&id).as_bytes())?.is_some();
            report.expect(there, key, || no_definition(id.get()));
            true
        }
        Owner::Nobody => true,
        Owner::Message(id) => find::<KeptMessage>(read, &id)?.is_some_and(|row| row.timer == Some(timer.id)),
        Owner::Task(id) => find::<Task>(read, &id)?
            .is_some_and(|task| task.state == TaskState::Open && task.timers.contains(&timer.id)),
        Owner::Job(id) => match find::<Job>(read, &id)? {
            Some(job) => lists_timer(read, Owner::of(job.instance, Some(job.element)), timer.id)?,
            None => false,
        },
        owner @ (Owner::Case(_) | Owner::Element(..)) => lists_timer(read, owner, timer.id)?,
    };
    report.expect(is_known, key, unknown);
    Ok(())
}

fn lists_timer(read: &dyn Read, owner: Owner, timer: TimerId) -> Result<bool, TableError> {
    Ok(match owner {
        Owner::Case(case) => {
            is_active(read, case)? && find::<Instance>(read, &case)?.is_some_and(|row| row.timers.contains(&timer))
        }
        Owner::Element(case, id) => live(read, case, id)?.is_some_and(|row| row.timers.contains(&timer)),
        _ => false,
    })
}

fn check_subscription(read: &dyn Read, key: &[u8], row: &Subscription, report: &mut Report) -> Result<(), TableError> {
    let case = row.waiting.instance;
    let is_known = match row.waiting.owner {
        None => {
            is_active(read, case)?
                && find::<Instance>(read, &case)?.is_some_and(|it| it.subscriptions.contains(&row.id))
        }
        Some(owner) => live(read, case, owner)?.is_some_and(|it| it.subscriptions.contains(&row.id)),
    };
    report.expect(is_known, key, unknown);
    Ok(())
}

fn check_message(read: &dyn Read, key: &[u8], row: &KeptMessage, report: &mut Report) -> Result<(), TableError> {
    let Some(id) = row.timer else { return Ok(()) };
    let timer = find::<Timer>(read, &id)?;
    let forgets =
        timer.is_some_and(|timer| matches!(timer.kind, TimerKind::ForgetMessage { message } if message == row.id));
    report.expect(forgets, key, || {
        Text::new(
            format!("应当让它过期的定时器 {id} 不存在。"),
            format!("The timer {id} that should forget it is not there."),
        )
    });
    Ok(())
}

fn check_task(read: &dyn Read, key: &[u8], task: &Task, report: &mut Report) -> Result<(), TableError> {
    let case = find::<Instance>(read, &task.instance)?;
    let Some(case) = case else {
        report.add(key, no_case(task.instance.get()));
        return Ok(());
    };
    report.expect(case.definition == task.definition, key, || {
        no_definition(task.definition.get())
    });
    if task.state != TaskState::Open {
        return Ok(());
    }
    let known = live(read, task.instance, task.element)?.is_some_and(|row| row.tasks.contains(&task.id));
    report.expect(known, key, unknown);
    report.expect(task.assignee.is_some() || !task.candidates.is_empty(), key, || {
        Text::new("待办没有任何人可以处理。", "The task is nobody's.")
    });
    for id in &task.timers {
        let timer = find::<Timer>(read, id)?;
        let own = timer.is_some_and(|timer| owner_of(&timer.kind) == Owner::Task(task.id));
        report.expect(own, key, || {
            Text::new(
                format!("它列出的定时器 {id} 不存在或属于别处。"),
                format!("The timer {id} that it lists is not there, or is another's."),
            )
        });
    }
    Ok(())
}

fn check_job(read: &dyn Read, key: &[u8], job: &Job, report: &mut Report) -> Result<(), TableError> {
    let known = live(read, job.instance, job.element)?.is_some_and(|row| row.job == Some(job.id));
    report.expect(known, key, unknown);
    Ok(())
}

fn check_incident(read: &dyn Read, key: &[u8], row: &Incident, report: &mut Report) -> Result<(), TableError> {
    let known = live(read, row.instance, row.element)?.is_some_and(|it| it.incident == Some(row.id));
    report.expect(known, key, unknown);
    Ok(())
}
