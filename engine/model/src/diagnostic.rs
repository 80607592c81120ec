//! What is wrong with a model, in words.

use kapok_protocol::Text;
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The model can run; the administrator should know.
    Warning,
    /// The model cannot be deployed.
    Error,
}

/// One finding. The same catalogue serves `kapok check`, deployment and the designer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable id of the rule, such as `gateway.condition-missing`.
    pub rule: &'static str,
    /// Whether it refuses the model.
    pub severity: Severity,
    /// The id of the BPMN element at fault, when there is one.
    pub element: Option<String>,
    /// The line in the XML, from 1.
    pub line: u32,
    /// What is wrong and what to do.
    pub message: Text,
}
