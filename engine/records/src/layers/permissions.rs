//! Permissions and field rules of several plugins unite to the widest.

use crate::document::{Content, Node, Part};

/// The words of levels and of accesses to fields, from the narrowest to the widest.
const WIDTHS: [&str; 11] = [
    "hidden",
    "masked",
    "read",
    "edit",
    "none",
    "own",
    "shared",
    "subordinates",
    "department",
    "department-tree",
    "all",
];

pub(super) fn width(node: &Node) -> usize {
    let word = node.as_text().unwrap_or_default();
    WIDTHS.iter().position(|known| *known == word).unwrap_or_default()
}

/// Unites two tables of tables of such words.
pub(super) fn unite(base: &mut Node, other: &Node) {
    match &other.content {
        Content::Table(entries) => {
            for (name, node) in entries {
                let Some(known) = base.entries_mut() else { return };
                match known.get_mut(name) {
                    // A condition is one thing; the first to say it has said it.
                    Some(_) if name == "create_when" => {}
                    // The one flag that gives something.
                    Some(known) if name == "unowned" => {
                        if node.content == Content::Bool(true) {
                            *known = node.clone();
                        }
                    }
                    Some(known) => unite(known, node),
                    None => {
                        known.insert(name.clone(), node.clone());
                    }
                }
            }
        }
        // What one of them does not hand down is not.
        Content::Bool(false) => *base = other.clone(),
        _ if width(other) > width(base) => *base = other.clone(),
        _ => {}
    }
}

/// The levels that a layer sets below those of another, as paths in it.
pub(super) fn narrower<'d>(part: &Part<'d>, than: &Node) -> Vec<Part<'d>> {
    let entries = part.entries();
    let pairs = entries.filter_map(|(key, part)| Some((part, than.get(key)?)));
    pairs
        .filter(|(part, than)| width(part.node) < width(than))
        .map(|(part, _)| part)
        .collect()
}
