//! Embedded sub-processes (BPMN 2.0.2, 10.3.5): a scope of their own, complete when nothing in it is live.

use std::sync::Arc;

use kapok_model::{NodeIndex, NodeKind, StartTrigger};
use kapok_protocol::{ElementInstanceId, Text};

use crate::{
    case::Case,
    flow::{self, Step, Token},
    halt::Halt,
};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let start = graph
        .children(Some(node))
        .find(|(_, child)| matches!(child.kind, NodeKind::StartEvent(StartTrigger::None)))
        .map(|(start, _)| start);
    let Some(start) = start else {
        let label = case.label(node);
        return Err(Halt::Stuck(Text::new(
            format!("子流程“{label}”没有开始事件，无法进入。请在流程图中补上开始事件并重新发布。"),
            format!("The sub-process \"{label}\" has no start event. Draw one and publish again."),
        )));
    };
    flow::add_token(case, Some(id))?;
    case.queue.push_back(Step::Enter(Token {
        node: start,
        scope: Some(id),
        flow: None,
        cause: Some(id),
    }));
    Ok(())
}
