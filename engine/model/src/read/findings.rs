//! Where findings are gathered.

use crate::{
    Diagnostic, Severity,
    catalogue::{Rule, Words, elements, names, xml},
    xml::Element,
};

/// More findings than this help nobody, and a hostile file could have one on every line.
const MAX_FINDINGS: usize = 1_000;

/// The findings so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Diagnostic>,
    dropped: bool,
}

impl Findings {
    /// Adds a finding at a BPMN element.
    pub(crate) fn report(&mut self, rule: &Rule, element: &Element, words: &[&dyn Words]) {
        self.report_inside(rule, element, element.line, words);
    }

    /// Adds a finding on a line inside a BPMN element.
    pub(crate) fn report_inside(&mut self, rule: &Rule, owner: &Element, line: u32, words: &[&dyn Words]) {
        if self.list.len() < MAX_FINDINGS {
            self.list.push(rule.of(owner.id(), line, words));
        } else {
            self.dropped = true;
        }
    }

    /// Adds that an element in `owner` (or the owner itself) cannot be run, by its name.
    pub(crate) fn refuse_element(&mut self, owner: &Element, line: u32, xml_name: &str) {
        let words: &[&dyn Words] = &[&owner.label(), &names::element(xml_name), &names::instead_of(xml_name)];
        self.report_inside(&elements::UNSUPPORTED, owner, line, words);
    }

    /// Whether one of them refuses the model.
    pub(crate) fn has_error(&self) -> bool {
        self.dropped || self.list.iter().any(|found| found.severity == Severity::Error)
    }

    /// All of them, in the order of lines.
    pub(crate) fn into_list(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|found| found.line);
        if self.dropped {
            let line = self.list.last().map_or(1, |found| found.line);
            self.list.push(xml::TOO_MANY_FINDINGS.at(line, &[]));
        }
        self.list
    }
}
