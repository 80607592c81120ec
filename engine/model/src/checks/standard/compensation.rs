//! Compensation: an event on the border of an activity leads, by an association, to the activity that undoes it
//! (BPMN 2.0.2, 10.7.1).

use super::outline::Outline;
use crate::{
    catalogue::{Words, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        let label = part.element.label();
        if is_compensation_event(outline, position) {
            check_event(outline, position, findings);
        } else if outline.says(position, "isForCompensation", false) && outline.is_a(position, "activity") {
            if let Some(flow) = outline.incoming[position]
                .iter()
                .chain(&outline.outgoing[position])
                .next()
            {
                let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
                findings.report(&rules::COMPENSATION_HANDLER_FLOW, part.element, words);
            }
            let mut events = outline.associated[position].iter();
            if !events.any(|event| is_compensation_event(outline, *event)) {
                findings.report(&rules::COMPENSATION_UNUSED, part.element, &[&label]);
            }
        }
    }
}

fn is_compensation_event(outline: &Outline<'_>, part: usize) -> bool {
    outline.name(part) == "boundaryEvent" && outline.has_definition(part, "compensateEventDefinition")
}

fn check_event(outline: &Outline<'_>, event: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(event), outline.element(event).label());
    if let Some(flow) = outline.outgoing[event].first() {
        let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
        findings.report(&rules::COMPENSATION_EVENT_FLOW, element, words);
    }
    let handlers = outline.associated[event].iter().copied();
    let handlers: Vec<usize> = handlers.filter(|handler| outline.is_a(*handler, "activity")).collect();
    match handlers.as_slice() {
        [handler] if outline.says(*handler, "isForCompensation", false) => {
            if outline.parent(*handler) != outline.parent(event) {
                let words: &[&dyn Words] = &[&label, &outline.label(*handler)];
                findings.report(&rules::COMPENSATION_SCOPE, element, words);
            }
        }
        _ => findings.report(&rules::COMPENSATION_HANDLER, element, &[&label]),
    }
}
