//! Boundary events: timers that watch an activity, and errors that leave one (BPMN 2.0.2, 10.5.4, 13.5.3).

use std::sync::Arc;

use kapok_model::{BoundaryTrigger, NodeIndex, NodeKind, ProcessGraph};
use kapok_protocol::{ElementInstanceId, Text};

use crate::{
    case::Case,
    flow,
    halt::Halt,
    incident,
    state::{EventKind, StateError, TimerKind},
    timing,
};

/// Starts the timers that watch a fresh activity.
pub(crate) fn arm(case: &mut Case, activity: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    for index in graph.boundary_events(node) {
        let Some(NodeKind::BoundaryEvent {
            trigger: BoundaryTrigger::Timer(definition),
            ..
        }) = graph.node(*index).map(|node| &node.kind)
        else {
            continue;
        };
        let scope = case.element(activity)?.scope;
        let schedule = timing::schedule(case, scope, definition)?;
        let kind = TimerKind::Boundary {
            instance: case.id,
            element: activity,
            node: *index,
        };
        timing::arm(case, activity, schedule, kind)?;
    }
    Ok(())
}

/// Goes on from a boundary event whose first try was halted.
pub(crate) fn enter(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    Ok(flow::leave(case, id)?)
}

/// The timer of a boundary event has fired.
pub(crate) fn fire(case: &mut Case, activity: ElementInstanceId, event: NodeIndex) -> Result<(), StateError> {
    let interrupting = matches!(
        case.graph.node(event).map(|node| &node.kind),
        Some(NodeKind::BoundaryEvent { interrupting: true, .. })
    );
    trigger(case, activity, event, interrupting)
}

fn trigger(
    case: &mut Case,
    activity: ElementInstanceId,
    event: NodeIndex,
    interrupting: bool,
) -> Result<(), StateError> {
    let scope = case.element(activity)?.scope;
    if interrupting {
        flow::cancel(case, activity)?;
    }
    flow::add_token(case, scope)?;
    let id = flow::activate(case, event, scope, vec![activity])?;
    flow::leave(case, id)
}

/// An activation failed: the nearest boundary event outwards that watches for the code takes over. When there is none,
/// the activation is stuck: an error that nobody expected is for a person to look at.
pub(crate) fn throw(case: &mut Case, failed: ElementInstanceId, code: &str, message: &str) -> Result<(), StateError> {
    case.log(failed, EventKind::Failed(code.to_owned()))?;
    let mut next = Some(failed);
    while let Some(activity) = next {
        let row = case.element(activity)?;
        let (node, scope) = (row.node, row.scope);
        if let Some(event) = catcher(&case.graph, node, code) {
            // An error always ends the activity it leaves (10.5.4), and the failed activation with it.
            return trigger(case, activity, event, true);
        }
        next = scope;
    }
    let text = Text::new(
        format!(
            "出现错误“{code}”：{message}。流程图中没有处理这个错误的边界事件。请排除原因后重试，或在流程图上添加错误边界事件。"
        ),
        format!(
            "Error `{code}`: {message}. No boundary event catches it. Remove the cause and retry, or draw an error \
             boundary event."
        ),
    );
    incident::raise(case, failed, text)
}

/// The boundary event of an activity that catches a code: one that names it before one that catches all.
fn catcher(graph: &ProcessGraph, activity: NodeIndex, code: &str) -> Option<NodeIndex> {
    let mut catch_all = None;
    for event in graph.boundary_events(activity) {
        let Some(NodeKind::BoundaryEvent {
            trigger: BoundaryTrigger::Error(watched),
            ..
        }) = graph.node(*event).map(|node| &node.kind)
        else {
            continue;
        };
        match watched {
            Some(watched) if watched == code => return Some(*event),
            None if catch_all.is_none() => catch_all = Some(*event),
            _ => {}
        }
    }
    catch_all
}
