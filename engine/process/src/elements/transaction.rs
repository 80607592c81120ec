//! Transactions (BPMN 2.0.2, 10.7, 13.5.6): cancelled from within, undone, and left by their cancel event.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeKind};
use kapok_protocol::ElementInstanceId;

use super::{boundary_event, event_sub_process};
use crate::{
    case::{Case, missing},
    compensation, flow,
    halt::Halt,
};

/// The cancel end event is reached: everything else in the transaction ends, and what was done is undone.
pub(super) fn cancel(case: &mut Case, end_event: ElementInstanceId) -> Result<(), Halt> {
    let scope = case.element(end_event)?.scope;
    let transaction = scope.ok_or_else(|| missing("the transaction around", end_event))?;
    event_sub_process::close(case, scope)?;
    flow::drop_tokens(case, scope)?;
    for other in flow::live_in(case, scope)? {
        if other != end_event {
            flow::cancel(case, other)?;
        }
    }
    compensation::begin_in(case, end_event, Some(transaction), None)
}

/// All is undone: the token leaves by the cancel event.
pub(crate) fn cancelled(case: &mut Case, transaction: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let node = case.element(transaction)?.node;
    let cancels = |event: &&kapok_model::NodeIndex| match graph.node(**event).map(|node| &node.kind) {
        Some(NodeKind::BoundaryEvent { catch, .. }) => catch.triggers.contains(&EventDefinition::Cancel),
        _ => false,
    };
    // A repeated transaction is watched as a whole.
    let row = case.element(transaction)?;
    let watched = match (row.part, row.scope) {
        (crate::state::Part::Instance(_), Some(body)) => body,
        _ => transaction,
    };
    match graph.boundary_events(node).iter().find(cancels) {
        Some(event) => Ok(boundary_event::trigger(case, watched, *event, true, BTreeMap::new())?),
        None => Ok(flow::cancel(case, watched)?),
    }
}
