//! The rows of records.
//!
//! Which fields are unique is said by the entity's definition, which rows do not know; so a stored record carries the
//! unique values it was saved with, and its index rows follow from the row alone like everybody's.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Principal, Record, RecordId, Timestamp, Value};

use super::Row;
use crate::{Key, Prefix, codec::fields};

/// What names a record.
pub type RecordKey = (Entity, RecordId);

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// Its entity.
    pub entity: Entity,
    /// The record.
    pub record: Record,
    /// (field, value) pairs that no other record of the entity may have.
    pub unique: Vec<(String, String)>,
}

/// Who changed what in a record (audit).
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The entity.
    pub entity: Entity,
    /// The record.
    pub record: RecordId,
    /// Its place in the history: larger is later.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Principal,
    /// Fields before the change; null where there was nothing.
    pub before: BTreeMap<String, Value>,
    /// Fields after it.
    pub after: BTreeMap<String, Value>,
}

fields!(Record {
    0 => id, 1 => version, 2 => owner, 3 => created_at, 4 => created_by, 5 => updated_at, 6 => fields,
});
fields!(RecordRow { 0 => entity, 1 => record, 2 => unique });
fields!(HistoryEntry {
    0 => entity, 1 => record, 2 => sequence, 3 => at, 4 => actor, 5 => before, 6 => after,
});

impl Row for RecordRow {
    type Id = RecordKey;
    fn key((entity, id): &RecordKey) -> Key {
        Key::new(Prefix::Record).text(entity.as_str()).newest(id.get())
    }
    fn id(&self) -> RecordKey {
        (self.entity.clone(), self.record.id)
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.record.id.get();
        let owner = self.record.owner.map(|person| person.get());
        let mut keys = vec![
            Key::new(Prefix::RecordByOwner)
                .text(self.entity.as_str())
                .optional(owner)
                .newest(id)
                .number(id),
        ];
        keys.extend(
            self.unique
                .iter()
                .map(|(field, value)| unique_key(&self.entity, field, value).number(id)),
        );
        keys
    }
}

/// The index row of a unique value begins with this.
pub(crate) fn unique_key(entity: &Entity, field: &str, value: &str) -> Key {
    Key::new(Prefix::RecordByUnique)
        .text(entity.as_str())
        .text(field)
        .text(value)
}

impl Row for HistoryEntry {
    type Id = (Entity, RecordId, u64);
    fn key((entity, record, sequence): &Self::Id) -> Key {
        Key::new(Prefix::RecordHistory)
            .text(entity.as_str())
            .number(record.get())
            .number(*sequence)
    }
    fn id(&self) -> Self::Id {
        (self.entity.clone(), self.record, self.sequence)
    }
}
