//! Links: a pair of events that stands for a sequence flow (BPMN 2.0.2, 10.5.1).

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::{
    catalogue::{Words, standard as rules},
    read::Findings,
};

/// Where a link goes in, and where it comes out.
#[derive(Default)]
struct Link {
    sources: Vec<usize>,
    targets: Vec<usize>,
}

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    // By the scope they are in and their name.
    let mut links: BTreeMap<(Option<usize>, &str), Link> = BTreeMap::new();
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
        if let Some(name) = outline.element(*link).drawn_name() {
            let link = links.entry((part.parent, name)).or_default();
            let ends = if goes_in { &mut link.sources } else { &mut link.targets };
            ends.push(event);
        }
        let flows = if goes_in { &outline.outgoing } else { &outline.incoming };
        if let Some(flow) = flows[event].first() {
            let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
            findings.report(&rules::LINK_FLOW, part.element, words);
        }
    }
    for ((_, name), Link { sources, targets }) in links {
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
