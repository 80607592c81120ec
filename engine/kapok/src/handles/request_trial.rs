//! Trying a drawn request before a process uses it: sent once and for good, with values that somebody made up.
//!
//! What is drawn is read by the reader of models and sent by what sends the requests of cases, so a trial can neither do
//! more than a process might nor mean something else.

use std::{collections::BTreeMap, time::Duration};

use kapok_model::{HttpTask, NodeKind, Severity};
use kapok_notify::FetchError;
use kapok_process::{Evaluator, Scope, Verdict, request_inputs, state::StateError, verdict};
use kapok_protocol::{RecordRef, Refusal, RefusalKind, Text, Value};

use super::Administrator;
use crate::{
    Error, definitions,
    evaluate::Expressions,
    react::{answer, cut, prepare},
};

/// Somebody waits for the answer, so it takes no longer, whatever the request says.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest body of an answer that is shown, in bytes.
const SHOWN: usize = 64 << 10;

/// What came of a request that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTrial {
    /// How it was sent.
    pub method: String,
    /// Where to, with its values in it.
    pub url: String,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer.
    pub headers: Vec<(String, String)>,
    /// The body of the answer.
    pub body: String,
    /// Whether there is more of the body.
    pub is_cut: bool,
    /// Whether the step would be done.
    pub is_success: bool,
    /// The code of the error that the model could catch.
    pub error: Option<String>,
    /// What the variables would be.
    pub outputs: Vec<TriedOutput>,
}

/// What a variable would be, or why it would be nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedOutput {
    /// The variable.
    pub variable: String,
    /// Its value.
    pub value: Result<Value, Text>,
}

impl Administrator {
    /// Sends a request as `kapok:request` draws it, in whose expressions these are the variables.
    pub fn try_request(&self, request: &str, variables: &BTreeMap<String, Value>) -> Result<RequestTrial, Error> {
        let shared = &self.kapok.shared;
        let drawn = self.drawn_request(request)?;
        let view = self.view();
        let (organisation, now) = (shared.organisation(), shared.clock.now());
        let expressions = Expressions::new(shared, &view, &organisation, self.principal(), now);
        let nothing = BTreeMap::new();
        let before = Sample([variables, &nothing]);
        let wrong = |text: Text| refusal("request.value", text);
        let url = expressions.url(&drawn.url, &before).map_err(wrong)?;
        let inputs = request_inputs(&drawn, url, |expression| expressions.value(expression, &before)).map_err(wrong)?;
        let sent = prepare(shared, &inputs, format!("try-{}", now.millis()))
            .map_err(|problem| refusal("request.not-sent", problem))?;
        let (method, url) = (sent.method.clone(), sent.url.clone());
        let runtime = shared.plugins.runtime().ok_or_else(|| {
            let (zh, en) = (
                "暂时无法发出请求，请稍后再试。",
                "There is no way out just now. Try again later.",
            );
            refusal("request.not-sent", Text::new(zh, en))
        })?;
        let asked = u64::try_from(drawn.timeout.millis).unwrap_or(u64::MAX);
        let client = shared
            .plugins
            .client()
            .within(Duration::from_millis(asked).min(PATIENCE));
        let response = client.fetch_blocking(runtime.handle(), sent).map_err(no_answer)?;

        let (status, headers) = (response.status, response.headers.clone());
        let mut body = String::from_utf8_lossy(&response.body).into_owned();
        let is_cut = cut(&mut body, SHOWN);
        let answer = answer(response);
        let after = Sample([&answer, variables]);
        let meant = verdict(&drawn, status);
        let outputs = drawn.outputs.iter().map(|(variable, expression)| TriedOutput {
            variable: variable.clone(),
            value: expressions.value(expression, &after),
        });
        Ok(RequestTrial {
            method,
            url,
            status,
            headers,
            body,
            is_cut,
            is_success: meant == Verdict::Success,
            error: match meant {
                Verdict::Error(code) => Some(code.to_owned()),
                Verdict::Success | Verdict::Refused => None,
            },
            outputs: match meant {
                Verdict::Success => outputs.collect(),
                Verdict::Error(_) | Verdict::Refused => Vec::new(),
            },
        })
    }

    /// The request as the reader of models understands it, in a process that does nothing else.
    fn drawn_request(&self, request: &str) -> Result<HttpTask, Error> {
        let xml = format!(
            r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
 id="definitions" targetNamespace="urn:kapok:trial"><bpmn:process id="trial" isExecutable="true"><bpmn:startEvent id="start"/>
<bpmn:sequenceFlow id="in" sourceRef="start" targetRef="step"/><bpmn:serviceTask id="step" name="HTTP"><bpmn:extensionElements>
{request}</bpmn:extensionElements></bpmn:serviceTask><bpmn:sequenceFlow id="out" sourceRef="step" targetRef="end"/>
<bpmn:endEvent id="end"/></bpmn:process></bpmn:definitions>"#
        );
        let reading = definitions::check(&self.kapok.shared, &xml);
        let nodes = reading.processes.iter().flat_map(|graph| graph.nodes());
        let mut requests = nodes.filter_map(|(_, node)| match &node.kind {
            NodeKind::ServiceTask(task) => task.request.as_deref(),
            _ => None,
        });
        if let Some(found) = requests.next() {
            return Ok(found.clone());
        }
        let errors = reading.diagnostics.into_iter();
        let errors: Vec<Refusal> = errors
            .filter(|found| found.severity == Severity::Error)
            .map(|found| Refusal {
                text: found.message,
                ..Refusal::new(RefusalKind::Invalid, "request.wrong", "", "")
            })
            .collect();
        Err(match errors.is_empty() {
            true => refusal(
                "request.wrong",
                Text::new("这里没有请求。请先填写请求。", "There is no request. Fill it in first."),
            ),
            false => errors.into(),
        })
    }
}

fn refusal(code: &str, text: Text) -> Error {
    Refusal::new(RefusalKind::Invalid, code, text.zh, text.en).into()
}

fn no_answer(error: FetchError) -> Error {
    match error {
        FetchError::Refused(reason) | FetchError::NotSent(reason) => refusal(
            "request.not-sent",
            Text::new(
                format!("请求没有发出：{reason}"),
                format!("The request was not sent: {reason}"),
            ),
        ),
        FetchError::Unknown(reason) => refusal(
            "request.no-answer",
            Text::new(
                format!("没有收到完整的应答，请向对方核实请求是否已经到达：{reason}"),
                format!("There was no whole answer. Ask the other side whether the request has arrived: {reason}"),
            ),
        ),
    }
}

/// Values that were made up, the nearest first.
struct Sample<'v>([&'v BTreeMap<String, Value>; 2]);

impl Scope for Sample<'_> {
    fn get(&self, name: &str) -> Result<Option<Value>, StateError> {
        Ok(self.0.iter().find_map(|values| values.get(name).cloned()))
    }

    fn record(&self) -> Option<&RecordRef> {
        None
    }
}
