//! What people arrange for themselves.

use kapok_protocol::{Entity, PersonId, RecordId, Timestamp};

use super::Row;
use crate::{Key, Prefix, codec::fields};

/// A view of a list that a person made, or an administrator for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Whose; `None`: everybody's.
    pub person: Option<PersonId>,
    /// Of which entity's list.
    pub entity: Entity,
    /// Its id.
    pub id: String,
    /// What it shows, as JSON.
    pub json: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The records a person marked, and those they have seen lately; newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcuts {
    /// Who.
    pub person: PersonId,
    /// Marked ones.
    pub starred: Vec<(Entity, RecordId)>,
    /// Those seen lately.
    pub recent: Vec<(Entity, RecordId)>,
}

fields!(ListView { 0 => person, 1 => entity, 2 => id, 3 => json, 4 => changed_at });
fields!(Shortcuts { 0 => person, 1 => starred, 2 => recent });

/// The views of a person, or of everybody, begin with this.
pub(crate) fn views_of(person: Option<PersonId>, entity: &Entity) -> Key {
    Key::new(Prefix::ListView)
        .optional(person.map(PersonId::get))
        .text(entity.as_str())
}

impl Row for ListView {
    type Id = (Option<PersonId>, Entity, String);
    fn key((person, entity, id): &Self::Id) -> Key {
        views_of(*person, entity).text(id)
    }
    fn id(&self) -> Self::Id {
        (self.person, self.entity.clone(), self.id.clone())
    }
}

impl Row for Shortcuts {
    type Id = PersonId;
    fn key(person: &PersonId) -> Key {
        Key::new(Prefix::Shortcuts).number(person.get())
    }
    fn id(&self) -> PersonId {
        self.person
    }
}
