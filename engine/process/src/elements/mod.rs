//! What each kind of element does with a token: one file per kind.

pub(crate) mod ad_hoc;
pub(crate) mod boundary_event;
pub(crate) mod call_activity;
mod complex_gateway;
mod decision_task;
mod end_event;
pub(crate) mod event_based_gateway;
pub(crate) mod event_sub_process;
pub(crate) mod exclusive_gateway;
pub(crate) mod gathering;
pub(crate) mod http_task;
pub(crate) mod inclusive_gateway;
mod intermediate_events;
mod message_task;
mod parallel_gateway;
mod script_task;
pub(crate) mod service_task;
pub(crate) mod sub_process;
pub(crate) mod transaction;
pub(crate) mod user_task;

use std::sync::Arc;

use kapok_model::{NodeKind, SubProcess};
use kapok_protocol::ElementInstanceId;

use crate::{
    case::{Case, missing},
    data, events, flow,
    halt::Halt,
    repeat,
    state::Part,
};

/// Does what the element of a fresh activation does: goes on at once, or leaves behind what it waits for.
pub(crate) fn enter(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let row = case.element(id)?;
    let (index, part) = (row.node, row.part);
    let graph = Arc::clone(&case.graph);
    let node = graph.node(index).ok_or_else(|| missing("the node", index.0))?;
    if node.kind.is_activity() && !matches!(part, Part::Instance(_)) {
        boundary_event::arm(case, id, index)?;
    }
    if repeat::is_unbegun(part, node) {
        return repeat::begin(case, id);
    }
    data::take_in(case, id, index)?;
    data::run_listeners(case, id, false)?;
    match &node.kind {
        NodeKind::StartEvent(_)
        | NodeKind::BoundaryEvent { .. }
        | NodeKind::Task
        | NodeKind::ExclusiveGateway
        | NodeKind::ParallelGateway
        | NodeKind::InclusiveGateway => flow::complete(case, id),
        NodeKind::ComplexGateway { .. } => complex_gateway::enter(case, id, index),
        NodeKind::EventBasedGateway { .. } => event_based_gateway::enter(case, id, index),
        NodeKind::EndEvent(results) => end_event::enter(case, id, results),
        NodeKind::IntermediateCatch(catch) => intermediate_events::catch(case, id, index, catch),
        NodeKind::IntermediateThrow(results) => intermediate_events::throw(case, id, results),
        NodeKind::UserTask(task) => user_task::enter(case, id, task),
        NodeKind::ScriptTask(task) => script_task::enter(case, id, task),
        NodeKind::ServiceTask(task) => service_task::enter(case, id, task),
        NodeKind::MessageTask(task) => message_task::enter(case, id, task),
        NodeKind::ExpressionTask {
            expression,
            result_variable,
        } => script_task::compute(case, id, expression, result_variable.as_ref()),
        NodeKind::DecisionTask(task) => decision_task::enter(case, id, task),
        NodeKind::SendTask(message) => {
            events::messages::send(case, id, message)?;
            flow::complete(case, id)
        }
        NodeKind::ReceiveTask { message, .. } => {
            let trigger = kapok_model::EventDefinition::Message(message.clone());
            events::arm(case, Some(id), index, std::slice::from_ref(&trigger))
        }
        NodeKind::CallActivity(call) => call_activity::enter(case, id, call),
        NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => ad_hoc::enter(case, id, index, ad_hoc),
        NodeKind::SubProcess(_) => sub_process::enter(case, id, index),
    }
}
