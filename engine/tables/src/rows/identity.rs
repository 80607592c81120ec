//! Who of another system is whom here: only these rows say it, and only they let anybody sign in.

use kapok_protocol::{Entity, Principal, RecordId, Timestamp};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

/// That a record stands for somebody, or something, in another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityLink {
    /// What is linked.
    pub kind: LinkedKind,
    /// The identity source, such as `wecom.wecom`.
    pub source: String,
    /// The other side's id.
    pub external: String,
    /// The record here.
    pub record: RecordId,
    /// When it was linked.
    pub at: Timestamp,
    /// By whom.
    pub by: Principal,
}

/// What a link is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkedKind {
    /// A person.
    Person,
    /// A department.
    Department,
}

impl LinkedKind {
    /// The entity of the record.
    pub fn entity(self) -> Entity {
        Entity::new(match self {
            Self::Person => kapok_records::PERSON,
            Self::Department => kapok_records::DEPARTMENT,
        })
    }

    fn byte(self) -> u8 {
        match self {
            Self::Person => 0,
            Self::Department => 1,
        }
    }
}

fields!(IdentityLink { 0 => kind, 1 => source, 2 => external, 3 => record, 4 => at, 5 => by });
variants!(LinkedKind { 0 => Person, 1 => Department });

impl Row for IdentityLink {
    type Id = (LinkedKind, String, String);
    fn key((kind, source, external): &Self::Id) -> Key {
        links_at(*kind, source).text(external)
    }
    fn id(&self) -> Self::Id {
        (self.kind, self.source.clone(), self.external.clone())
    }
    fn indexes(&self) -> Vec<Key> {
        vec![links_of(self.kind, self.record).text(&self.source).text(&self.external)]
    }
}

/// The keys of all links of a source begin with this.
pub(crate) fn links_at(kind: LinkedKind, source: &str) -> Key {
    Key::new(Prefix::IdentityLink).byte(kind.byte()).text(source)
}

/// The index rows of the links of a record begin with this.
pub(crate) fn links_of(kind: LinkedKind, record: RecordId) -> Key {
    Key::new(Prefix::IdentityLinkByRecord)
        .byte(kind.byte())
        .number(record.get())
}
