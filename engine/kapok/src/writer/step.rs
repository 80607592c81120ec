//! One command on its way: its transaction, and what else it may ask.

use std::num::NonZeroU64;

use kapok_process::state::{Event, EventKind};
use kapok_protocol::Timestamp;
use kapok_store::StoreError;
use kapok_tables::{Queries, Read, Transaction, WriteSet};

use crate::{
    Error,
    hints::{Audience, HintKind},
    shared::Shared,
};

/// A hint before its commit has a number.
pub(crate) type HintDraft = (HintKind, u64, Audience);
/// Something to be done when the command is on disk, and before anybody is answered.
pub(crate) type AfterCommit = Box<dyn FnOnce(&Shared) + Send>;

/// The most one command may write, in bytes: with a group before it, well within what a batch may hold.
const LARGEST: usize = 64 << 20;

/// One command being carried out.
pub(crate) struct Step<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) tx: Transaction<'a>,
    pub(crate) now: Timestamp,
    last_id: &'a mut u64,
    hints: Vec<HintDraft>,
    after_commit: Vec<AfterCommit>,
    counts: Counts,
}

/// How many cases a command started and ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) started: u64,
    pub(crate) finished: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.started += other.started;
        self.finished += other.finished;
    }
}

/// What a command leaves behind.
pub(crate) struct Finished {
    pub(crate) writes: WriteSet,
    pub(crate) hints: Vec<HintDraft>,
    pub(crate) after_commit: Vec<AfterCommit>,
    pub(crate) counts: Counts,
}

impl<'a> Step<'a> {
    pub(crate) fn new(shared: &'a Shared, tx: Transaction<'a>, now: Timestamp, last_id: &'a mut u64) -> Self {
        Self {
            shared,
            tx,
            now,
            last_id,
            hints: Vec::new(),
            after_commit: Vec::new(),
            counts: Counts::default(),
        }
    }

    pub(crate) fn finish(self) -> Finished {
        Finished {
            writes: self.tx.into_writes(),
            hints: self.hints,
            after_commit: self.after_commit,
            counts: self.counts,
        }
    }

    /// Carries out a part of the command that may be refused by itself: then nothing of it stays, and the command can go
    /// on with something else.
    pub(crate) fn attempt<T>(&mut self, part: impl FnOnce(&mut Step<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let tx = Transaction::after(&self.tx, *self.last_id);
        let mut inner = Step::new(self.shared, tx, self.now, self.last_id);
        let answer = part(&mut inner)?;
        let Finished {
            writes,
            hints,
            after_commit,
            counts,
        } = inner.finish();
        self.counts.add(counts);
        self.tx.absorb(writes);
        self.hints.extend(hints);
        self.after_commit.extend(after_commit);
        Ok(answer)
    }

    /// How many bytes are to be written; too many are refused.
    pub(crate) fn size(&self) -> Result<usize, Error> {
        let size = self.tx.size()?;
        if size > LARGEST {
            let (what, limit) = ("a command", LARGEST);
            return Err(StoreError::TooLarge { what, size, limit }.into());
        }
        Ok(size)
    }

    /// A new id. One that a refused command drew is not used again, which costs nothing.
    pub(crate) fn next_id(&mut self) -> NonZeroU64 {
        draw(self.last_id)
    }

    /// The rows as this command sees them.
    pub(crate) fn queries(&self) -> Queries<'_> {
        Queries(&self.tx as &dyn Read)
    }

    /// Counts the cases that begin and end with these events.
    pub(crate) fn count(&mut self, events: &[Event]) {
        for event in events {
            match event.kind {
                EventKind::Started => self.counts.started += 1,
                EventKind::Ended(_) => self.counts.finished += 1,
                _ => {}
            }
        }
    }

    pub(crate) fn hint(&mut self, kind: HintKind, id: u64, audience: Audience) {
        self.hints.push((kind, id, audience));
    }

    /// Leaves one hint about records for each audience: whoever looks at a list reads it anew once.
    pub(crate) fn thin_hints(&mut self) {
        let mut told: Vec<Audience> = Vec::new();
        self.hints.retain(|(kind, _, audience)| {
            let first = *kind != HintKind::Record || !told.contains(audience);
            if first {
                told.push(audience.clone());
            }
            first
        });
    }

    pub(crate) fn hints(&mut self, hints: impl IntoIterator<Item = HintDraft>) {
        self.hints.extend(hints);
    }

    pub(crate) fn after_commit(&mut self, action: impl FnOnce(&Shared) + Send + 'static) {
        self.after_commit.push(Box::new(action));
    }

    /// Whether something must be seen by all decisions after this one, which begin with the next group.
    pub(crate) fn ends_group(&self) -> bool {
        !self.after_commit.is_empty()
    }

    /// The transaction and the counter at once, for a decision that reads the one and draws from the other.
    pub(crate) fn parts(&mut self) -> (&Transaction<'a>, &mut u64) {
        (&self.tx, self.last_id)
    }
}

pub(crate) fn draw(last_id: &mut u64) -> NonZeroU64 {
    *last_id = last_id.saturating_add(1);
    NonZeroU64::new(*last_id).unwrap_or(NonZeroU64::MAX)
}
