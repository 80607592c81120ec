//! Script tasks (BPMN 2.0.2, 10.3.3): rhai, run at once.

use kapok_model::ScriptTask;
use kapok_protocol::ElementInstanceId;

use crate::{case::Case, flow, halt::Halt, scope};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, task: &ScriptTask) -> Result<(), Halt> {
    let inside = case.element(id)?.scope;
    let result = scope::ask(case, inside, |context, view| {
        context.evaluator.script(&task.script, view)
    })?;
    for (name, value) in result.writes {
        scope::set(case, inside, &name, value)?;
    }
    if let Some(name) = &task.result_variable {
        scope::set(case, inside, name, result.value)?;
    }
    Ok(flow::leave(case, id)?)
}
