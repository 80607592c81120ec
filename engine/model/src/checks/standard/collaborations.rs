//! Pools and lanes: messages go from one pool to another, and a step is in one lane (BPMN 2.0.2, 9.3 and 10.8).

use std::collections::BTreeSet;

use super::outline::Outline;
use crate::{
    catalogue::{Words, names, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        match part.kind.name {
            "messageFlow" => check_message_flow(outline, position, findings),
            "laneSet" | "childLaneSet" => check_lanes(outline, position, findings),
            _ => {}
        }
    }
}

fn check_message_flow(outline: &Outline<'_>, flow: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(flow), outline.element(flow).label());
    let end = |name| element.attribute(name).and_then(|id| outline.find(id));
    let (source, target) = (end("sourceRef"), end("targetRef"));
    for (end, wrong) in [
        (
            source,
            ["startEvent", "boundaryEvent", "intermediateCatchEvent"].as_slice(),
        ),
        (target, &["endEvent", "intermediateThrowEvent"]),
    ] {
        if let Some(end) = end.filter(|end| wrong.contains(&outline.name(*end))) {
            let words: &[&dyn Words] = &[&label, &outline.label(end), &names::element(outline.name(end))];
            findings.report(&rules::MESSAGE_FLOW_END, element, words);
        }
    }
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

fn check_lanes(outline: &Outline<'_>, lanes: usize, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for lane in outline.inside(lanes).filter(|inside| outline.name(*inside) == "lane") {
        let element = outline.element(lane);
        // Naming a step twice in one lane says nothing new.
        let named = element.bpmn_children().filter(|child| child.name == "flowNodeRef");
        let named: BTreeSet<usize> = named.filter_map(|child| outline.find(&child.text)).collect();
        for node in named {
            if !seen.insert(node) {
                let words: &[&dyn Words] = &[&outline.label(node), &element.label()];
                findings.report(&rules::LANE_TWICE, element, words);
            }
        }
    }
}
