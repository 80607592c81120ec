//! A timer has fallen due.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::NodeIndex;
use kapok_protocol::{DefinitionId, ElementInstanceId, InstanceId, JobId, TaskId, TimerId};

use super::{
    only_the_engine,
    start::{Beginning, begin},
};
use crate::{
    Answer, Context, Stop,
    case::Case,
    elements::{boundary_event, timer_event},
    flow,
    human::{approval, reminders},
    refusals,
    state::{TimerKind, Work},
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
        TimerKind::Start { definition, node } => return start(work, context, definition, node),
        TimerKind::Intermediate { instance, element } => intermediate(work, context, id, instance, element)?,
        TimerKind::Boundary {
            instance,
            element,
            node,
        } => {
            boundary(work, context, over.then_some(id), instance, element, node)?;
        }
        TimerKind::Reminder { task, rung } => reminder(work, context, over.then_some(id), task, rung)?,
        TimerKind::RetryJob { job } => retry_job(work, context, id, job)?,
    }
    Ok(Answer::Done)
}

fn start(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    definition: DefinitionId,
    event: NodeIndex,
) -> Result<Answer, Stop> {
    let Some(graph) = context.definitions.graph(definition) else {
        return Ok(Answer::Done);
    };
    let beginning = Beginning {
        definition,
        graph,
        event,
        variables: BTreeMap::new(),
        business_key: None,
        record: None,
        initiator: None,
        depth: 0,
    };
    begin(work, context, beginning).map(Answer::Started)
}

fn intermediate(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    timer: TimerId,
    instance: InstanceId,
    element: ElementInstanceId,
) -> Result<(), Stop> {
    let mut case = Case::open(work, context, instance)?;
    forget(&mut case, element, timer)?;
    let outcome = timer_event::fire(&mut case, element);
    flow::settle(&mut case, element, outcome)?;
    flow::run(&mut case)
}

fn boundary(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    over: Option<TimerId>,
    instance: InstanceId,
    activity: ElementInstanceId,
    event: NodeIndex,
) -> Result<(), Stop> {
    let mut case = Case::open(work, context, instance)?;
    if let Some(timer) = over {
        forget(&mut case, activity, timer)?;
    }
    boundary_event::fire(&mut case, activity, event)?;
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
    forget(&mut case, element, timer)
}

/// Takes a timer that will not fire again off the list of its activation.
fn forget(case: &mut Case, element: ElementInstanceId, timer: TimerId) -> Result<(), Stop> {
    case.element_mut(element)?.timers.retain(|running| *running != timer);
    Ok(())
}
