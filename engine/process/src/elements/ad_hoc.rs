//! Ad-hoc sub-processes (BPMN 2.0.2, 10.3.5.3, 13.3.5): steps without a drawn order.
//!
//! Parallel: every step that nothing leads to is offered at once. Sequential: one at a time, in the order of the drawing.
//! The completion condition is asked after each step; without one the sub-process is over when every offered step was
//! done. When nothing is left to do and the condition does not hold, the steps are offered again, for they may be done
//! any number of times.

use std::sync::Arc;

use kapok_model::{AdHoc, NodeIndex, NodeKind, ProcessGraph, SubProcess};
use kapok_protocol::{ElementInstanceId, Text, Value};

use super::event_sub_process;
use crate::{
    Stop,
    case::{Case, missing},
    flow::{self, Step},
    halt::Halt,
    scope,
};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, node: NodeIndex, ad_hoc: &AdHoc) -> Result<(), Halt> {
    event_sub_process::arm_all(case, Some(id), Some(node))?;
    offer_all(case, id, node, ad_hoc)?;
    if case.element(id)?.live_children == 0 {
        return flow::complete(case, id); // Nothing was offered.
    }
    Ok(())
}

fn offer_all(case: &mut Case, id: ElementInstanceId, node: NodeIndex, ad_hoc: &AdHoc) -> Result<(), Halt> {
    let steps = match &ad_hoc.offered {
        None => case.graph.entries(Some(node)),
        Some(expression) => {
            let graph = Arc::clone(&case.graph);
            let named = scope::value(case, Some(id), expression)?;
            chosen(&graph, node, &named).ok_or_else(|| not_steps(&expression.text, &named))?
        }
    };
    if ad_hoc.sequential {
        case.element_mut(id)?.offered = steps;
        offer_next(case, id)?;
        return Ok(());
    }
    for step in steps {
        flow::send(case, step, Some(id), None, Some(id))?;
    }
    Ok(())
}

/// Offers the next step of a sequential one. Whether there was any.
fn offer_next(case: &mut Case, id: ElementInstanceId) -> Result<bool, Halt> {
    let offered = &mut case.element_mut(id)?.offered;
    if offered.is_empty() {
        return Ok(false);
    }
    let step = offered.remove(0);
    flow::send(case, step, Some(id), None, Some(id))?;
    Ok(true)
}

/// The steps with these ids.
fn chosen(graph: &ProcessGraph, node: NodeIndex, named: &Value) -> Option<Vec<NodeIndex>> {
    let find = |id: &Value| {
        let step = graph.find(id.as_text()?)?;
        (graph.node(step)?.scope == Some(node)).then_some(step)
    };
    named.as_list()?.iter().map(find).collect()
}

fn not_steps(text: &str, given: &Value) -> Halt {
    Halt::Stuck(Text::new(
        format!("“{text}”应得出这个自由子流程中步骤的编号列表，实际得到 {given}。请修改数据后重试。"),
        format!(
            "`{text}` should give a list of ids of steps in this ad-hoc sub-process and gave {given}. Mend the data and retry."
        ),
    ))
}

fn drawn(graph: &ProcessGraph, case: &mut Case, id: ElementInstanceId) -> Result<(NodeIndex, AdHoc), Halt> {
    let node = case.element(id)?.node;
    match graph.node(node).map(|node| &node.kind) {
        Some(NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc))) => Ok((node, ad_hoc.as_ref().clone())),
        _ => Err(missing("the ad-hoc sub-process", node.0).into()),
    }
}

/// A step was done: perhaps that was enough.
pub(crate) fn step_done(case: &mut Case, id: ElementInstanceId) -> Result<(), Stop> {
    if !flow::is_live(case, Some(id))? || case.element(id)?.closing {
        return Ok(());
    }
    let outcome = ask(case, id);
    flow::settle(case, id, outcome)
}

fn ask(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let (_, ad_hoc) = drawn(&graph, case, id)?;
    let Some(completion) = &ad_hoc.completion else {
        return Ok(());
    };
    // What a later step will say is not known yet.
    let is_over = scope::ask(case, Some(id), |context, view| {
        context.evaluator.becomes(completion, view)
    })?;
    if !is_over {
        return Ok(());
    }
    let row = case.element_mut(id)?;
    row.closing = true;
    row.offered.clear();
    if ad_hoc.cancel_remaining {
        flow::cancel_within(case, Some(id))?;
    }
    case.queue.push_back(Step::Finish(Some(id)));
    Ok(())
}

/// Nothing in it is live: it is over, or the next step is offered.
pub(crate) fn nothing_left(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let (node, ad_hoc) = drawn(&graph, case, id)?;
    if case.element(id)?.closing || case.element(id)?.leaving {
        return flow::complete(case, id);
    }
    if case.element(id)?.incident.is_some() || offer_next(case, id)? {
        return Ok(());
    }
    match ad_hoc.completion {
        None => flow::complete(case, id),
        Some(_) => offer_all(case, id, node, &ad_hoc),
    }
}
