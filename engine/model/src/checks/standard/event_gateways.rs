//! Gateways that wait for whichever event comes first, and receive tasks that start a case (BPMN 2.0.2, 10.6.6, 10.3.3).

use super::outline::Outline;
use crate::{
    catalogue::{Words, standard as rules},
    read::Findings,
};

/// What the event after such a gateway may wait for.
const WAITS: &[&str] = &[
    "messageEventDefinition",
    "timerEventDefinition",
    "conditionalEventDefinition",
    "signalEventDefinition",
];

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        match part.kind.name {
            "eventBasedGateway" => {
                check_start(outline, position, findings);
                check_ways(outline, position, findings);
            }
            "receiveTask" if outline.says(position, "instantiate", false) => {
                let mut before = outline.incoming[position]
                    .iter()
                    .filter_map(|flow| source(outline, *flow));
                // Behind a gateway that starts the case it is the gateway that counts.
                if before.any(|before| !outline.says(before, "instantiate", false)) {
                    findings.report(&rules::RECEIVE_START_INCOMING, part.element, &[&part.element.label()]);
                }
            }
            _ => {}
        }
    }
}

fn source(outline: &Outline<'_>, flow: usize) -> Option<usize> {
    outline
        .element(flow)
        .attribute("sourceRef")
        .and_then(|id| outline.find(id))
}

fn check_start(outline: &Outline<'_>, gateway: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(gateway), outline.element(gateway).label());
    let starts = outline.says(gateway, "instantiate", false);
    if let Some(flow) = outline.incoming[gateway].first().filter(|_| starts) {
        let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
        findings.report(&rules::EVENT_GATEWAY_START_INCOMING, element, words);
    }
    if element.attribute("eventGatewayType").map(str::trim) != Some("Parallel") {
        return;
    }
    let only_messages = targets(outline, gateway).all(|target| {
        let mut definitions = outline.definition_names(target).iter();
        definitions.all(|name| *name == "messageEventDefinition")
    });
    if !starts || !only_messages {
        findings.report(&rules::EVENT_GATEWAY_PARALLEL, element, &[&label]);
    }
}

fn targets<'o>(outline: &'o Outline<'_>, gateway: usize) -> impl Iterator<Item = usize> + 'o {
    let flows = outline.outgoing[gateway].iter();
    flows.filter_map(|flow| {
        outline
            .element(*flow)
            .attribute("targetRef")
            .and_then(|id| outline.find(id))
    })
}

fn check_ways(outline: &Outline<'_>, gateway: usize, findings: &mut Findings) {
    let (element, label) = (outline.element(gateway), outline.element(gateway).label());
    if outline.outgoing[gateway].len() == 1 {
        findings.report(&rules::EVENT_GATEWAY_ONE_WAY, element, &[&label]);
    }
    let (mut messages, mut receives) = (false, false);
    for target in targets(outline, gateway) {
        let words: &[&dyn Words] = &[&label, &outline.label(target)];
        let definitions = outline.definition_names(target);
        let is_receive = outline.name(target) == "receiveTask";
        let waits =
            outline.name(target) == "intermediateCatchEvent" && definitions.iter().all(|name| WAITS.contains(name));
        receives |= is_receive;
        messages |= definitions.contains("messageEventDefinition");
        if !waits && !is_receive {
            findings.report(&rules::EVENT_GATEWAY_TARGET, element, words);
        } else if outline.incoming[target].len() > 1 {
            findings.report(&rules::EVENT_GATEWAY_TARGET_SHARED, element, words);
        }
        if is_receive && !outline.attached[target].is_empty() {
            findings.report(&rules::EVENT_GATEWAY_TARGET_WATCHED, element, words);
        }
    }
    if messages && receives {
        findings.report(&rules::EVENT_GATEWAY_MIXED, element, &[&label]);
    }
}
