//! Repeated activities: standard loops and multi-instance (BPMN 2.0.2, 10.3.7, 13.3.6, 13.3.7).
//!
//! The activity is one activation, the body, with which boundary events and causes have to do; each repetition is an
//! activation that runs in it. Items and results are rows of their own, and the body only counts, so that a step costs
//! the same however many repetitions there are.

mod items;

use std::sync::Arc;

use kapok_model::{Behavior, EventDefinition, MultiInstance, Node, ProcessGraph, Repeat};
use kapok_protocol::{ElementInstanceId, Expression, Value};

use crate::{
    agenda::Agenda,
    case::{Case, missing},
    events,
    flow::{self, Step},
    halt::Halt,
    scope,
    state::{Part, Repetition, StateError, TimerKind},
    timing::{self, Schedule},
};

pub(crate) use items::forget_items;
use items::{collect, forget_waiting_items, list, number, too_many};

/// How many repetitions one command begins, and after how many steps it begins no further one; the next command does.
const AT_ONCE: u32 = 1_000;

/// More repetitions than this are a mistake.
const MOST: usize = 100_000;

/// How the activity of a body is drawn.
fn drawn<'g>(
    graph: &'g ProcessGraph,
    case: &mut Case,
    id: ElementInstanceId,
) -> Result<(&'g Node, &'g Repeat), StateError> {
    let index = case.element(id)?.node;
    let node = graph.node(index).ok_or_else(|| missing("the node", index.0))?;
    let repeat = node.activity.repeat.as_deref();
    let repeat = repeat.ok_or_else(|| missing("the repetition of the node", index.0))?;
    Ok((node, repeat))
}

fn counts(case: &mut Case, body: ElementInstanceId) -> Result<Repetition, StateError> {
    match case.element(body)?.part {
        Part::Body(counts) => Ok(counts),
        _ => Err(missing("the repetitions of the activation", body)),
    }
}

fn set_counts(case: &mut Case, body: ElementInstanceId, counts: Repetition) -> Result<(), StateError> {
    case.element_mut(body)?.part = Part::Body(counts);
    Ok(())
}

/// A repeated activity begins.
pub(crate) fn begin(case: &mut Case, body: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    set_counts(case, body, Repetition::default())?;
    let (node, repeat) = drawn(&graph, case, body)?;
    match repeat {
        Repeat::Loop {
            test_before,
            maximum,
            condition,
        } => {
            if *maximum == Some(0) || (*test_before && !goes_on(case, body, condition.as_ref())?) {
                return over(case, body);
            }
            begin_instance(case, body, 1, None)
        }
        Repeat::Each(each) => begin_all(case, body, node, each),
    }
}

fn goes_on(case: &mut Case, body: ElementInstanceId, condition: Option<&Expression>) -> Result<bool, Halt> {
    condition.map_or(Ok(true), |condition| scope::holds(case, Some(body), condition))
}

fn begin_all(case: &mut Case, body: ElementInstanceId, node: &Node, each: &MultiInstance) -> Result<(), Halt> {
    let around = {
        let row = case.element(body)?;
        row.sees.map_or(row.scope, Some)
    };
    let items = match &each.collection {
        Some(collection) => Some(list(case, around, node, collection)?),
        None => None,
    };
    let total = match (&each.cardinality, &items) {
        (Some(cardinality), items) => {
            let count = number(case, around, node, cardinality)?;
            items.as_ref().map_or(count, |items| count.min(items.len()))
        }
        (None, Some(items)) => items.len(),
        (None, None) => 0,
    };
    if total > MOST {
        return Err(too_many(node.label(), total));
    }
    for (number, item) in (1..).zip(items.into_iter().flatten().take(total)) {
        case.has_side_rows()?;
        case.work.items.put((case.id, body, false, number), item);
    }
    let counts = Repetition {
        total: u32::try_from(total).ok(),
        ..Repetition::default()
    };
    set_counts(case, body, counts)?;
    if total == 0 {
        return over(case, body);
    }
    begin_next(case, body, each)
}

