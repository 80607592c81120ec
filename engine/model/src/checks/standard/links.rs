//! Links: a pair of events that stands for a sequence flow (BPMN 2.0.2, 10.5.1).

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::{
    catalogue::{Words, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    // By the scope they are in and their name: where links go in, and where they come out.
    let mut ways: BTreeMap<(Option<usize>, &str), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (event, part) in outline.running() {
        let goes_in = match part.kind.name {
            "intermediateThrowEvent" => true,
            "intermediateCatchEvent" => false,
            _ => continue,
        };
        let definitions = outline.definitions(event);
        let Some(link) = definitions
            .iter()
            .find(|part| outline.name(**part) == "linkEventDefinition")
        else {
            continue;
        };
        let label = part.element.label();
        match outline.element(*link).drawn_name() {
            None => findings.report(&rules::LINK_NAME, part.element, &[&label]),
            Some(name) => {
                let (sources, targets) = ways.entry((part.parent, name)).or_default();
                if goes_in { sources } else { targets }.push(event);
            }
        }
        let flows = if goes_in { &outline.outgoing } else { &outline.incoming };
        if let Some(flow) = flows[event].first() {
            let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
            findings.report(&rules::LINK_FLOW, part.element, words);
        }
    }
    for ((_, name), (sources, targets)) in ways {
        if targets.is_empty() {
            for source in &sources {
                let element = outline.element(*source);
                findings.report(&rules::LINK_TARGET_MISSING, element, &[&element.label(), &name]);
            }
        }
        for target in targets.iter().skip(1) {
            let element = outline.element(*target);
            findings.report(&rules::LINK_TARGET_TWICE, element, &[&element.label(), &name]);
        }
    }
}
