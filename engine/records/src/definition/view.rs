use kapok_protocol::{Entity, Filter, Text};
use serde::{Deserialize, Serialize};

/// One way to look at the records of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Its name within the entity.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// What it looks like.
    pub kind: ViewKind,
    /// Which records it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// The fields it shows, in order; those of the entity when there are none.
    #[serde(default)]
    pub columns: Vec<String>,
    /// How it is sorted; as the entity is, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// The field that places a record: the choice of a board, the day in a calendar, the parent in a tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// In a calendar, the field with the last day of a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_field: Option<String>,
    /// Whether it is shipped with a plugin or made by an administrator for the whole company.
    #[serde(skip)]
    pub shipped: bool,
}

/// What a view looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ViewKind {
    /// Rows.
    #[default]
    List,
    /// A board with one lane for each choice.
    Kanban,
    /// Days, weeks and months.
    Calendar,
    /// Records below each other.
    Tree,
}

/// Other records that name this one, as a list on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Its name within the entity.
    pub id: String,
    /// Its heading.
    pub label: Text,
    /// Whose records.
    pub entity: Entity,
    /// Their reference field that names this record.
    pub field: String,
    /// What it looks like: a list, or a tree by the field that makes one of its entity.
    pub kind: ViewKind,
    /// The fields it shows, in order; those of their entity when there are none.
    pub columns: Vec<String>,
}

/// How a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By which field.
    pub field: String,
    /// Whether the greatest comes first.
    #[serde(default)]
    pub descending: bool,
}

impl Sort {
    /// Reads `name` or, for the greatest first, `-name`.
    pub fn parse(text: &str) -> Self {
        Self {
            field: text.strip_prefix('-').unwrap_or(text).to_owned(),
            descending: text.starts_with('-'),
        }
    }
}
