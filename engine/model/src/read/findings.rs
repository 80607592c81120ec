//! Where findings are gathered.

use std::collections::BTreeSet;

use crate::{
    Diagnostic, Severity,
    catalogue::{Rule, Words, elements, names, standard, xml},
    xml::Element,
};

/// More findings than this help nobody, and a hostile file could have one on every line.
const MAX_FINDINGS: usize = 1_000;

/// The findings so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Diagnostic>,
    dropped: bool,
    /// References that lead to the wrong kind of thing, as was said: by the element and their name.
    wrong_kinds: BTreeSet<(Option<String>, String)>,
}

impl Findings {
    /// Adds a finding at a BPMN element.
    pub(crate) fn report(&mut self, rule: &Rule, element: &Element, words: &[&dyn Words]) {
        self.report_inside(rule, element, element.line, words);
    }

    /// Adds a finding on a line inside a BPMN element.
    pub(crate) fn report_inside(&mut self, rule: &Rule, owner: &Element, line: u32, words: &[&dyn Words]) {
        if rule.id == elements::DANGLING.id
            && let Some(name) = words.get(1)
            && self
                .wrong_kinds
                .contains(&(owner.id().map(str::to_owned), name.en().to_owned()))
        {
            return;
        }
        if self.list.len() < MAX_FINDINGS {
            self.list.push(rule.of(owner.id(), line, words));
        } else {
            self.dropped = true;
        }
    }

    /// Adds that a reference leads to the wrong kind of thing; who resolves it will not find it, which is no news then.
    pub(crate) fn report_wrong_kind(&mut self, owner: &Element, line: u32, name: &str, words: &[&dyn Words]) {
        self.report_inside(&standard::WRONG_KIND, owner, line, words);
        self.wrong_kinds
            .insert((owner.id().map(str::to_owned), name.to_owned()));
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
        // A fault can be come upon twice, by who reads an element and by who looks at the whole: it is said once. What
        // is at no element is told apart by its line.
        let mut said = BTreeSet::new();
        self.list.retain(|found| {
            let place = found.element.clone().ok_or(found.line);
            said.insert((place, found.rule, found.message.en.clone()))
        });
        if self.dropped {
            let line = self.list.last().map_or(1, |found| found.line);
            self.list.push(xml::TOO_MANY_FINDINGS.at(line, &[]));
        }
        self.list
    }
}
