//! Service tasks (BPMN 2.0.2, 10.3.3): a job for a plugin, done after the commit; its outcome is a command.

use std::collections::BTreeMap;

use kapok_model::ServiceTask;
use kapok_protocol::{ElementInstanceId, JobId, Value};

use crate::{case::Case, flow, halt::Halt, scope, state::Job};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, task: &ServiceTask) -> Result<(), Halt> {
    let inside = case.element(id)?.scope;
    let mut inputs = BTreeMap::new();
    for (name, expression) in &task.inputs {
        inputs.insert(name.clone(), scope::value(case, inside, expression)?);
    }
    let job: JobId = case.new_id();
    let row = Job {
        id: job,
        instance: case.id,
        element: id,
        handler: task.handler.clone(),
        inputs,
        failures: 0,
        ready: true,
    };
    case.work.jobs.put(job, row);
    case.element_mut(id)?.job = Some(job);
    Ok(())
}

/// The job is done: its answers become variables, and the token goes on.
pub(crate) fn complete(
    case: &mut Case,
    id: ElementInstanceId,
    task: &ServiceTask,
    answers: &BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let inside = case.element(id)?.scope;
    match &task.result_variable {
        Some(name) => scope::set(case, inside, name, Value::Map(answers.clone()))?,
        None => {
            for (name, value) in answers {
                scope::set(case, inside, name, value.clone())?;
            }
        }
    }
    Ok(flow::leave(case, id)?)
}
