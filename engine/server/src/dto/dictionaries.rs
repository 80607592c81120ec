use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ChoiceView, Text};

/// A dictionary, and what the caller has offered first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DictionaryView {
    id: String,
    label: Text,
    /// Whether its entries stand below each other.
    tree: bool,
    /// Its entries, in order; in a tree every entry comes after its parent.
    entries: Vec<ChoiceView>,
    /// The ids of the caller's favourites, the first first.
    favourites: Vec<String>,
}

impl From<kapok::DictionaryView> for DictionaryView {
    fn from(view: kapok::DictionaryView) -> Self {
        Self {
            label: (&view.dictionary.label).into(),
            tree: view.dictionary.tree,
            entries: view.dictionary.entries.iter().map(ChoiceView::from).collect(),
            favourites: view.favourites,
            id: view.dictionary.id,
        }
    }
}

/// The entries that somebody has offered first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Favourites {
    /// Their ids, the first first.
    pub(crate) favourites: Vec<String>,
}
