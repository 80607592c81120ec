use std::sync::Arc;

use kapok_protocol::Text;
use serde::Serialize;

/// A list or tree of choices that several fields share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dictionary {
    /// Its stable id, such as `customers.region`.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Whether its entries stand below each other.
    pub tree: bool,
    /// Its entries, in order; in a tree every entry comes somewhere after its parent.
    pub entries: Arc<[Choice]>,
}

/// One entry of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What people read.
    pub label: Text,
    /// The entry it stands below, in a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whether it can no longer be chosen; records that have it keep it.
    pub disabled: bool,
}

impl Choice {
    /// An entry with this id, its parents before it, from a tree's entries: the path from the root. Ends at a parent
    /// that is not there.
    pub fn path<'c>(choices: &'c [Choice], id: &str) -> Vec<&'c Choice> {
        let mut path = Vec::new();
        let mut next = Some(id);
        while let Some(choice) = next.and_then(|id| choices.iter().find(|choice| choice.id == id)) {
            if path.len() > choices.len() {
                break;
            }
            path.push(choice);
            next = choice.parent.as_deref();
        }
        path.reverse();
        path
    }
}
