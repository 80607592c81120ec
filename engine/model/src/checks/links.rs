//! Links: jumps from where a link goes in to where it comes out, in one scope.

use std::collections::BTreeMap;

use crate::{EventDefinition, NodeKind, read::Draft};

/// Where links lead.
pub(super) struct Links {
    from: BTreeMap<usize, Vec<usize>>,
    into: BTreeMap<usize, Vec<usize>>,
}

impl Links {
    pub(super) fn of(draft: &Draft<'_>) -> Self {
        let mut targets: BTreeMap<(Option<usize>, &str), Vec<usize>> = BTreeMap::new();
        for (position, node) in draft.nodes.iter().enumerate() {
            if let Some(NodeKind::IntermediateCatch(catch)) = &node.kind {
                for name in names(&catch.triggers) {
                    targets.entry((node.scope, name)).or_default().push(position);
                }
            }
        }
        let mut links = Self {
            from: BTreeMap::new(),
            into: BTreeMap::new(),
        };
        for (position, node) in draft.nodes.iter().enumerate() {
            let Some(NodeKind::IntermediateThrow(results)) = &node.kind else {
                continue;
            };
            for target in names(results)
                .filter_map(|name| targets.get(&(node.scope, name)))
                .flatten()
            {
                links.from.entry(position).or_default().push(*target);
                links.into.entry(*target).or_default().push(position);
            }
        }
        links
    }

    /// Where a link that goes in at this node comes out.
    pub(super) fn from(&self, node: usize) -> &[usize] {
        self.from.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Where the links go in that come out at this node.
    pub(super) fn leading_to(&self, node: usize) -> &[usize] {
        self.into.get(&node).map_or(&[], Vec::as_slice)
    }
}

fn names(definitions: &[EventDefinition]) -> impl Iterator<Item = &str> {
    definitions.iter().filter_map(|definition| match definition {
        EventDefinition::Link(name) => Some(name.as_str()),
        _ => None,
    })
}
