//! Service tasks that are an HTTP request: what is sent is computed when the step begins and lies in its job, so that
//! every attempt sends the same; what becomes of the answer is decided here too.

use std::collections::BTreeMap;

use kapok_model::{BodyKind, HeaderValue, HttpTask, REQUEST_HANDLER, ServiceTask, Statuses};
use kapok_protocol::{ElementInstanceId, Expression, JobId, Value};

use super::service_task;
use crate::{case::Case, data, flow, halt::Halt, jobs, scope};

/// What is said of an answer in an incident, in characters.
const EXCERPT: usize = 200;

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, request: &HttpTask) -> Result<(), Halt> {
    let url = scope::ask(case, Some(id), |context, view| {
        context.evaluator.url(&request.url, view)
    })?;
    let inputs = request_inputs(request, url, |expression| scope::value(case, Some(id), expression))?;
    service_task::begin_job(case, id, REQUEST_HANDLER.to_owned(), inputs, false)
}

/// What is sent, as it lies in the job of a request: for a case, and for whoever tries the request before there is one.
pub fn request_inputs<E>(
    request: &HttpTask,
    url: String,
    mut value: impl FnMut(&Expression) -> Result<Value, E>,
) -> Result<BTreeMap<String, Value>, E> {
    let mut query = Vec::new();
    for (name, expression) in &request.query {
        query.push(pair(name, value(expression)?));
    }
    let mut headers = Vec::new();
    for (name, header) in &request.headers {
        headers.push(match header {
            HeaderValue::Computed(expression) => pair(name, value(expression)?),
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
        inputs.insert("body".to_owned(), value(expression)?);
    }
    Ok(inputs)
}

/// What a status means to the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'r> {
    /// The step is done.
    Success,
    /// An error of this code, which the model may catch.
    Error(&'r str),
    /// It is tried again, or becomes an incident.
    Refused,
}

/// What a status means: an error that is drawn goes before a success.
pub fn verdict(request: &HttpTask, status: u16) -> Verdict<'_> {
    let is = |statuses: &[Statuses]| statuses.iter().any(|some| some.has(status));
    match request.errors.iter().find(|(statuses, _)| is(statuses)) {
        Some((_, code)) => Verdict::Error(code),
        None if is(&request.success) => Verdict::Success,
        None => Verdict::Refused,
    }
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
    match verdict(request, status) {
        Verdict::Success => {}
        Verdict::Error(code) => {
            keep(case, id, task, answer)?;
            if let Some(job) = case.element(id)?.job {
                case.job_mut(job)?.ready = false;
            }
            return Err(Halt::Error {
                code: code.to_owned(),
                message: format!("HTTP {status}: {}", excerpt(answer.get("body"))),
            });
        }
        Verdict::Refused => {
            let Some(job) = case.element(id)?.job else {
                return flow::complete(case, id);
            };
            return refused(case, id, job, task, status, answer);
        }
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
