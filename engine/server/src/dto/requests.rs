use std::collections::BTreeMap;

use kapok::{RequestTrial, protocol::Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// A drawn request to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TryRequest {
    /// The element `kapok:request` as it stands in a model.
    pub(crate) request: String,
    /// Values for the names in its expressions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
}

/// What came of a request that was tried.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestTrialView {
    method: String,
    /// Where to, with its values in it.
    url: String,
    /// The status of the answer.
    status: u16,
    headers: Vec<HeaderView>,
    /// The body of the answer, cut to 64 KiB.
    body: String,
    /// Whether there is more of the body.
    cut: bool,
    /// Whether the step would be done: `success`, `error` that the model may catch, or `refused`.
    verdict: &'static str,
    /// The code of the error.
    error: Option<String>,
    /// What the variables would be, when the step would be done.
    outputs: Vec<TriedOutputView>,
}

/// A header of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeaderView {
    name: String,
    value: String,
}

/// What a variable would be, or why it would be nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TriedOutputView {
    variable: String,
    #[schema(value_type = Object)]
    value: Option<Value>,
    problem: Option<Text>,
}

impl From<RequestTrial> for RequestTrialView {
    fn from(trial: RequestTrial) -> Self {
        let headers = trial.headers.into_iter();
        let outputs = trial.outputs.into_iter().map(|output| {
            let (value, problem) = match output.value {
                Ok(value) => (Some(value), None),
                Err(problem) => (None, Some(problem.into())),
            };
            TriedOutputView {
                variable: output.variable,
                value,
                problem,
            }
        });
        Self {
            method: trial.method,
            url: trial.url,
            status: trial.status,
            headers: headers.map(|(name, value)| HeaderView { name, value }).collect(),
            body: trial.body,
            cut: trial.is_cut,
            verdict: match (&trial.error, trial.is_success) {
                (Some(_), _) => "error",
                (None, true) => "success",
                (None, false) => "refused",
            },
            error: trial.error,
            outputs: outputs.collect(),
        }
    }
}
