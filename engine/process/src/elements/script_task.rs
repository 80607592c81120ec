//! Script tasks (BPMN 2.0.2, 10.3.3) and other tasks that only compute: done at once.

use kapok_model::ScriptTask;
use kapok_protocol::{ElementInstanceId, Expression};

use crate::{case::Case, data, flow, halt::Halt, scope};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, task: &ScriptTask) -> Result<(), Halt> {
    let value = data::run_script(case, id, &task.script)?;
    data::keep(case, id, task.result_variable.as_ref(), value)?;
    flow::complete(case, id)
}

/// A task that is an expression.
pub(super) fn compute(
    case: &mut Case,
    id: ElementInstanceId,
    expression: &Expression,
    result_variable: Option<&String>,
) -> Result<(), Halt> {
    let value = scope::value(case, Some(id), expression)?;
    data::keep(case, id, result_variable, value)?;
    flow::complete(case, id)
}
