//! Complex gateways (BPMN 2.0.2, 10.6.5, 13.4.5).
//!
//! One waits for start until its activation condition holds, takes a token of each way in that has one, and sends tokens
//! by every flow whose condition holds, or else by the default flow. Then it waits for reset: for a token on each other
//! way in, unless none can come any more, as an inclusive join does; it takes those too, sends tokens in the same way
//! (maybe none), and is done. Conditions see `waitingForStart`, the number of ways in that have a token as
//! `activationCount`, and the number of tokens on each way in by its flow's id.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{FlowIndex, NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, Value};

use super::gathering::{self, first_of_each};
use crate::{Stop, case::Case, flow, halt::Halt, scope};

/// Opens when its condition holds; asked again after a repair, as is whether an open one can be reset.
pub(super) fn enter(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let row = case.element(id)?;
    if !row.opened_by.is_empty() {
        let scope = row.scope;
        case.moved.insert(scope);
        return Ok(());
    }
    if may_open(case, id, node)? {
        open(case, id, node)
    } else {
        Ok(())
    }
}

/// A token has come: perhaps the gateway opens now.
pub(super) fn arrived(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Stop> {
    if !case.element(id)?.opened_by.is_empty() {
        return Ok(()); // It is open, and waits for reset.
    }
    let outcome = enter(case, id, node);
    flow::settle(case, id, outcome)
}

fn may_open(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<bool, Halt> {
    let graph = Arc::clone(&case.graph);
    let Some(NodeKind::ComplexGateway {
        activation: Some(condition),
    }) = graph.node(node).map(|node| &node.kind)
    else {
        return Ok(true);
    };
    let counts = counts(case, id, node, true)?;
    scope::ask_with(case, Some(id), &counts, |context, view| {
        context.evaluator.condition(condition, view)
    })
}

/// What conditions see of the ways in.
fn counts(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    waiting_for_start: bool,
) -> Result<BTreeMap<String, Value>, Halt> {
    let graph = Arc::clone(&case.graph);
    let row = case.element(id)?;
    let mut ways = 0_i64;
    let mut counts = BTreeMap::new();
    for (flow, drawn) in graph.incoming(node) {
        let waiting = row.arrivals.iter().filter(|arrival| arrival.flow == flow).count();
        let count = i64::try_from(waiting).unwrap_or(i64::MAX) + i64::from(row.opened_by.contains(&flow));
        ways += i64::from(count > 0);
        counts.insert(drawn.id.clone(), Value::from(count));
    }
    counts.insert("activationCount".into(), ways.into());
    counts.insert("waitingForStart".into(), waiting_for_start.into());
    Ok(counts)
}

/// Opens the gateway: the first phase.
fn open(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let chosen = choose(case, id, node, true)?;
    if chosen.is_empty() {
        return Err(flow::no_way_on(case, node));
    }
    let row = case.element_mut(id)?;
    let taken = first_of_each(&row.arrivals);
    let mut flows = Vec::new();
    let mut left = Vec::new();
    for (position, arrival) in std::mem::take(&mut row.arrivals).into_iter().enumerate() {
        if taken.contains(&position) {
            flows.push(arrival.flow);
            row.causes.push(arrival.cause);
        } else {
            left.push(arrival);
        }
    }
    row.arrivals = left;
    let (scope, single) = (row.scope, flows.is_empty());
    if single {
        // With one way in there is nothing to wait for.
        return Ok(flow::end_and_leave(case, id, &chosen)?);
    }
    row.opened_by = flows;
    flow::emit(case, id, &chosen)?;
    case.moved.insert(scope);
    Ok(())
}

/// Every flow whose condition holds; the default flow when none does.
fn choose(case: &mut Case, id: ElementInstanceId, node: NodeIndex, first: bool) -> Result<Vec<FlowIndex>, Halt> {
    let graph = Arc::clone(&case.graph);
    let counts = counts(case, id, node, first)?;
    let (mut chosen, mut default) = (Vec::new(), None);
    for (index, flow) in graph.outgoing(node) {
        if flow.is_default {
            default = Some(index);
            continue;
        }
        let holds = match &flow.condition {
            Some(condition) => scope::ask_with(case, Some(id), &counts, |context, view| {
                context.evaluator.condition(condition, view)
            })?,
            // A way out without condition is taken when the gateway opens.
            None => first,
        };
        if holds {
            chosen.push(index);
        }
    }
    if chosen.is_empty() {
        chosen.extend(default);
    }
    Ok(chosen)
}

/// Resets an open gateway for which nothing more can come. Whether it did.
pub(super) fn consider_reset(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<bool, Stop> {
    let row = case.element(id)?;
    if row.opened_by.is_empty() {
        return Ok(false);
    }
    let mut filled = row.opened_by.clone();
    filled.extend(row.arrivals.iter().map(|arrival| arrival.flow));
    if gathering::more_expected(case, node, scope, &filled)? {
        return Ok(false);
    }
    let outcome = reset(case, id, node);
    let done = outcome.is_ok();
    flow::settle(case, id, outcome)?;
    Ok(done)
}

fn reset(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let chosen = choose(case, id, node, false)?;
    let row = case.element(id)?;
    let fresh = first_of_each(&row.arrivals).into_iter();
    let taken: Vec<usize> = fresh
        .filter(|position| {
            row.arrivals
                .get(*position)
                .is_some_and(|arrival| !row.opened_by.contains(&arrival.flow))
        })
        .collect();
    let left = gathering::take(case, id, &taken)?;
    let scope = case.element(id)?.scope;
    flow::end_and_leave(case, id, &chosen)?;
    Ok(gathering::wait_again(case, node, scope, left)?)
}
