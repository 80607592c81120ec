//! From the XML tree to processes: one file per concern.
//!
//! Reading goes on after a fault, so that a person sees everything that is wrong at once; what is built from a faulty
//! model is thrown away at the end.

mod activities;
mod assignees;
mod attributes;
mod definitions;
mod draft;
mod events;
mod expressions;
mod findings;
mod forms;
mod messages;
mod nodes;
mod process;
mod reminders;
mod settings;
mod timers;
mod vocabulary;

use std::collections::BTreeMap;

pub(crate) use definitions::read_definitions;
pub(crate) use draft::{Draft, DraftFlow, DraftNode};
pub(crate) use findings::Findings;

use crate::Environment;

/// What every reader needs to know, and where it reports.
pub(crate) struct Context<'a> {
    pub(crate) environment: &'a dyn Environment,
    pub(crate) findings: Findings,
    /// The error codes by the id of their `bpmn:error`; `None` for an error without code.
    pub(crate) errors: BTreeMap<&'a str, Option<&'a str>>,
    /// The `expressionLanguage` of the definitions.
    pub(crate) expression_language: Option<&'a str>,
}

/// The local part of a reference written as a qualified name (`tns:Error_1`).
pub(crate) fn local_part(reference: &str) -> &str {
    let reference = reference.trim();
    reference.rsplit_once(':').map_or(reference, |(_, local)| local)
}
