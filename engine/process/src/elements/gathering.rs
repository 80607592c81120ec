//! Where tokens wait for each other: joins, and activities that begin with several tokens (BPMN 2.0.2, 13.4, 13.3.2).
//!
//! All that wait at one node of one scope are one activation; a token joins it, or opens it.

use std::collections::BTreeSet;

use kapok_model::{FlowIndex, NodeIndex, NodeKind, ProcessGraph};
use kapok_protocol::ElementInstanceId;

use super::{complex_gateway, inclusive_gateway, parallel_gateway};
use crate::{
    Stop,
    case::Case,
    flow,
    state::{Arrival, StateError},
};

/// Whether tokens wait for each other at the node.
pub(crate) fn gathers(graph: &ProcessGraph, node: NodeIndex) -> bool {
    let Some(drawn) = graph.node(node) else { return false };
    match drawn.kind {
        NodeKind::ParallelGateway | NodeKind::InclusiveGateway | NodeKind::ComplexGateway { .. } => {
            graph.incoming(node).len() > 1
        }
        _ => drawn.activity.start_quantity > 1,
    }
}

/// A token comes to where tokens gather.
pub(crate) fn arrive(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    flow: FlowIndex,
    cause: ElementInstanceId,
) -> Result<(), Stop> {
    let open = flow::joins(case, scope)?
        .iter()
        .find(|(join, _)| *join == node)
        .map(|(_, id)| *id);
    let id = match open {
        Some(id) => {
            flow::remove_token(case, scope)?;
            id
        }
        None => open_gathering(case, node, scope)?,
    };
    case.element_mut(id)?.arrivals.push(Arrival { flow, cause });
    consider(case, id, node, scope)
}

fn open_gathering(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<ElementInstanceId, StateError> {
    let id = flow::activate(case, node, scope, Vec::new())?;
    flow::joins(case, scope)?.push((node, id));
    Ok(id)
}

/// Sees whether the tokens that have come are enough. Gateways that look upstream are asked when nothing moves any more.
fn consider(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<(), Stop> {
    let graph = std::sync::Arc::clone(&case.graph);
    let Some(drawn) = graph.node(node) else { return Ok(()) };
    let taken = match drawn.kind {
        NodeKind::ParallelGateway => parallel_gateway::ready(case, id, node)?,
        NodeKind::InclusiveGateway => {
            case.moved.insert(scope);
            None
        }
        NodeKind::ComplexGateway { .. } => {
            case.moved.insert(scope);
            return complex_gateway::arrived(case, id, node);
        }
        _ => {
            let needed = drawn.activity.start_quantity as usize;
            let arrived = case.element(id)?.arrivals.len();
            (arrived >= needed).then(|| (0..needed).collect())
        }
    };
    match taken {
        Some(taken) => fire(case, id, &taken),
        None => Ok(()),
    }
}

/// Consumes the tokens at these positions and goes on; those that are left over wait for the next round.
pub(crate) fn fire(case: &mut Case, id: ElementInstanceId, taken: &[usize]) -> Result<(), Stop> {
    let left = take(case, id, taken)?;
    let row = case.element(id)?;
    let (node, scope) = (row.node, row.scope);
    flow::execute(case, id)?;
    wait_again(case, node, scope, left)
}

/// Takes the tokens at these positions as the causes of the activation, which gathers no more; answers with the others.
pub(crate) fn take(case: &mut Case, id: ElementInstanceId, taken: &[usize]) -> Result<Vec<Arrival>, StateError> {
    let row = case.element_mut(id)?;
    let scope = row.scope;
    let mut left = Vec::new();
    for (position, arrival) in std::mem::take(&mut row.arrivals).into_iter().enumerate() {
        if taken.contains(&position) {
            row.causes.push(arrival.cause);
        } else {
            left.push(arrival);
        }
    }
    flow::joins(case, scope)?.retain(|(_, join)| *join != id);
    Ok(left)
}

/// Lets tokens that were left over wait for the next round.
pub(crate) fn wait_again(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    left: Vec<Arrival>,
) -> Result<(), Stop> {
    if left.is_empty() || !flow::is_live(case, scope)? {
        return Ok(());
    }
    flow::add_token(case, scope)?;
    let next = open_gathering(case, node, scope)?;
    case.element_mut(next)?.arrivals = left;
    consider(case, next, node, scope)
}

/// The first token of each way in that has one.
pub(crate) fn first_of_each(arrivals: &[Arrival]) -> Vec<usize> {
    let mut taken: Vec<usize> = Vec::new();
    for (position, arrival) in arrivals.iter().enumerate() {
        if !taken.iter().any(|earlier| arrivals[*earlier].flow == arrival.flow) {
            taken.push(position);
        }
    }
    taken
}

/// Asks the gateways that look upstream, in scopes where something moved, until one of them opens.
pub(crate) fn look_upstream(case: &mut Case) -> Result<(), Stop> {
    while let Some(scope) = case.moved.pop_first() {
        if !flow::is_live(case, scope)? {
            continue;
        }
        for (node, id) in flow::joins(case, scope)?.clone() {
            let opened = match case.graph.node(node).map(|node| &node.kind) {
                Some(NodeKind::InclusiveGateway) => inclusive_gateway::consider(case, id, node, scope)?,
                Some(NodeKind::ComplexGateway { .. }) => complex_gateway::consider_reset(case, id, node, scope)?,
                _ => false,
            };
            if opened {
                // What it sets in motion decides about the others.
                case.moved.insert(scope);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether a token of the scope can still come to a way in that has none, and to none that has one (13.4.3). Asked of one
/// token after the other until one is found: while a join has to wait, that is usually the first.
pub(crate) fn more_expected(
    case: &mut Case,
    gateway: NodeIndex,
    scope: Option<ElementInstanceId>,
    filled: &[FlowIndex],
) -> Result<bool, StateError> {
    const AT_ONCE: usize = 16;
    let ways = case.graph.ways_into(gateway);
    let filled: BTreeSet<FlowIndex> = filled.iter().copied().collect();
    let comes_from = |node: NodeIndex| node != gateway && ways.is_expected(node, |flow| filled.contains(&flow));
    // First what this command has moved, then what stands where it stood before.
    let mut moved = Vec::new();
    for ((instance, at, node), count) in case.work.tokens.seen() {
        if *instance == case.id && *at == scope && count.is_some() && comes_from(*node) {
            moved.push(*node);
        }
    }
    for node in moved {
        if !only_waits_for_reset(case, node, scope)? {
            return Ok(true);
        }
    }
    let mut after = None;
    loop {
        let standing = case.work.state.nodes_with_tokens(case.id, scope, after, AT_ONCE)?;
        for node in &standing {
            let known = case.work.tokens.peek(&(case.id, scope, *node)).is_some();
            if !known && comes_from(*node) && !only_waits_for_reset(case, *node, scope)? {
                return Ok(true);
            }
        }
        after = standing.last().copied();
        if standing.len() < AT_ONCE {
            return Ok(false);
        }
    }
}

/// Whether what stands at a node is a complex gateway that has sent its tokens on and holds none (13.4.5).
fn only_waits_for_reset(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<bool, StateError> {
    if !matches!(
        case.graph.node(node).map(|node| &node.kind),
        Some(NodeKind::ComplexGateway { .. })
    ) {
        return Ok(false);
    }
    let open = flow::joins(case, scope)?
        .iter()
        .find(|(join, _)| *join == node)
        .copied();
    let Some((_, id)) = open else { return Ok(false) };
    let row = case.element(id)?;
    Ok(!row.opened_by.is_empty() && row.arrivals.is_empty())
}
