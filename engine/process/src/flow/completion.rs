//! An activation's work is done: its results go where they belong, and its tokens leave.

use std::sync::Arc;

use kapok_model::{FlowIndex, NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, Text};

use super::end_and_leave;
use crate::{
    case::Case,
    data,
    elements::{exclusive_gateway, inclusive_gateway},
    halt::Halt,
    human::approval,
    repeat, scope,
    state::Part,
};

/// Completes an activation; tokens leave by the flows that its element chooses.
pub(crate) fn complete(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    hand_over(case, id)?;
    let row = case.element(id)?;
    let (node, part) = (row.node, row.part);
    if let Part::Instance(number) = part {
        return repeat::instance_done(case, id, number);
    }
    let flows = outgoing(case, id, node)?;
    Ok(end_and_leave(case, id, &flows)?)
}

/// Completes an activation; tokens leave by these flows. One repetition ends its whole activity like this.
pub(crate) fn complete_by(case: &mut Case, id: ElementInstanceId, flows: &[FlowIndex]) -> Result<(), Halt> {
    hand_over(case, id)?;
    let row = case.element(id)?;
    if let (Part::Instance(_), Some(body)) = (row.part, row.scope) {
        end_and_leave(case, id, &[])?;
        super::cancel_within(case, Some(body))?;
        repeat::forget_items(case, body)?;
        return Ok(end_and_leave(case, body, flows)?);
    }
    Ok(end_and_leave(case, id, flows)?)
}

/// Hands results over, once: whatever still goes wrong after that is tried again without doing the work again.
fn hand_over(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let row = case.element_mut(id)?;
    row.leaving = true;
    if row.handed_over || matches!(row.part, Part::Body(_)) {
        return Ok(());
    }
    data::take_out(case, id)?;
    data::run_listeners(case, id, true)?;
    case.element_mut(id)?.handed_over = true;
    Ok(())
}

/// The flows by which tokens leave.
fn outgoing(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<Vec<FlowIndex>, Halt> {
    let graph = Arc::clone(&case.graph);
    match graph.node(node).map(|node| &node.kind) {
        Some(NodeKind::ExclusiveGateway) => Ok(vec![exclusive_gateway::choose(case, id, node)?]),
        Some(NodeKind::InclusiveGateway) => inclusive_gateway::choose(case, id, node),
        Some(NodeKind::UserTask(task)) => {
            let refused = task.approval.as_ref();
            let refused = refused.and_then(|approval| approval::rejection_flow(&graph, node, approval));
            choose(case, id, node, |flow| Some(flow) != refused)
        }
        _ => choose(case, id, node, |_| true),
    }
}

/// Those flows that have no condition or whose condition holds; the default flow when no condition does (10.2.1, 13.2.1).
pub(crate) fn choose(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    considered: impl Fn(FlowIndex) -> bool,
) -> Result<Vec<FlowIndex>, Halt> {
    let graph = Arc::clone(&case.graph);
    let mut chosen = Vec::new();
    let (mut conditional, mut met, mut default) = (false, false, None);
    for (index, flow) in graph.outgoing(node) {
        if !considered(index) {
            continue;
        }
        if flow.is_default {
            default = Some(index);
            continue;
        }
        let Some(condition) = &flow.condition else {
            chosen.push(index);
            continue;
        };
        conditional = true;
        if scope::holds(case, Some(id), condition)? {
            met = true;
            chosen.push(index);
        }
    }
    if !met {
        chosen.extend(default);
    }
    if chosen.is_empty() && conditional {
        return Err(no_way_on(case, node));
    }
    Ok(chosen)
}

/// Nothing holds and there is no default: a person must look.
pub(crate) fn no_way_on(case: &Case, node: NodeIndex) -> Halt {
    let label = case.label(node);
    Halt::Stuck(Text::new(
        format!("“{label}”之后的条件都不成立，也没有默认分支。请修改数据后重试，或在流程图中设置默认分支。"),
        format!(
            "No condition after \"{label}\" holds and it has no default flow. Mend the data and retry, or draw a \
             default flow."
        ),
    ))
}
