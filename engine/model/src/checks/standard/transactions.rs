//! Cancelling a transaction (BPMN 2.0.2, 10.3.5 and 13.4.2).

use super::outline::Outline;
use crate::{catalogue::standard as rules, read::Findings};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        let (element, label) = (part.element, part.element.label());
        let cancels = |event: usize| outline.has_definition(event, "cancelEventDefinition");
        match part.kind.name {
            "endEvent"
                if cancels(position) && part.parent.is_none_or(|parent| outline.name(parent) != "transaction") =>
            {
                findings.report(&rules::CANCEL_OUTSIDE, element, &[&label]);
            }
            "boundaryEvent" if cancels(position) => {
                let host = element.attribute("attachedToRef").and_then(|host| outline.find(host));
                if let Some(host) = host.filter(|host| outline.name(*host) != "transaction") {
                    findings.report(&rules::CANCEL_HOST, element, &[&label, &outline.label(host)]);
                }
            }
            "transaction" => {
                let mut ends = outline
                    .inside(position)
                    .filter(|inside| outline.name(*inside) == "endEvent");
                if let Some(end) = ends.find(|end| cancels(*end))
                    && !outline.attached[position].iter().any(|event| cancels(*event))
                {
                    findings.report(&rules::CANCEL_UNCAUGHT, element, &[&label, &outline.label(end)]);
                }
            }
            _ => {}
        }
    }
}
