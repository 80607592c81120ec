//! Which list of rows is meant, and where a page of it begins.

use kapok_process::state::Candidate;
use kapok_protocol::{DefinitionId, Entity, InstanceId, PersonId, RecordId, TaskId, Timestamp};

use crate::{Key, Prefix, rows};

/// One page of a list, and where the next one begins.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The items.
    pub items: Vec<T>,
    /// Behind which key the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
}

impl<T> Slice<T> {
    /// The same page with other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// Which tasks.
#[derive(Debug, Clone)]
pub enum TaskList {
    /// Open, assigned to a person; soonest due first.
    Assigned(PersonId),
    /// Open, for anyone of a group; soonest due first.
    Candidates(Candidate),
    /// Finished by a person; newest first.
    FinishedBy(PersonId),
    /// Of a case; oldest first.
    Of(InstanceId),
}

impl TaskList {
    /// The place of an open task in a list by due time: where a page that ended with it goes on.
    pub fn behind(&self, due: Option<Timestamp>, task: TaskId) -> Vec<u8> {
        let due = due.unwrap_or(Timestamp::from_millis(i64::MAX));
        self.prefix().moment(due).number(task.get()).into_bytes()
    }

    pub(crate) fn prefix(&self) -> Key {
        match self {
            Self::Assigned(person) => Key::new(Prefix::TaskByAssignee).number(person.get()),
            Self::Candidates(group) => rows::candidate_key(group),
            Self::FinishedBy(person) => Key::new(Prefix::TaskByFinisher).number(person.get()),
            Self::Of(instance) => Key::new(Prefix::TaskByInstance).number(instance.get()),
        }
    }
}

/// Which cases; each list newest first.
#[derive(Debug, Clone)]
pub enum InstanceList {
    /// All.
    All,
    /// Started by (or for) a person.
    StartedBy(PersonId),
    /// Of a version of a process, active or ended.
    Of(DefinitionId, bool),
    /// About a record.
    About(Entity, RecordId),
}

impl InstanceList {
    pub(crate) fn prefix(&self) -> Key {
        match self {
            Self::All => Key::new(Prefix::Instance),
            Self::StartedBy(person) => Key::new(Prefix::InstanceByInitiator).number(person.get()),
            Self::Of(definition, active) => rows::instances_of(*definition, *active),
            Self::About(entity, record) => Key::new(Prefix::InstanceByRecord)
                .text(entity.as_str())
                .number(record.get()),
        }
    }
}

/// Which records of an entity; newest first by owner, by id when all.
#[derive(Debug, Clone)]
pub enum RecordList {
    /// All of the entity.
    All(Entity),
    /// Those of one owner.
    OwnedBy(Entity, Option<PersonId>),
    /// Those whose field names a record.
    Naming(Entity, String, RecordId),
}

impl RecordList {
    /// The place of a record in the list: where a page that ended with it goes on.
    pub fn behind(&self, record: RecordId) -> Vec<u8> {
        let id = record.get();
        match self {
            Self::All(_) => self.prefix().newest(id),
            Self::OwnedBy(..) | Self::Naming(..) => self.prefix().newest(id).number(id),
        }
        .into_bytes()
    }

    pub(crate) fn prefix(&self) -> Key {
        match self {
            Self::All(entity) => Key::new(Prefix::Record).text(entity.as_str()),
            Self::OwnedBy(entity, owner) => Key::new(Prefix::RecordByOwner)
                .text(entity.as_str())
                .optional(owner.map(PersonId::get)),
            Self::Naming(entity, field, record) => rows::reference_key(entity, field, *record),
        }
    }
}
