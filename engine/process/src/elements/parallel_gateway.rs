//! Parallel gateways (BPMN 2.0.2, 10.6.4, 13.4.1): a fork takes all flows, a join waits for a token on each.

use kapok_model::{FlowIndex, NodeIndex, ProcessGraph};
use kapok_protocol::ElementInstanceId;

use crate::{
    case::Case,
    flow,
    halt::Halt,
    state::{Arrival, StateError},
};

/// Whether tokens wait for each other at the node.
pub(crate) fn is_join(graph: &ProcessGraph, node: NodeIndex) -> bool {
    graph
        .node(node)
        .is_some_and(|node| matches!(node.kind, kapok_model::NodeKind::ParallelGateway))
        && graph.incoming(node).len() > 1
}

/// A gateway with one way in has nothing to wait for.
pub(crate) fn enter(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    Ok(flow::leave(case, id)?)
}

/// A token comes to a join. All that wait there in one scope are one activation; a token joins it, or opens it.
pub(crate) fn arrive(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    flow: FlowIndex,
    cause: ElementInstanceId,
) -> Result<(), StateError> {
    let open = flow::joins(case, scope)?
        .iter()
        .find(|(join, _)| *join == node)
        .map(|(_, id)| *id);
    let id = match open {
        Some(id) => {
            flow::remove_token(case, scope)?;
            id
        }
        None => open_join(case, node, scope)?,
    };
    case.element_mut(id)?.arrivals.push(Arrival { flow, cause });
    fire_if_complete(case, id, node, scope)
}

fn open_join(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<ElementInstanceId, StateError> {
    let id = flow::activate(case, node, scope, Vec::new())?;
    flow::joins(case, scope)?.push((node, id));
    Ok(id)
}

/// Consumes one token of each way in, when there is one; those that are left over wait for the next round.
fn fire_if_complete(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<(), StateError> {
    let incoming: Vec<FlowIndex> = case.graph.incoming(node).iter().map(|(flow, _)| *flow).collect();
    let join = case.element_mut(id)?;
    let mut left = join.arrivals.clone();
    let mut causes = Vec::with_capacity(incoming.len());
    for flow in incoming {
        match left.iter().position(|arrival| arrival.flow == flow) {
            Some(position) => causes.push(left.remove(position).cause),
            None => return Ok(()),
        }
    }
    join.arrivals.clear();
    join.causes = causes;
    flow::joins(case, scope)?.retain(|(_, join)| *join != id);
    flow::leave(case, id)?;
    if !left.is_empty() {
        flow::add_token(case, scope)?;
        let next = open_join(case, node, scope)?;
        case.element_mut(next)?.arrivals = left;
    }
    Ok(())
}
