//! Whether references lead to something, and to the right kind of thing.

use std::collections::BTreeSet;

use super::{
    outline::Outline,
    vocabulary::{Target, Value},
    words,
};
use crate::{
    catalogue::{Words, elements, names, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    // What stands in another file cannot be looked at.
    let imports = outline.parts.iter().any(|part| part.kind.name == "import");
    for (position, part) in outline.running() {
        for attribute in outline.vocabulary.attributes(part.kind) {
            if let (Value::Reference(target), Some(reference)) =
                (&attribute.value, part.element.attribute(attribute.name))
            {
                let written = Written {
                    part: position,
                    line: part.element.line,
                    name: attribute.name,
                    reference: reference.trim(),
                };
                written.check(outline, *target, imports, findings);
            }
        }
        for spec in outline.vocabulary.children(part.kind) {
            let Some(target) = spec.target.filter(|target| !target.kinds.is_empty()) else {
                continue;
            };
            for child in part.element.bpmn_children().filter(|child| child.name == spec.name) {
                let written = Written {
                    part: position,
                    line: child.line,
                    name: spec.name,
                    reference: child.text.trim(),
                };
                written.check(outline, target, imports, findings);
            }
        }
        if outline.is_a(position, "flowNode") {
            check_flows_named(outline, position, findings);
        }
    }
}

/// A reference as it stands in the file.
struct Written<'a> {
    part: usize,
    line: u32,
    name: &'static str,
    reference: &'a str,
}

impl Written<'_> {
    fn check(&self, outline: &Outline<'_>, target: Target, imports: bool, findings: &mut Findings) {
        if self.reference.is_empty() {
            return;
        }
        let owner = outline.element(outline.parts[self.part].owner);
        let prefix = self.reference.split_once(':').map(|(prefix, _)| prefix);
        match outline.find(self.reference) {
            Some(found) if target.kinds.iter().any(|kind| outline.is_a(found, kind)) => {}
            // The types of XML Schema are everybody's.
            None if matches!(prefix, Some("xsd" | "xs")) || (prefix.is_some() && imports) => {}
            _ if target.loose => {
                let words: &[&dyn Words] = &[&owner.label(), &self.name, &self.reference];
                findings.report_inside(&rules::REFERENCE_IDLE, owner, self.line, words);
            }
            None => {
                let words: &[&dyn Words] = &[&owner.label(), &self.name, &self.reference];
                findings.report_inside(&elements::DANGLING, owner, self.line, words);
            }
            Some(found) => {
                let (is, should) = (names::element(outline.name(found)), words::kinds(target.kinds));
                let words: &[&dyn Words] = &[&owner.label(), &self.name, &outline.label(found), &is, &should];
                findings.report_wrong_kind(owner, self.line, self.name, words);
            }
        }
    }
}

/// A node may list the flows that come and go. The flows themselves are what counts.
fn check_flows_named(outline: &Outline<'_>, node: usize, findings: &mut Findings) {
    let element = outline.element(node);
    for (name, flows) in [
        ("incoming", &outline.incoming[node]),
        ("outgoing", &outline.outgoing[node]),
    ] {
        let named = element.bpmn_children().filter(|child| child.name == name);
        let named: BTreeSet<Option<usize>> = named.map(|child| outline.find(&child.text)).collect();
        let drawn: BTreeSet<Option<usize>> = flows.iter().copied().map(Some).collect();
        if !named.is_empty() && named != drawn {
            let words: &[&dyn Words] = &[&element.label(), &name];
            findings.report(&rules::FLOWS_DISAGREE, element, words);
        }
    }
}
