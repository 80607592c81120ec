//! Records as they are stored and handed around.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{PersonId, RecordId, Timestamp, Value};

/// The stable id of an entity, such as `quotes.quote` or `system.person`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entity(pub String);

impl Entity {
    /// The entity with this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Its id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which record: what processes hold instead of copies of fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordRef {
    /// Its entity.
    pub entity: Entity,
    /// Its id.
    pub id: RecordId,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Counts its saves from 1; a save names the version it started from.
    pub version: u64,
    /// Who is responsible for it.
    pub owner: Option<PersonId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom; `None` for the system.
    pub created_by: Option<PersonId>,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// Its fields by name. Line items are a list of maps.
    pub fields: BTreeMap<String, Value>,
}

/// Fields of one record to be set, as a plugin's service task answers them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordChange {
    /// Which record.
    pub record: RecordRef,
    /// The fields to set; the others stay.
    pub set: BTreeMap<String, Value>,
}
