//! Pools: messages go from one to another (BPMN 2.0.2, 9.3).

use super::outline::Outline;
use crate::{catalogue::standard as rules, read::Findings};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        if part.kind.name == "messageFlow" {
            check_message_flow(outline, position, findings);
        }
    }
}

fn check_message_flow(outline: &Outline<'_>, flow: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(flow), outline.element(flow).label());
    let end = |name| element.attribute(name).and_then(|id| outline.find(id));
    let (source, target) = (end("sourceRef"), end("targetRef"));
    if let (Some(source), Some(target)) = (source, target)
        && let (Some(from), Some(to)) = (pool(outline, source), pool(outline, target))
        && from == to
    {
        findings.report(&rules::MESSAGE_FLOW_POOL, element, &[&label]);
    }
}

/// The process that a node is in or a pool stands for; a pool without one stands for itself.
fn pool(outline: &Outline<'_>, part: usize) -> Option<usize> {
    if outline.name(part) == "participant" {
        let process = outline
            .element(part)
            .attribute("processRef")
            .and_then(|id| outline.find(id));
        return process.or(Some(part));
    }
    let mut around = std::iter::successors(Some(part), |part| outline.parent(*part));
    around.find(|around| outline.name(*around) == "process")
}
