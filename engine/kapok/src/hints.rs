//! The live stream: hints that something changed, sent after the commit. They carry no content; whoever gets one asks
//! for what they may see.

use kapok_process::state::{Candidate, Changes};
use kapok_protocol::{Entity, PersonId};
use tokio::sync::broadcast;

/// What sort of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HintKind {
    /// A task.
    Task,
    /// A page (寻呼).
    Page,
    /// A case.
    Instance,
    /// A record.
    Record,
    /// The definitions.
    Definition,
    /// The outbox.
    Outbox,
}

/// Who should be told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// One person.
    Person(PersonId),
    /// Everybody in a group.
    Group(Candidate),
    /// Administrators.
    Administrators,
    /// Everybody who may read records of this entity owned by this person.
    Readers(Entity, Option<PersonId>),
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What.
    pub kind: HintKind,
    /// Its id.
    pub id: u64,
    /// The commit's sequence number.
    pub seq: u64,
    /// Who should be told.
    pub audience: Audience,
}

/// Sends hints to whoever listens.
#[derive(Debug, Clone)]
pub(crate) struct Hints(broadcast::Sender<Hint>);

/// So many hints are kept for a slow listener; after that it is told to start afresh.
const KEPT: usize = 4096;

impl Hints {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }

    pub(crate) fn send(&self, hints: Vec<(HintKind, u64, Audience)>, seq: u64) {
        for (kind, id, audience) in hints {
            // Nobody listening is no error.
            let _ = self.0.send(Hint {
                kind,
                id,
                seq,
                audience,
            });
        }
    }
}

/// What a process step tells whom.
pub(crate) fn of_changes(changes: &Changes) -> Vec<(HintKind, u64, Audience)> {
    let mut hints = Vec::new();
    for (id, task) in &changes.tasks {
        let Some(task) = task else { continue };
        let audiences = task.assignee.map(Audience::Person).into_iter();
        let audiences = audiences.chain(task.escalated_from.map(Audience::Person));
        let audiences = audiences.chain(task.candidates.iter().cloned().map(Audience::Group));
        hints.extend(audiences.map(|audience| (HintKind::Task, id.get(), audience)));
    }
    for (id, instance) in &changes.instances {
        let Some(instance) = instance else { continue };
        hints.push((HintKind::Instance, id.get(), Audience::Administrators));
        hints.extend(
            instance
                .initiator
                .map(|person| (HintKind::Instance, id.get(), Audience::Person(person))),
        );
    }
    hints
}
