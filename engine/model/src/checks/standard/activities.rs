//! What must be said for an element to be run at all, where nobody else looks: where data go, when a gateway opens.

use super::outline::Outline;
use crate::{
    catalogue::{Words, names, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        let (element, owner) = (part.element, outline.element(part.owner));
        let label = owner.label();
        match part.kind.name {
            // An assignment says itself where its value goes.
            "dataInputAssociation" | "dataOutputAssociation"
                if element.bpmn_child("targetRef").is_none() && element.bpmn_child("assignment").is_none() =>
            {
                let words: &[&dyn Words] = &[&label, &names::element("targetRef")];
                findings.report_inside(&rules::CHILD_MISSING, owner, element.line, words);
            }
            "complexGateway"
                if outline.incoming[position].len() > 1 && element.bpmn_child("activationCondition").is_none() =>
            {
                findings.report(&rules::COMPLEX_ACTIVATION, element, &[&label]);
            }
            "adHocSubProcess" => {
                for inside in outline.inside(position) {
                    if matches!(outline.name(inside), "startEvent" | "endEvent") {
                        let inside = outline.element(inside);
                        let words: &[&dyn Words] = &[&inside.label(), &names::element(&inside.name), &label];
                        findings.report(&rules::AD_HOC_EVENT, inside, words);
                    }
                }
            }
            _ => {}
        }
    }
}
