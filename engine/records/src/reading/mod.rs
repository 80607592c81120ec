//! From checked documents to definitions. What is said here concerns one entity by itself; what concerns several is
//! said by the catalogue.

mod entity;
mod field;
mod kind;
mod layout;
mod mentions;
mod others;

use std::collections::BTreeMap;

pub(crate) use entity::{is_day, is_lane, is_own_parent};
pub(crate) use mentions::Names;
pub(crate) use others::{dictionary, field_rules, grants, role, total};

use crate::{
    definition::Dictionary,
    document::{Part, Problems},
};

/// Turns parts of documents into definitions and keeps what is wrong on the way.
pub(crate) struct Reader<'r> {
    /// All dictionaries; `None` where only one file is looked at.
    pub(crate) dictionaries: Option<&'r BTreeMap<String, Dictionary>>,
    pub(crate) problems: &'r mut Problems,
}

impl Reader<'_> {
    pub(crate) fn problem(&mut self, part: &Part<'_>, zh: impl Into<String>, en: impl Into<String>) {
        part.problem(self.problems, zh, en);
    }

    pub(crate) fn missing(&mut self, part: &Part<'_>, key: &str) {
        self.problem(part, format!("缺少“{key}”。"), format!("“{key}” is missing here."));
    }
}

/// Names that every record has besides its fields.
pub(crate) const SYSTEM_FIELDS: [&str; 6] = ["id", "version", "owner", "created_at", "created_by", "updated_at"];

/// Whether a field cannot have this name.
pub(crate) fn is_reserved(name: &str) -> bool {
    SYSTEM_FIELDS.contains(&name) || name == "entity"
}
