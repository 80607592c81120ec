//! Embedded sub-processes and transactions (BPMN 2.0.2, 10.3.5): a scope of their own, complete when nothing in it is live.

use std::collections::BTreeMap;

use kapok_model::NodeIndex;
use kapok_protocol::{ElementInstanceId, Text, Value};

use super::event_sub_process;
use crate::{case::Case, data, flow, halt::Halt};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let entries = case.graph.entries(Some(node));
    if entries.is_empty() {
        let label = case.label(node);
        return Err(Halt::Stuck(Text::new(
            format!("子流程“{label}”没有开始事件，无法进入。请在流程图中补上开始事件并重新发布。"),
            format!("The sub-process \"{label}\" has no start event. Draw one and publish again."),
        )));
    }
    event_sub_process::arm_all(case, Some(id), Some(node))?;
    for entry in entries {
        flow::send(case, entry, Some(id), None, Some(id))?;
    }
    Ok(())
}

/// Begins an event sub-process at its start event, which has happened and brings this.
pub(crate) fn begin_at(
    case: &mut Case,
    id: ElementInstanceId,
    start: NodeIndex,
    content: BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let node = case.element(id)?.node;
    data::take_in(case, id, node)?;
    event_sub_process::arm_all(case, Some(id), Some(node))?;
    flow::add_token(case, Some(id))?;
    let event = flow::activate(case, start, Some(id), vec![id])?;
    let outcome = data::receive_event(case, event, content).and_then(|()| flow::complete(case, event));
    Ok(flow::settle(case, event, outcome)?)
}
