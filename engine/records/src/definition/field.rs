use kapok_protocol::{Text, Value};
use serde::Serialize;

use super::FieldKind;

/// One field of an entity, or one column of its line items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Its name in the record.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// What people who fill it in are told about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Whether a record needs a value here.
    pub required: bool,
    /// Whether only plugins, processes and the system write it.
    pub read_only: bool,
    /// Whether no two records have the same value.
    pub unique: bool,
    /// Whether only those who may change the record (or whom it describes) read it.
    pub private: bool,
    /// What a new record begins with: a value, or a word such as `$today` or `$me`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The part of the form it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}
