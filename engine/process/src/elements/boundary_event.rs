//! Boundary events: they watch an activity (BPMN 2.0.2, 10.5.4, 13.5.3).

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, Value};

use crate::{Stop, case::Case, data, events, flow, halt::Halt};

/// Starts to wait for everything that watches a fresh activity.
pub(super) fn arm(case: &mut Case, activity: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    for event in graph.boundary_events(node) {
        arm_one(case, activity, *event)?;
    }
    Ok(())
}

/// Starts to wait for what one event watches for.
pub(crate) fn arm_one(case: &mut Case, activity: ElementInstanceId, event: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    match graph.node(event).map(|node| &node.kind) {
        Some(NodeKind::BoundaryEvent { catch, .. }) => events::arm(case, Some(activity), event, &catch.triggers),
        _ => Ok(()),
    }
}

/// What the event watches for has happened.
pub(crate) fn trigger(
    case: &mut Case,
    activity: ElementInstanceId,
    event: NodeIndex,
    interrupting: bool,
    content: BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let scope = case.element(activity)?.scope;
    // The token of the event is there before the activity's is gone, so that the scope is never empty between them.
    flow::add_token(case, scope)?;
    if interrupting {
        flow::cancel(case, activity)?;
    }
    let id = flow::activate(case, event, scope, vec![activity])?;
    let outcome = data::receive_event(case, id, content).and_then(|()| flow::complete(case, id));
    flow::settle(case, id, outcome)
}
