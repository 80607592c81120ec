//! The rows of shares: that a record is opened to somebody beyond what roles say, why, and until when.

use kapok_protocol::{Entity, PersonId, Principal, RecordId, RecordRef, ShareId, Timestamp};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

/// A record is shared with somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// The entity of the record.
    pub entity: Entity,
    /// The record.
    pub record: RecordId,
    /// With whom.
    pub to: Receiver,
    /// What they may do with it.
    pub level: ShareLevel,
    /// The last day on which it holds, `YYYY-MM-DD`; without end when absent.
    pub until: Option<String>,
    /// Who shared it: a person, a process, or the system.
    pub actor: Principal,
    /// When.
    pub at: Timestamp,
    /// Why, in the words of whoever did.
    pub reason: String,
    /// Whether it ends when the record no longer opens what is above it: whoever handed a task over reads it until it is
    /// done.
    pub while_open: bool,
}

/// With whom a record is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// One person.
    Person(PersonId),
    /// Everybody in a department and the departments below it.
    Department(RecordId),
    /// Everybody with a role, by its code.
    Role(String),
}

/// What a share allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShareLevel {
    /// To see the record.
    Read,
    /// To change it too.
    Update,
}

impl Share {
    /// The shared record.
    pub fn reference(&self) -> RecordRef {
        RecordRef {
            entity: self.entity.clone(),
            id: self.record,
        }
    }

    /// Whether it holds on a day, `YYYY-MM-DD`.
    pub fn holds_on(&self, day: &str) -> bool {
        self.until.as_deref().is_none_or(|until| day <= until)
    }
}

fields!(Share {
    0 => id, 1 => entity, 2 => record, 3 => to, 4 => level, 5 => until, 6 => actor, 7 => at, 8 => reason,
    9 => while_open,
});
variants!(Receiver { 0 => Person(person), 1 => Department(department), 2 => Role(code) });
variants!(ShareLevel { 0 => Read, 1 => Update });

impl Row for Share {
    type Id = ShareId;
    fn key(id: &ShareId) -> Key {
        Key::new(Prefix::Share).number(id.get())
    }
    fn id(&self) -> ShareId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.id.get();
        vec![
            shares_of(&self.entity, self.record).number(id),
            shares_with(&self.to).number(id),
        ]
    }
}

/// The index rows of the shares of a record begin with this.
pub(crate) fn shares_of(entity: &Entity, record: RecordId) -> Key {
    Key::new(Prefix::ShareByRecord)
        .text(entity.as_str())
        .number(record.get())
}

/// Those of all that is shared with somebody begin with this.
pub(crate) fn shares_with(receiver: &Receiver) -> Key {
    let key = Key::new(Prefix::ShareByReceiver);
    match receiver {
        Receiver::Person(person) => key.byte(0).number(person.get()),
        Receiver::Department(department) => key.byte(1).number(department.get()),
        Receiver::Role(code) => key.byte(2).text(code),
    }
}
