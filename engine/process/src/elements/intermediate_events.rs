//! Intermediate events (BPMN 2.0.2, 10.5.4): they wait for something, or do something and go on.

use std::sync::Arc;

use kapok_model::{CatchEvent, EventDefinition, NodeIndex};
use kapok_protocol::{ElementInstanceId, Text};

use crate::{case::Case, compensation, events, flow, halt::Halt};

/// A token waits; where a link comes out it goes on at once.
pub(super) fn catch(case: &mut Case, id: ElementInstanceId, node: NodeIndex, event: &CatchEvent) -> Result<(), Halt> {
    if event
        .triggers
        .iter()
        .any(|trigger| matches!(trigger, EventDefinition::Link(_)))
    {
        return flow::complete(case, id);
    }
    events::arm(case, Some(id), node, &event.triggers)
}

/// A token does what the event says, and goes on.
pub(super) fn throw(case: &mut Case, id: ElementInstanceId, results: &[EventDefinition]) -> Result<(), Halt> {
    let mut link = None;
    let mut undo = None;
    for result in results {
        match result {
            EventDefinition::Link(name) => link = Some(name),
            EventDefinition::Compensation { activity, wait } => undo = Some((*activity, *wait)),
            other => events::throw_one(case, id, other)?,
        }
        if !flow::is_live(case, Some(id))? {
            return Ok(()); // An escalation has ended what it stands in.
        }
    }
    match (link, undo) {
        (Some(name), _) => jump(case, id, name),
        (None, Some((activity, true))) => compensation::begin(case, id, activity),
        (None, Some((activity, false))) => {
            // The token goes on; the event stays behind until everything is undone.
            let node = case.element(id)?.node;
            let flows = flow::choose(case, id, node, |_| true)?;
            flow::emit(case, id, &flows)?;
            case.element_mut(id)?.left = true;
            compensation::begin(case, id, activity)
        }
        (None, None) => flow::complete(case, id),
    }
}

/// A link leads to the event of its name in the same scope.
fn jump(case: &mut Case, id: ElementInstanceId, name: &str) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let row = case.element(id)?;
    let (node, scope) = (row.node, row.scope);
    let drawn_in = graph.node(node).and_then(|node| node.scope);
    let Some(target) = graph.link_target(drawn_in, name) else {
        return Err(Halt::Stuck(Text::new(
            format!("链接“{name}”没有对应的接收点。请在流程图中补上并重新发布。"),
            format!("The link \"{name}\" leads nowhere. Draw the event where it comes out and publish again."),
        )));
    };
    flow::send(case, target, scope, None, Some(id))?;
    Ok(flow::end_and_leave(case, id, &[])?)
}
