//! Service tasks (BPMN 2.0.2, 10.3.3): a job for a plugin, done after the commit; its outcome is a command.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{NodeKind, ServiceTask};
use kapok_protocol::{ElementInstanceId, JobId, Value};

use super::{decision_task, http_task, user_task};
use crate::{
    case::{Case, missing},
    data, flow,
    halt::Halt,
    scope,
    state::Job,
};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, task: &ServiceTask) -> Result<(), Halt> {
    if let Some(request) = &task.request {
        return http_task::enter(case, id, request);
    }
    let mut inputs = BTreeMap::new();
    for (name, expression) in &task.inputs {
        inputs.insert(name.clone(), scope::value(case, Some(id), expression)?);
    }
    // What the standard's and other engines' inputs gave the task is what its handler gets.
    let graph = Arc::clone(&case.graph);
    for (name, value) in data::content(case, id, &graph)? {
        inputs.entry(name).or_insert(value);
    }
    begin_job(case, id, task.handler.clone(), inputs, task.external)
}

/// Hands work to whoever goes by this name.
pub(super) fn begin_job(
    case: &mut Case,
    id: ElementInstanceId,
    handler: String,
    inputs: BTreeMap<String, Value>,
    external: bool,
) -> Result<(), Halt> {
    let job: JobId = case.new_id();
    let row = Job {
        id: job,
        instance: case.id,
        element: id,
        handler,
        inputs,
        failures: 0,
        ready: true,
        external,
        lock: None,
        retries: None,
    };
    case.work.jobs.put(job, row);
    case.element_mut(id)?.job = Some(job);
    Ok(())
}

/// The job is done: its answers become variables, and the token goes on.
pub(crate) fn complete(case: &mut Case, id: ElementInstanceId, answers: &BTreeMap<String, Value>) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let node = case.element(id)?.node;
    match graph.node(node).map(|node| &node.kind) {
        Some(NodeKind::ServiceTask(
            task @ ServiceTask {
                request: Some(request), ..
            },
        )) => return http_task::answered(case, id, task, request, answers),
        Some(NodeKind::ServiceTask(ServiceTask {
            result_variable: Some(name),
            ..
        })) => data::keep(case, id, Some(name), Value::Map(answers.clone()))?,
        Some(NodeKind::ServiceTask(_)) => data::receive(case, id, answers.clone(), false)?,
        Some(NodeKind::UserTask(task)) => return user_task::answered(case, id, task, answers),
        Some(NodeKind::DecisionTask(task)) => {
            return decision_task::answered(case, id, task, Value::Map(answers.clone()));
        }
        _ => return Err(missing("the service task", node.0).into()),
    }
    flow::complete(case, id)
}

/// How often the job is tried again, and how long each new try waits.
pub(crate) fn retries(
    case: &mut Case,
    id: ElementInstanceId,
) -> Result<(u32, Option<kapok_protocol::IsoDuration>), Halt> {
    let node = case.element(id)?.node;
    Ok(match case.graph.node(node).map(|node| &node.kind) {
        Some(NodeKind::ServiceTask(task)) => (task.retries, task.backoff),
        _ => (0, None),
    })
}
