//! How decisions of single persons become the outcome of a step (会签, 或签), and what a rejection does.

use std::sync::Arc;

use kapok_model::{Approval, FlowIndex, HumanTask, NodeIndex, NodeKind, ProcessGraph, Rejection, SignMode};
use kapok_protocol::{Decision, ElementInstanceId, PersonId, TaskId};

use crate::{
    case::{Case, missing},
    flow,
    halt::Halt,
    human::to_do,
    state::InstanceState,
};

/// What a step's decisions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Others still have to sign.
    Open,
    /// Plain work is done, or an approval approved.
    Done,
    /// The approval was refused.
    Rejected,
}

/// The drawn user task at a node.
pub(crate) fn human_task(graph: &ProcessGraph, node: NodeIndex) -> Option<&HumanTask> {
    match &graph.node(node)?.kind {
        NodeKind::UserTask(task) => Some(task),
        _ => None,
    }
}

/// Finishes a to-do, and its step when that was the decision it waited for.
pub(crate) fn sign(
    case: &mut Case,
    task: TaskId,
    by: Option<PersonId>,
    decision: Option<Decision>,
    comment: Option<&str>,
) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let row = case.task(task)?;
    let (element, node) = (row.element, row.node);
    let spec = human_task(&graph, node).ok_or_else(|| missing("the user task", node.0))?;
    to_do::complete(case, task, by, decision, comment)?;
    let others_open = !case.element(element)?.tasks.is_empty();
    match outcome(spec.approval.as_ref(), decision, others_open) {
        Outcome::Open => {}
        Outcome::Done => flow::complete(case, element)?,
        Outcome::Rejected => reject(case, &graph, element, node, spec.approval.as_ref())?,
    }
    Ok(())
}

fn outcome(approval: Option<&Approval>, decision: Option<Decision>, others_open: bool) -> Outcome {
    match (approval.map(|approval| approval.mode), decision) {
        (Some(_), Some(Decision::Reject)) => Outcome::Rejected,
        (Some(SignMode::All), _) if others_open => Outcome::Open,
        _ => Outcome::Done,
    }
}

fn reject(
    case: &mut Case,
    graph: &ProcessGraph,
    element: ElementInstanceId,
    node: NodeIndex,
    approval: Option<&Approval>,
) -> Result<(), Halt> {
    match approval.and_then(|approval| rejection_flow(graph, node, approval)) {
        Some(flow) => flow::complete_by(case, element, &[flow])?,
        None => {
            flow::complete_by(case, element, &[])?;
            flow::end_case(case, InstanceState::Rejected)?;
        }
    }
    Ok(())
}

/// The flow that a rejection takes, when one was drawn for it.
pub(crate) fn rejection_flow(graph: &ProcessGraph, node: NodeIndex, approval: &Approval) -> Option<FlowIndex> {
    let Rejection::Flow(id) = &approval.on_rejection else {
        return None;
    };
    graph
        .outgoing(node)
        .into_iter()
        .find(|(_, flow)| flow.id == *id)
        .map(|(index, _)| index)
}
