//! Event sub-processes (BPMN 2.0.2, 10.3.5.1, 13.5.4): armed while the scope around them runs.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{NodeIndex, NodeKind, SubProcess};
use kapok_protocol::{ElementInstanceId, Value};

use super::sub_process;
use crate::{Stop, case::Case, events, flow, halt::Halt, state::StateError};

/// Starts to wait for what begins the event sub-processes of a scope that begins.
pub(crate) fn arm_all(case: &mut Case, scope: Option<ElementInstanceId>, drawn: Option<NodeIndex>) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    for (_, start, event) in graph.event_sub_processes(drawn) {
        events::arm(case, scope, start, &event.triggers)?;
    }
    Ok(())
}

/// Starts to wait for one of them again.
pub(crate) fn arm_one(case: &mut Case, scope: Option<ElementInstanceId>, start: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    match graph.node(start).map(|node| &node.kind) {
        Some(NodeKind::StartEvent(event)) => events::arm(case, scope, start, &event.triggers),
        _ => Ok(()),
    }
}

/// Whether an interrupting one has begun in the scope.
pub(crate) fn is_interrupted(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<bool, StateError> {
    match scope {
        None => Ok(case.instance()?.interrupted),
        Some(id) => Ok(case.element(id)?.closing),
    }
}

/// No event sub-process begins in the scope any more.
pub(crate) fn close(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    disarm(case, scope)?;
    match scope {
        None => case.instance_mut()?.interrupted = true,
        Some(id) => {
            let row = case.element_mut(id)?;
            row.closing = true;
            row.offered.clear();
            if let Some(incident) = row.incident.take() {
                case.work.incidents.delete(incident);
            }
        }
    }
    Ok(())
}

/// Nothing waits any more for what would begin an event sub-process of the scope.
pub(crate) fn disarm(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let graph = Arc::clone(&case.graph);
    events::disarm_where(case, scope, |node| {
        let drawn = graph.node(node);
        let around = drawn.and_then(|node| node.scope).and_then(|around| graph.node(around));
        around.is_some_and(|around| matches!(around.kind, NodeKind::SubProcess(SubProcess::Event)))
            && drawn.is_some_and(|node| matches!(node.kind, NodeKind::StartEvent(_)))
    })
}

/// What it waits for has happened. An interrupting one ends everything else in the scope, and is the last to begin in it.
pub(crate) fn begin(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    start: NodeIndex,
    content: BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let graph = Arc::clone(&case.graph);
    let drawn = graph.node(start);
    let (Some(NodeKind::StartEvent(event)), Some(sub_process)) =
        (drawn.map(|node| &node.kind), drawn.and_then(|node| node.scope))
    else {
        return Ok(());
    };
    if is_interrupted(case, scope)? {
        return Ok(());
    }
    if event.interrupting {
        close(case, scope)?;
        flow::cancel_within(case, scope)?;
    }
    flow::add_token(case, scope)?;
    let id = flow::activate(case, sub_process, scope, scope.into_iter().collect())?;
    *flow::handling(case, scope)? += 1;
    let outcome = sub_process::begin_at(case, id, start, content);
    flow::settle(case, id, outcome)
}
