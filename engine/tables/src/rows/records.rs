//! The rows of records.
//!
//! Which fields are unique, which point at records and which make records alike is said by the entity's definition, which
//! rows do not know; so a stored record carries what it is found by, and its index rows follow from the row alone like
//! everybody's.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, InstanceId, PersonId, Principal, Record, RecordId, Timestamp, Value};
use kapok_records::{Counted, RollUpState};

use super::{Receiver, Row, ShareLevel};
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

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
    /// (field, record) pairs: the records it names.
    pub references: Vec<(String, RecordId)>,
    /// (rule, value) pairs: records with the same value are probably the same.
    pub likeness: Vec<(String, String)>,
    /// The files it names, by their hashes.
    pub files: Vec<String>,
    /// The record above it, while it opens that to whoever reads this one.
    pub opens: Option<RecordId>,
}

/// What happened to a record besides its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordChange {
    /// It was put into the trash.
    Deleted,
    /// It was taken out of the trash.
    Restored,
    /// Somebody else became responsible for it.
    Transferred {
        /// Who was.
        from: Option<PersonId>,
        /// Who is.
        to: Option<PersonId>,
    },
    /// Another record was merged into it.
    Merged(RecordId),
    /// It was merged into another record.
    MergedInto(RecordId),
    /// What it points at was merged into another record.
    Followed,
    /// It was shared with somebody.
    Shared {
        /// With whom.
        to: Receiver,
        /// What they may do.
        level: ShareLevel,
    },
    /// It is no longer shared with somebody.
    Unshared(Receiver),
    /// Somebody of this identity source signs in as it from now on.
    Connected(String),
    /// Nobody of this identity source does any more.
    Disconnected(String),
}

/// What is computed of a record from those that name it. No part of the record, so that it changes without a new version.
#[derive(Debug, Clone, PartialEq)]
pub struct RollUps {
    /// The entity.
    pub entity: Entity,
    /// The record.
    pub record: RecordId,
    /// What each has come to, by field.
    pub states: BTreeMap<String, RollUpState>,
    /// What each shows; nothing where that is empty.
    pub values: BTreeMap<String, Value>,
    /// Those that are being made anew, part by part; they have no state until then.
    pub counting: BTreeMap<String, Counting>,
}

/// How far a roll-up over very many records has been made anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// The records that count, newest first, were counted up to this one.
    pub behind: RecordId,
    /// What those came to.
    pub state: RollUpState,
}

impl RollUps {
    /// Nothing computed of a record yet.
    pub fn none(entity: &Entity, record: RecordId) -> Self {
        Self {
            entity: entity.clone(),
            record,
            states: BTreeMap::new(),
            values: BTreeMap::new(),
            counting: BTreeMap::new(),
        }
    }

    /// What a roll-up has come to, as far as it is known.
    pub fn state(&self, name: &str) -> Option<&RollUpState> {
        let counting = self.counting.get(name).map(|counting| &counting.state);
        counting.or_else(|| self.states.get(name))
    }
}

impl Counting {
    /// Whether a record's turn has not come yet.
    pub fn is_to_come(&self, record: RecordId) -> bool {
        record < self.behind
    }
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
    /// What happened besides.
    pub change: Option<RecordChange>,
    /// The plugins that had a part in it.
    pub plugins: Vec<String>,
    /// The case in which a person did it.
    pub instance: Option<InstanceId>,
}

