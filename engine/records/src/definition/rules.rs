use serde::{Deserialize, Serialize};

/// Fields that together no two records have alike. A record that lacks one of them is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UniqueRule {
    /// Its name.
    pub id: String,
    /// The fields, in order.
    pub fields: Vec<String>,
}

/// Fields by which two records are probably the same thing, however they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateRule {
    /// Its name.
    pub id: String,
    /// The fields, in order; all of them must agree.
    pub fields: Vec<String>,
    /// What happens.
    pub action: DuplicateAction,
}

/// What happens when a record to be saved is probably there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateAction {
    /// Its author is told, and may save it all the same.
    Warn,
    /// It is not saved.
    Refuse,
}

/// Fields that lists are sorted or narrowed by often enough to keep an index of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexRule {
    /// Its name.
    pub id: String,
    /// The fields, in order.
    pub fields: Vec<String>,
}
