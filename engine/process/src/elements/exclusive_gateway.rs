//! Exclusive gateways (BPMN 2.0.2, 10.6.2, 13.4.2): the first flow whose condition holds, else the default flow.

use std::sync::Arc;

use kapok_model::{FlowIndex, NodeIndex};
use kapok_protocol::{ElementInstanceId, Text};

use crate::{case::Case, halt::Halt, scope};

/// The flow that is taken.
pub(crate) fn choose(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<FlowIndex, Halt> {
    let graph = Arc::clone(&case.graph);
    let flows = graph.outgoing(node);
    for (index, flow) in &flows {
        if flow.is_default {
            continue;
        }
        let holds = match &flow.condition {
            Some(condition) => scope::holds(case, Some(id), condition)?,
            None => true,
        };
        if holds {
            return Ok(*index);
        }
    }
    let default = flows.iter().find(|(_, flow)| flow.is_default).map(|(index, _)| *index);
    default.ok_or_else(|| {
        let label = case.label(node);
        Halt::Stuck(Text::new(
            format!("分支“{label}”的条件都不成立，也没有默认分支。请修改数据后重试，或在流程图中设置默认分支。"),
            format!(
                "No condition of the gateway \"{label}\" holds and it has no default flow. Mend the data and retry, or \
                 draw a default flow."
            ),
        ))
    })
}