/// Begins the next instance of a sequential activity, or as many as one command may of a parallel one.
fn begin_next(case: &mut Case, body: ElementInstanceId, each: &MultiInstance) -> Result<(), Halt> {
    let counts = counts(case, body)?;
    let total = counts.total.unwrap_or(0);
    let last = if each.sequential {
        counts.started.saturating_add(1)
    } else {
        counts.started.saturating_add(AT_ONCE)
    };
    for number in counts.started.saturating_add(1)..=last.min(total) {
        let key = (case.id, body, false, number);
        let state = case.work.state;
        let item = case.work.items.get(&key, || state.item(&key))?.cloned();
        case.work.items.delete(key);
        begin_instance(case, body, number, each.item.as_deref().zip(item))?;
    }
    if !each.sequential && last < total {
        later(case, body)?;
    }
    Ok(())
}

/// Leaves what comes next to the next command.
fn later(case: &mut Case, body: ElementInstanceId) -> Result<(), StateError> {
    let schedule = Schedule::once(case.context.now);
    let kind = TimerKind::Continue {
        instance: case.id,
        element: body,
    };
    timing::arm(case, Some(body), schedule, kind)
}

/// Whether the next command will go on.
fn goes_on_later(case: &mut Case, body: ElementInstanceId) -> Result<bool, StateError> {
    let state = case.work.state;
    for timer in case.element(body)?.timers.clone() {
        let row = case.work.timers.get(&timer, || state.timer(timer))?;
        if row.is_some_and(|row| matches!(row.kind, TimerKind::Continue { .. })) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The next command's turn to begin instances.
pub(crate) fn go_on(case: &mut Case, body: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    match drawn(&graph, case, body)?.1 {
        Repeat::Each(each) => begin_next(case, body, each),
        Repeat::Loop { .. } => {
            let next = counts(case, body)?.started.saturating_add(1);
            begin_instance(case, body, next, None)
        }
    }
}

fn begin_instance(
    case: &mut Case,
    body: ElementInstanceId,
    number: u32,
    item: Option<(&str, Value)>,
) -> Result<(), Halt> {
    let mut counts = counts(case, body)?;
    counts.started = number;
    set_counts(case, body, counts)?;
    let node = case.element(body)?.node;
    flow::add_token(case, Some(body))?;
    let id = flow::activate_part(case, node, Some(body), vec![body], Part::Instance(number), None)?;
    if let Some((name, item)) = item {
        scope::put(case, Some(id), name, item)?;
    }
    case.queue.push_back(Step::Execute(id));
    Ok(())
}

/// A repetition is done: its result is kept, and what comes next begins.
pub(crate) fn instance_done(case: &mut Case, id: ElementInstanceId, number: u32) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let body = case
        .element(id)?
        .scope
        .ok_or_else(|| missing("the body of the repetition", id))?;
    let (_, repeat) = drawn(&graph, case, body)?;
    if let Repeat::Each(MultiInstance {
        output: Some((_, result)),
        ..
    }) = &repeat
    {
        let result = scope::value(case, Some(id), result)?;
        case.has_side_rows()?;
        case.work.items.put((case.id, body, true, number), result);
    }
    let mut after = counts(case, body)?;
    after.completed = after.completed.saturating_add(1);
    set_counts(case, body, after)?;
    let next = what_next(case, body, repeat, after)
        .and_then(|next| Ok((next, thrown_by(case, body, repeat, after.completed)?)));
    let (next, thrown) = match next {
        Ok(next) => next,
        Err(halt) => {
            // The repetition is not done until it is known what comes next; a repair asks again.
            after.completed = after.completed.saturating_sub(1);
            set_counts(case, body, after)?;
            return Err(halt);
        }
    };
    flow::end_and_leave(case, id, &[])?;
    let is_held = thrown.iter().any(arrives_later);
    for event in thrown {
        let outcome = events::throw_one(case, body, &event);
        flow::settle(case, body, outcome)?;
        if !flow::is_live(case, Some(body))? {
            return Ok(());
        }
    }
    if is_held {
        hold(case, body)?;
    }
    match (next, repeat) {
        (Next::Wait, _) => Ok(()),
        (Next::End, _) => {
            forget_waiting_items(case, body)?;
            let mut ended = counts(case, body)?;
            ended.terminated = ended.terminated.saturating_add(ended.active());
            ended.total = ended.total.map(|_| ended.started);
            set_counts(case, body, ended)?;
            flow::cancel_within(case, Some(body))?;
            if is_held {
                flow::add_token(case, Some(body))?;
            } else {
                case.queue.push_back(Step::Finish(Some(body)));
            }
            Ok(())
        }
        // A long row of repetitions must not keep everybody else waiting.
        (Next::Another, _) if case.work.steps >= AT_ONCE => Ok(later(case, body)?),
        (Next::Another, Repeat::Each(each)) => begin_next(case, body, each),
        (Next::Another, Repeat::Loop { .. }) => begin_instance(case, body, after.started.saturating_add(1), None),
    }
}

/// What comes after a repetition.
#[derive(Clone, Copy)]
enum Next {
    /// Another one.
    Another,
    /// Others still run, or there was the last one.
    Wait,
    /// It is enough.
    End,
}

fn what_next(case: &mut Case, body: ElementInstanceId, repeat: &Repeat, counts: Repetition) -> Result<Next, Halt> {
    match repeat {
        Repeat::Loop { maximum, condition, .. } => {
            let more =
                maximum.is_none_or(|maximum| counts.completed < maximum) && goes_on(case, body, condition.as_ref())?;
            Ok(if more { Next::Another } else { Next::Wait })
        }
        Repeat::Each(each) => {
            if let Some(completion) = &each.completion
                && scope::holds(case, Some(body), completion)?
            {
                return Ok(Next::End);
            }
            let more = each.sequential && counts.total.is_some_and(|total| counts.started < total);
            Ok(if more { Next::Another } else { Next::Wait })
        }
    }
}

/// The events that belong to the completion of an instance (table 10.31).
fn thrown_by(
    case: &mut Case,
    body: ElementInstanceId,
    repeat: &Repeat,
    completed: u32,
) -> Result<Vec<EventDefinition>, Halt> {
    let Repeat::Each(each) = repeat else {
        return Ok(Vec::new());
    };
    match &each.behavior {
        Behavior::All => Ok(Vec::new()),
        Behavior::One(event) if completed == 1 => Ok(vec![event.clone()]),
        Behavior::One(_) => Ok(Vec::new()),
        Behavior::None(event) => Ok(vec![event.clone()]),
        Behavior::Complex(rows) => {
            let mut thrown = Vec::new();
            for (condition, event) in rows {
                if scope::holds(case, Some(body), condition)? {
                    thrown.push(event.clone());
                }
            }
            Ok(thrown)
        }
    }
}

/// Whether an event arrives only when the case has come to rest.
fn arrives_later(event: &EventDefinition) -> bool {
    matches!(event, EventDefinition::Signal(_) | EventDefinition::Message(_))
}

/// Keeps an activity open until what it has thrown arrives: its boundary events are to catch that even when it was the
/// last instance that threw it.
fn hold(case: &mut Case, body: ElementInstanceId) -> Result<(), StateError> {
    flow::add_token(case, Some(body))?;
    let instance = case.id;
    case.work.agenda.push_back(Agenda::Release { instance, body });
    Ok(())
}

/// No repetition is left: results are put together, and the activity is complete.
pub(crate) fn over(case: &mut Case, body: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let counts = counts(case, body)?;
    if counts.total.is_some_and(|total| counts.started < total) || goes_on_later(case, body)? {
        return Ok(()); // More are to begin.
    }
    if let Repeat::Each(MultiInstance {
        output: Some((variable, _)),
        ..
    }) = drawn(&graph, case, body)?.1
    {
        let results = collect(case, body, counts.started)?;
        let row = case.element(body)?;
        let around = row.sees.map_or(row.scope, Some);
        scope::set_path(case, around, variable, Value::List(results))?;
    }
    flow::complete(case, body)
}

/// Whether the activation is a repeated activity that has not begun yet.
pub(crate) fn is_unbegun(part: Part, node: &Node) -> bool {
    node.activity.repeat.is_some() && !matches!(part, Part::Instance(_))
}
