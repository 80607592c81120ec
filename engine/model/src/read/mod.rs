//! From the XML tree to processes: one file per concern.
//!
//! Reading goes on after a fault, so that a person sees everything that is wrong at once; what is built from a faulty
//! model is thrown away at the end.

mod assignees;
mod attributes;
mod collaboration;
mod correlation;
mod data;
mod definitions;
mod dialects;
mod draft;
mod drawing;
mod events;
mod expressions;
mod file;
mod findings;
mod forms;
mod gateways;
mod global_tasks;
mod inputs;
mod lanes;
mod messages;
mod nodes;
mod people;
mod process;
mod reminders;
mod repeat;
mod settings;
mod sub_processes;
mod tasks;
mod timers;
mod values;
mod vocabulary;

pub(crate) use definitions::read_definitions;
pub(crate) use draft::{Draft, DraftFlow, DraftNode};
pub(crate) use findings::Findings;

use crate::{
    Environment,
    catalogue::{Words, elements, names},
    xml::Element,
};

/// What every reader needs to know, and where it reports.
pub(crate) struct Context<'a> {
    pub(crate) environment: &'a dyn Environment,
    pub(crate) findings: Findings,
    /// Where everything in the file is.
    pub(crate) file: &'a file::File<'a>,
    /// The `expressionLanguage` of the definitions.
    pub(crate) expression_language: Option<&'a str>,
}

impl Context<'_> {
    /// Tells the author about an element in `owner` that is drawn and has no effect.
    fn not_carried_out(&mut self, owner: &Element, line: u32, xml_name: &str) {
        let words: &[&dyn Words] = &[&owner.label(), &names::element(xml_name)];
        self.findings
            .report_inside(&elements::NOT_CARRIED_OUT, owner, line, words);
    }

    /// Reports a value that an attribute of BPMN's own cannot have.
    fn faulty_attribute(&mut self, owner: &Element, line: u32, name: &str, value: &str) {
        let words: &[&dyn Words] = &[&owner.label(), &name, &value];
        self.findings
            .report_inside(&elements::ATTRIBUTE_FAULTY, owner, line, words);
    }

    /// Reports a value that a setting of another engine cannot have.
    fn foreign_value(&mut self, owner: &Element, line: u32, name: &str, value: &str) {
        let words: &[&dyn Words] = &[&owner.label(), &name, &value];
        self.findings
            .report_inside(&elements::FOREIGN_VALUE, owner, line, words);
    }

    /// Reads an attribute of BPMN's own that is true or false.
    fn flag(&mut self, owner: &Element, holder: &Element, name: &str, default: bool) -> bool {
        match holder.stated(name) {
            None => default,
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            Some(other) => {
                let words: &[&dyn Words] = &[&owner.label(), &name, &other];
                self.findings
                    .report_inside(&elements::ATTRIBUTE_VALUE, owner, holder.line, words);
                default
            }
        }
    }
}

/// The fault was reported.
#[derive(Debug)]
pub(crate) struct Reported;

/// The local part of a reference written as a qualified name (`tns:Error_1`).
pub(crate) fn local_part(reference: &str) -> &str {
    let reference = reference.trim();
    reference.rsplit_once(':').map_or(reference, |(_, local)| local)
}
