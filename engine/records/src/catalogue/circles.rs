//! Things that depend on themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalogue;
use crate::document::Problems;

/// Reading that is handed down in a circle would have no beginning.
pub(super) fn parents(catalogue: &Catalogue, problems: &mut Problems) {
    let parents: BTreeMap<String, Vec<String>> = catalogue
        .entities()
        .filter_map(|child| {
            let field = child.field(child.parent.as_deref()?)?;
            let parent = field.kind.target()?;
            Some((child.id.to_string(), vec![parent.to_string()]))
        })
        .collect();
    for entity in on_circles(&parents) {
        catalogue.part(&["entities", &entity, "parent"]).problem(
            problems,
            format!("“{entity}”成了自己的上级，读取权限无从继承。"),
            format!("“{entity}” is its own parent, through others or not, so reading has nowhere to come from."),
        );
    }
}

/// The nodes from which a way leads back to themselves.
pub(super) fn on_circles<N: Ord + Clone>(edges: &BTreeMap<N, Vec<N>>) -> BTreeSet<N> {
    let leads_back = |start: &N| {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&N> = edges.get(start).into_iter().flatten().collect();
        while let Some(node) = waiting.pop() {
            if node == start {
                return true;
            }
            if seen.insert(node) {
                waiting.extend(edges.get(node).into_iter().flatten());
            }
        }
        false
    };
    edges.keys().filter(|node| leads_back(node)).cloned().collect()
}
