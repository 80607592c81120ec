//! A timer has fallen due.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::NodeIndex;
use kapok_protocol::{ElementInstanceId, InstanceId, JobId, TaskId, TimerId};

use super::{
    only_the_engine,
    start::{Trigger, by_event},
};
use crate::{
    Answer, Context, Stop,
    case::Case,
    events::{self, messages, signals},
    flow,
    human::{approval, reminders},
    refusals, repeat,
    state::{TimerKind, Waiting, Work},
    timing,
};

pub(crate) fn fire_timer(work: &mut Work<'_>, context: &mut Context<'_>, id: TimerId) -> Result<Answer, Stop> {
    only_the_engine(context)?;
    let state = work.state;
    let timer = work
        .timers
        .get(&id, || state.timer(id))?
        .cloned()
        .ok_or_else(refusals::timer_gone)?;
    let next = timing::after_firing(context, &timer);
    let over = next.is_none();
    match next {
        Some(next) => work.timers.put(id, next),
        None => work.timers.delete(id),
    }
    match timer.kind {
        TimerKind::Start { definition, node } => {
            let started = by_event(work, context, Trigger::timer(definition, node))?;
            return Ok(started.map_or(Answer::Done, Answer::Started));
        }
        TimerKind::Intermediate { instance, element } => {
            let node = Case::open(work, context, instance)?.element(element)?.node;
            event(
                work,
                context,
                over.then_some(id),
                first_trigger(instance, element, node),
            )?;
        }
        TimerKind::Boundary {
            instance,
            element,
            node,
        } => event(
            work,
            context,
            over.then_some(id),
            first_trigger(instance, element, node),
        )?,
        TimerKind::Event(waiting) => event(work, context, over.then_some(id), waiting)?,
        TimerKind::Reminder { task, rung } => reminder(work, context, over.then_some(id), task, rung)?,
        TimerKind::RetryJob { job } => retry_job(work, context, id, job)?,
        TimerKind::Continue { instance, element } => {
            let mut case = Case::open(work, context, instance)?;
            forget(&mut case, Some(element), id)?;
            let outcome = repeat::go_on(&mut case, element);
            flow::settle(&mut case, element, outcome)?;
            flow::run(&mut case)?;
        }
        TimerKind::Broadcast {
            signal,
            variables,
            after,
            until,
        } => signals::tell(work, context, &signal, &variables, Some(after), until)?,
        TimerKind::ForgetMessage { message } => messages::forget(work, message)?,
    }
    Ok(Answer::Done)
}

/// What waits, in a case of the first version, where events had one trigger.
fn first_trigger(instance: InstanceId, owner: ElementInstanceId, node: NodeIndex) -> Waiting {
    Waiting {
        instance,
        owner: Some(owner),
        node,
        trigger: 0,
    }
}

fn event(work: &mut Work<'_>, context: &mut Context<'_>, over: Option<TimerId>, waiting: Waiting) -> Result<(), Stop> {
    let mut case = Case::open(work, context, waiting.instance)?;
    if let Some(timer) = over {
        forget(&mut case, waiting.owner, timer)?;
    }
    events::occur(&mut case, waiting, BTreeMap::new())?;
    flow::run(&mut case)
}

fn reminder(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    over: Option<TimerId>,
    task: TaskId,
    rung: u32,
) -> Result<(), Stop> {
    let state = work.state;
    let row = work
        .tasks
        .get(&task, || state.task(task))?
        .ok_or_else(refusals::timer_gone)?;
    let (instance, element, node) = (row.instance, row.element, row.node);
    let mut case = Case::open(work, context, instance)?;
    if let Some(timer) = over {
        case.task_mut(task)?.timers.retain(|running| *running != timer);
    }
    let graph = Arc::clone(&case.graph);
    let rungs = approval::human_task(&graph, node).map_or(&[][..], |spec| &spec.reminders);
    let Some(reminder) = rungs.get(rung as usize) else {
        return Ok(());
    };
    let outcome = reminders::fire(&mut case, task, &reminder.action);
    flow::settle(&mut case, element, outcome)?;
    flow::run(&mut case)
}

fn retry_job(work: &mut Work<'_>, context: &mut Context<'_>, timer: TimerId, job: JobId) -> Result<(), Stop> {
    let state = work.state;
    let row = work
        .jobs
        .edit(&job, || state.job(job))?
        .ok_or_else(refusals::timer_gone)?;
    row.ready = true;
    let (instance, element) = (row.instance, row.element);
    let mut case = Case::open(work, context, instance)?;
    forget(&mut case, Some(element), timer)
}

/// Takes a timer that will not fire again off the list of whom it belongs to.
fn forget(case: &mut Case, owner: Option<ElementInstanceId>, timer: TimerId) -> Result<(), Stop> {
    timing::timers_of(case, owner)?.retain(|running| *running != timer);
    Ok(())
}
