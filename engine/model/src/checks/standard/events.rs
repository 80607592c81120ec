//! Which event can wait for what, or do what (BPMN 2.0.2, tables 10.84 to 10.90).

use super::outline::Outline;
use crate::{
    catalogue::{Words, names, standard as rules},
    read::Findings,
};

/// What may start a process.
const STARTS: &[&str] = &["message", "timer", "conditional", "signal"];
/// What may start an event sub-process besides.
const STARTS_INSIDE: &[&str] = &["error", "escalation", "compensate"];
const CATCHES: &[&str] = &["message", "timer", "conditional", "signal", "link"];
const THROWS: &[&str] = &["message", "signal", "escalation", "compensate", "link"];
const WATCHES: &[&str] = &[
    "message",
    "timer",
    "conditional",
    "signal",
    "error",
    "escalation",
    "compensate",
    "cancel",
];
const ENDS: &[&str] = &[
    "message",
    "signal",
    "error",
    "escalation",
    "compensate",
    "cancel",
    "terminate",
];

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (event, part) in outline.running() {
        if !outline.is_a(event, "anyEvent") {
            continue;
        }
        let inside = part.parent.is_some_and(|parent| outline.is_event_sub_process(parent));
        let allowed: [&[&str]; 2] = match part.kind.name {
            "startEvent" if inside => [STARTS, STARTS_INSIDE],
            // That a plain sub-process starts without a trigger is a rule of its own.
            "startEvent" if part.parent.is_some_and(|parent| outline.is_a(parent, "process")) => [STARTS, &[]],
            "intermediateCatchEvent" => [CATCHES, &[]],
            "intermediateThrowEvent" => [THROWS, &[]],
            "boundaryEvent" => [WATCHES, &[]],
            "endEvent" => [ENDS, &[]],
            _ => continue,
        };
        for definition in outline.definitions(event) {
            let name = outline.name(definition);
            let short = name.trim_end_matches("EventDefinition");
            if !allowed.concat().contains(&short) {
                let words: &[&dyn Words] = &[
                    &part.element.label(),
                    &names::element(part.kind.name),
                    &names::element(name),
                ];
                findings.report(&rules::DEFINITION_MISPLACED, part.element, words);
            }
            check_definition(outline, event, definition, findings);
        }
    }
}

fn check_definition(outline: &Outline<'_>, event: usize, definition: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(event), outline.element(event).label());
    let refers = |name| {
        let reference = outline.element(definition).attribute(name);
        reference.is_some_and(|reference: &str| !reference.trim().is_empty())
    };
    match (outline.name(event), outline.name(definition)) {
        ("startEvent", name @ "errorEventDefinition") if !outline.says(event, "isInterrupting", true) => {
            findings.report(&rules::MUST_INTERRUPT, element, &[&label, &names::element(name)]);
        }
        ("boundaryEvent", name @ "cancelEventDefinition") if !outline.says(event, "cancelActivity", true) => {
            findings.report(&rules::MUST_INTERRUPT, element, &[&label, &names::element(name)]);
        }
        (_, "signalEventDefinition") if !refers("signalRef") => {
            findings.report(&rules::SIGNAL_MISSING, element, &[&label]);
        }
        ("endEvent" | "intermediateThrowEvent", "escalationEventDefinition") if !refers("escalationRef") => {
            findings.report(&rules::ESCALATION_MISSING, element, &[&label]);
        }
        _ => {}
    }
}
