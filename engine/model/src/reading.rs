//! The way in: XML text to checked processes, or to the reasons why not.

use std::sync::Arc;

use crate::{Diagnostic, Document, Environment, ProcessGraph};

/// What reading a model gave.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The processes of the file, in its order; empty when there is an error. Those that are not marked as executable
    /// are among them only when they could be run.
    pub processes: Vec<Arc<ProcessGraph>>,
    /// Everything found, in the order of lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Whether the model may be deployed: no finding is an error.
    pub fn is_deployable(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|found| found.severity != crate::Severity::Error)
    }
}

/// Reads and checks a BPMN 2.0 file.
pub fn read(xml: &str, environment: &dyn Environment) -> Reading {
    match Document::parse(xml) {
        Ok(document) => document.read(environment),
        Err(found) => Reading {
            processes: Vec::new(),
            diagnostics: vec![found],
        },
    }
}
