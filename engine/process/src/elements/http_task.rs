//! Service tasks that are an HTTP request: what is sent is computed when the step begins and lies in its job, so that
//! every attempt sends the same; what becomes of the answer is decided here too.

use std::collections::BTreeMap;

use kapok_model::{BodyKind, HeaderValue, HttpTask, REQUEST_HANDLER, ServiceTask, Statuses};
use kapok_protocol::{ElementInstanceId, JobId, Value};

use super::service_task;
use crate::{case::Case, data, flow, halt::Halt, jobs, scope};

/// What is said of an answer in an incident, in characters.
const EXCERPT: usize = 200;

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, request: &HttpTask) -> Result<(), Halt> {
    let url = scope::ask(case, Some(id), |context, view| {
        context.evaluator.url(&request.url, view)
    })?;
    let mut query = Vec::new();
    for (name, expression) in &request.query {
        query.push(pair(name, scope::value(case, Some(id), expression)?));
    }
    let mut headers = Vec::new();
    for (name, value) in &request.headers {
        headers.push(match value {
            HeaderValue::Computed(expression) => pair(name, scope::value(case, Some(id), expression)?),
            HeaderValue::Secret { name: secret, prefix } => Value::from_iter([
                ("name", Value::from(name.as_str())),
                ("secret", Value::from(secret.as_str())),
                ("prefix", Value::from(prefix.as_str())),
            ]),
        });
    }
    let mut inputs = BTreeMap::from([
        ("method".to_owned(), Value::from(request.method.to_string())),
        ("url".to_owned(), Value::from(url)),
        ("query".to_owned(), Value::List(query)),
        ("headers".to_owned(), Value::List(headers)),
        ("timeout".to_owned(), Value::from(request.timeout.millis)),
        ("ask_when_unknown".to_owned(), Value::Bool(request.ask_when_unknown)),
    ]);
    if let Some((kind, expression)) = &request.body {
        let kind = match kind {
            BodyKind::Json => "json",
            BodyKind::Form => "form",
            BodyKind::Text => "text",
        };
        inputs.insert("body_type".to_owned(), Value::from(kind));
        inputs.insert("body".to_owned(), scope::value(case, Some(id), expression)?);
    }
    service_task::begin_job(case, id, REQUEST_HANDLER.to_owned(), inputs, false)
}

fn pair(name: &str, value: Value) -> Value {
    Value::from_iter([("name", Value::from(name)), ("value", value)])
}

/// There is an answer: `status`, `headers` and `body`.
pub(super) fn answered(
    case: &mut Case,
    id: ElementInstanceId,
    task: &ServiceTask,
    request: &HttpTask,
    answer: &BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let status = answer.get("status").and_then(Value::as_number);
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    let is = |statuses: &[Statuses]| statuses.iter().any(|some| some.has(status));
    if let Some((_, code)) = request.errors.iter().find(|(statuses, _)| is(statuses)) {
        keep(case, id, task, answer)?;
        if let Some(job) = case.element(id)?.job {
            case.job_mut(job)?.ready = false;
        }
        return Err(Halt::Error {
            code: code.clone(),
            message: format!("HTTP {status}: {}", excerpt(answer.get("body"))),
        });
    }
    if !is(&request.success) {
        let Some(job) = case.element(id)?.job else {
            return flow::complete(case, id);
        };
        return refused(case, id, job, task, status, answer);
    }
    keep(case, id, task, answer)?;
    let mut found = BTreeMap::new();
    for (variable, expression) in &request.outputs {
        let value = scope::ask_with(case, Some(id), answer, |context, view| {
            context.evaluator.value(expression, view)
        })?;
        found.insert(variable.clone(), value);
    }
    data::receive(case, id, found, false)?;
    flow::complete(case, id)
}

/// The whole answer, where the model wants it.
fn keep(
    case: &mut Case,
    id: ElementInstanceId,
    task: &ServiceTask,
    answer: &BTreeMap<String, Value>,
) -> Result<(), Halt> {
    match &task.result_variable {
        Some(name) => data::keep(case, id, Some(name), Value::Map(answer.clone())),
        None => Ok(()),
    }
}

/// What the other side could not do now may be done later; what it does not want, never.
fn refused(
    case: &mut Case,
    id: ElementInstanceId,
    job: JobId,
    task: &ServiceTask,
    status: u16,
    answer: &BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let again = status >= 500 || matches!(status, 408 | 425 | 429);
    let message = format!("HTTP {status}: {}", excerpt(answer.get("body")));
    jobs::fail(case, id, job, (task.retries, task.backoff), &message, again)
}

fn excerpt(body: Option<&Value>) -> String {
    let text = match body {
        None | Some(Value::Null) => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    text.chars().take(EXCERPT).collect()
}
