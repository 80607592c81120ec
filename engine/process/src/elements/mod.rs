//! What each kind of element does with a token: one file per kind.

pub(crate) mod boundary_event;
mod end_event;
mod exclusive_gateway;
mod message_task;
pub(crate) mod parallel_gateway;
mod script_task;
pub(crate) mod service_task;
mod start_event;
mod sub_process;
pub(crate) mod timer_event;
mod user_task;

use std::sync::Arc;

use kapok_model::NodeKind;
use kapok_protocol::ElementInstanceId;

use crate::{
    case::{Case, missing},
    halt::Halt,
};

/// Does what the element of a fresh activation does: goes on at once, or leaves behind what it waits for.
pub(crate) fn enter(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let index = case.element(id)?.node;
    let graph = Arc::clone(&case.graph);
    let node = graph.node(index).ok_or_else(|| missing("the node", index.0))?;
    if node.kind.is_activity() {
        boundary_event::arm(case, id, index)?;
    }
    match &node.kind {
        NodeKind::StartEvent(_) => start_event::enter(case, id),
        NodeKind::EndEvent(result) => end_event::enter(case, id, result),
        NodeKind::IntermediateTimer(timer) => timer_event::enter(case, id, timer),
        NodeKind::BoundaryEvent { .. } => boundary_event::enter(case, id),
        NodeKind::UserTask(task) => user_task::enter(case, id, task),
        NodeKind::ScriptTask(task) => script_task::enter(case, id, task),
        NodeKind::ServiceTask(task) => service_task::enter(case, id, task),
        NodeKind::MessageTask(task) => message_task::enter(case, id, task),
        NodeKind::ExclusiveGateway => exclusive_gateway::enter(case, id, index),
        NodeKind::ParallelGateway => parallel_gateway::enter(case, id),
        NodeKind::SubProcess => sub_process::enter(case, id, index),
    }
}
