//! Somebody finishes a task: 同意, 拒绝, or plain work done.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::HumanTask;
use kapok_protocol::{Decision, Refusal, TaskId, Value};

use super::{not_yours, open_task};
use crate::{
    Context, Stop,
    case::{Case, missing},
    data, flow,
    human::{
        approval,
        claim::{Standing, standing},
        fields,
    },
    refusals,
    state::{EventKind, Work},
};

pub(crate) fn complete(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    id: TaskId,
    decision: Option<Decision>,
    comment: Option<&str>,
    variables: &BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let task = open_task(work, context, id)?;
    let standing = standing(context, &task);
    if standing == Standing::Stranger {
        return Err(not_yours(context, &task));
    }
    let mut case = Case::open(work, context, task.instance)?;
    let graph = Arc::clone(&case.graph);
    let spec = approval::human_task(&graph, task.node).ok_or_else(|| missing("the user task", task.node.0))?;
    let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
    check_decision(spec, decision, comment)?;
    let inside = Some(task.element);
    let variables = fields::check(&mut case, inside, spec, decision, variables)?;

    if let Standing::MayTake(person) = standing {
        case.task_mut(id)?.assignee = Some(person);
        case.log(task.element, EventKind::TaskClaimed(id))?;
    }
    let by = case.context.actor.person();
    let outcome = data::receive(&mut case, task.element, variables, false)
        .and_then(|()| approval::sign(&mut case, id, by, decision, comment));
    flow::settle(&mut case, task.element, outcome)?;
    flow::run(&mut case)
}

fn check_decision(spec: &HumanTask, decision: Option<Decision>, comment: Option<&str>) -> Result<(), Refusal> {
    match (&spec.approval, decision) {
        (Some(_), None) => Err(refusals::task_decision_required()),
        (None, Some(_)) => Err(refusals::task_decision_not_expected()),
        (Some(approval), Some(Decision::Reject)) if approval.reason_required && comment.is_none() => {
            Err(refusals::task_reason_required())
        }
        _ => Ok(()),
    }
}
