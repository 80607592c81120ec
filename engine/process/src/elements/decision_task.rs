//! Business rule tasks (BPMN 2.0.2, 10.3.3) that ask a decision.

use std::collections::BTreeMap;

use kapok_model::DecisionTask;
use kapok_protocol::{ElementInstanceId, Value};

use super::service_task;
use crate::{case::Case, data, events, flow, halt::Halt, scope};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, task: &DecisionTask) -> Result<(), Halt> {
    let decision = events::name(case, Some(id), &task.decision)?;
    if !case.context.evaluator.knows_decision(&decision) {
        // Somebody else may know it: the job waits for them, and becomes an incident when nobody does.
        return service_task::begin_job(case, id, decision, BTreeMap::new(), false);
    }
    let answer = scope::ask(case, Some(id), |context, view| {
        context.evaluator.decision(&decision, view)
    })?;
    answered(case, id, task, answer)
}

/// The decision is made.
pub(super) fn answered(case: &mut Case, id: ElementInstanceId, task: &DecisionTask, answer: Value) -> Result<(), Halt> {
    match (&task.result_variable, answer) {
        (Some(name), answer) => data::keep(case, id, Some(name), answer)?,
        (None, Value::Map(answers)) => data::receive(case, id, answers, false)?,
        (None, _) => {}
    }
    flow::complete(case, id)
}
