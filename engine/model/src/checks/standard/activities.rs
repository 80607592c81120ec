//! What an activity or gateway must say to be run at all: how often, for what, which process, when.

use super::outline::Outline;
use crate::{
    catalogue::{Words, names, standard as rules},
    read::Findings,
    xml::{Element, Namespace},
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        let (element, owner) = (part.element, outline.element(part.owner));
        let label = owner.label();
        match part.kind.name {
            "standardLoopCharacteristics"
                if element.bpmn_child("loopCondition").is_none() && !says(element, "loopMaximum") =>
            {
                findings.report_inside(&rules::LOOP_ENDLESS, owner, element.line, &[&label]);
            }
            "multiInstanceLoopCharacteristics" => check_instances(element, owner, findings),
            "callActivity"
                if !says(element, "calledElement") && !has_foreign(element, &["calledElement", "caseRef"]) =>
            {
                findings.report(&rules::CALL_NOTHING, element, &[&label]);
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

fn says(element: &Element, attribute: &str) -> bool {
    element
        .attribute(attribute)
        .is_some_and(|value| !value.trim().is_empty())
}

/// Whether another tool's settings have one of these names: as an attribute, or as an extension element.
fn has_foreign(element: &Element, names: &[&str]) -> bool {
    let is_foreign = |namespace: &Namespace| matches!(namespace, Namespace::Other(_));
    let mut attributes = element.attributes.iter();
    attributes.any(|written| is_foreign(&written.namespace) && names.contains(&written.name.as_str()))
        || element
            .bpmn_child("extensionElements")
            .into_iter()
            .flat_map(|extensions| &extensions.children)
            .any(|child| is_foreign(&child.namespace) && names.contains(&child.name.as_str()))
}

fn check_instances(element: &Element, owner: &Element, findings: &mut Findings) {
    let label = owner.label();
    let counted = ["loopCardinality", "loopDataInputRef"]
        .iter()
        .any(|child| element.bpmn_child(child).is_some());
    if !counted && !has_foreign(element, &["collection", "loopCharacteristics"]) {
        findings.report_inside(&rules::INSTANCES_OF_NOTHING, owner, element.line, &[&label]);
    }
    let reference = match element.attribute("behavior").map(str::trim) {
        Some("One") => "oneBehaviorEventRef",
        Some("None") => "noneBehaviorEventRef",
        _ => return,
    };
    if !says(element, reference) {
        let words: &[&dyn Words] = &[&label, &reference];
        findings.report_inside(&rules::BEHAVIOR_EVENT, owner, element.line, words);
    }
}
