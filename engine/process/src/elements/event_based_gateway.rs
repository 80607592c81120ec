//! Event-based gateways (BPMN 2.0.2, 10.6.6, 13.4.4): whichever event comes first decides.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, Value};

use crate::{Stop, case::Case, data, events, flow, halt::Halt};

/// Waits for all of its events at once.
pub(super) fn enter(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    for (_, flow) in graph.outgoing(node) {
        match graph.node(flow.target).map(|node| &node.kind) {
            Some(NodeKind::IntermediateCatch(catch)) => events::arm(case, Some(id), flow.target, &catch.triggers)?,
            Some(NodeKind::ReceiveTask { message, .. }) => {
                let trigger = EventDefinition::Message(message.clone());
                events::arm(case, Some(id), flow.target, std::slice::from_ref(&trigger))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// One of the events has come: the others are no longer waited for, and the token goes on behind it.
pub(crate) fn chosen(
    case: &mut Case,
    gateway: ElementInstanceId,
    event: NodeIndex,
    content: BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let scope = case.element(gateway)?.scope;
    flow::add_token(case, scope)?;
    flow::end_and_leave(case, gateway, &[])?;
    let id = flow::activate(case, event, scope, vec![gateway])?;
    let outcome = data::receive_event(case, id, content).and_then(|()| flow::complete(case, id));
    flow::settle(case, id, outcome)
}
