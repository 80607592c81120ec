//! Work on many records, a thousand in a commit. Where it goes on is in its row, so it survives the end of the program.

use kapok_protocol::{Entity, PersonId, Principal, RecordId, RecordJobId, Text, Timestamp};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

/// Work on many records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordJob {
    /// Its id.
    pub id: RecordJobId,
    /// What is done.
    pub task: RecordTask,
    /// Who asked for it.
    pub asked_by: Principal,
    /// When.
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: RecordJobState,
    /// How many records were looked at.
    pub seen: u64,
    /// How many of them were changed.
    pub changed: u64,
    /// How many could not be.
    pub refused: u64,
    /// Behind which key it goes on.
    pub position: Vec<u8>,
    /// Some of those that could not be changed, and why.
    pub problems: Vec<(RecordId, Text)>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What is done with many records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordTask {
    /// Stores the records of an entity as its definition says now.
    BackFill {
        /// The entity.
        entity: Entity,
        /// The hash of the definition.
        hash: String,
    },
    /// Hands records over.
    Transfer {
        /// Their entity.
        entity: Entity,
        /// Those that are left to be handed over, when they were named.
        ids: Vec<RecordId>,
        /// A filter as JSON, when they were not.
        filter: Option<String>,
        /// To whom.
        to: PersonId,
    },
    /// Computes the roll-ups of an entity's records.
    RollUps {
        /// The entity.
        entity: Entity,
    },
    /// Goes on counting what is computed of a record from very many others.
    Recount {
        /// Its entity.
        entity: Entity,
        /// The record.
        record: RecordId,
    },
    /// Lets what names some records name another one.
    Merge {
        /// Their entity.
        entity: Entity,
        /// The one that is kept.
        keep: RecordId,
        /// Those whose references are left to be moved.
        others: Vec<RecordId>,
    },
}

/// How work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordJobState {
    /// It goes on.
    Running,
    /// It is done.
    Done,
    /// It came to an end before everything was done.
    Stopped,
}

fields!(RecordJob {
    0 => id, 1 => task, 2 => asked_by, 3 => asked_at, 4 => state, 5 => seen, 6 => changed, 7 => refused, 8 => position,
    9 => problems, 10 => ended_at,
});
variants!(RecordTask {
    0 => BackFill { entity, hash },
    1 => Transfer { entity, ids, filter, to },
    2 => Merge { entity, keep, others },
    3 => RollUps { entity },
    4 => Recount { entity, record },
});
variants!(RecordJobState { 0 => Running, 1 => Done, 2 => Stopped });

impl Row for RecordJob {
    type Id = RecordJobId;
    fn key(id: &RecordJobId) -> Key {
        Key::new(Prefix::RecordJob).number(id.get())
    }
    fn id(&self) -> RecordJobId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        match self.state {
            RecordJobState::Running => vec![Key::new(Prefix::RecordJobOpen).number(self.id.get())],
            RecordJobState::Done | RecordJobState::Stopped => Vec::new(),
        }
    }
}