fields!(Record {
    0 => id, 1 => version, 2 => owner, 3 => created_at, 4 => created_by, 5 => updated_at, 6 => fields,
});
fields!(RecordRow { 0 => entity, 1 => record, 2 => unique, 10 => references, 11 => likeness, 12 => files, 13 => opens });
variants!(RecordChange {
    0 => Deleted, 1 => Restored, 2 => Transferred { from, to }, 3 => Merged(other), 4 => MergedInto(other), 5 => Followed,
    6 => Shared { to, level }, 7 => Unshared(to), 8 => Connected(source), 9 => Disconnected(source),
});
fields!(RollUps { 0 => entity, 1 => record, 2 => states, 3 => values, 4 => counting });
fields!(Counting { 0 => behind, 1 => state });
fields!(RollUpState { 0 => count, 1 => sum, 2 => chosen });
fields!(Counted { 0 => record, 1 => key, 2 => value });
fields!(HistoryEntry {
    0 => entity, 1 => record, 2 => sequence, 3 => at, 4 => actor, 5 => before, 6 => after, 7 => change, 8 => plugins,
    9 => instance,
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
        keys.extend(
            self.references
                .iter()
                .map(|(field, target)| reference_key(&self.entity, field, *target).newest(id).number(id)),
        );
        keys.extend(
            self.likeness
                .iter()
                .map(|(rule, value)| likeness_key(&self.entity, rule, value).number(id)),
        );
        keys.extend(
            self.files
                .iter()
                .map(|file| file_key(file).text(self.entity.as_str()).number(id)),
        );
        keys.extend(self.opens.map(|parent| {
            opening_key(&self.entity)
                .optional(owner)
                .number(parent.get())
                .number(id)
        }));
        keys
    }
}

/// The index rows of the records that open what is above them begin with this, and go on with who is responsible.
pub(crate) fn opening_key(entity: &Entity) -> Key {
    Key::new(Prefix::RecordOpening).text(entity.as_str())
}

/// The record whose facts a row of this key holds: the record itself, or what is computed of it. `None` for other rows.
pub fn record_of(key: &[u8]) -> Option<RecordKey> {
    let (prefix, rest) = key.split_first()?;
    let flipped = *prefix == Prefix::Record as u8;
    if !flipped && *prefix != Prefix::RollUp as u8 {
        return None;
    }
    let (entity, number) = rest.split_last_chunk::<8>()?;
    // The names of entities have no zero bytes, so nothing in them is escaped.
    let entity = std::str::from_utf8(entity.strip_suffix(&[0, 1])?).ok()?;
    let number = u64::from_be_bytes(*number);
    let id = RecordId::new(if flipped { !number } else { number })?;
    Some((Entity::new(entity), id))
}

/// The index row of a unique value begins with this.
pub(crate) fn unique_key(entity: &Entity, field: &str, value: &str) -> Key {
    Key::new(Prefix::RecordByUnique)
        .text(entity.as_str())
        .text(field)
        .text(value)
}

/// The index rows of the records whose field names a record begin with this.
pub(crate) fn reference_key(entity: &Entity, field: &str, target: RecordId) -> Key {
    Key::new(Prefix::RecordByReference)
        .text(entity.as_str())
        .text(field)
        .number(target.get())
}

/// The index rows of the records that a rule takes for the same begin with this.
pub(crate) fn likeness_key(entity: &Entity, rule: &str, value: &str) -> Key {
    Key::new(Prefix::RecordByLikeness)
        .text(entity.as_str())
        .text(rule)
        .text(value)
}

/// The index rows of the records that name a file begin with this.
pub(crate) fn file_key(file: &str) -> Key {
    Key::new(Prefix::RecordByFile).text(file)
}

impl Row for RollUps {
    type Id = RecordKey;
    fn key((entity, record): &RecordKey) -> Key {
        Key::new(Prefix::RollUp).text(entity.as_str()).number(record.get())
    }
    fn id(&self) -> RecordKey {
        (self.entity.clone(), self.record)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whose_facts_its_row_holds() {
        let name = (Entity::new("crm.customer"), RecordId::new(77).expect("an id"));
        assert_eq!(record_of(RecordRow::key(&name).as_bytes()), Some(name.clone()));
        assert_eq!(record_of(RollUps::key(&name).as_bytes()), Some(name.clone()));
        let history = HistoryEntry::key(&(name.0.clone(), name.1, 3));
        assert_eq!(record_of(history.as_bytes()), None);
        assert_eq!(record_of(b""), None);
    }
}
