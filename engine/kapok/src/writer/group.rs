//! Commands that share a sync.

use std::sync::Arc;

use kapok_store::{Batch, Seq};
use kapok_tables::{Changed, WriteSet};

use super::{
    Entry,
    step::{AfterCommit, Counts, HintDraft, Step},
};
use crate::{Error, shared::Shared};

/// At most so many commands share a sync.
const GROUP: usize = 512;
/// A group of so many bytes takes no further command.
const GROUP_BYTES: usize = 16 << 20;

/// Commands that were carried out, and what they leave behind together.
#[derive(Default)]
pub(super) struct Group {
    pub(super) entries: Vec<Box<dyn Entry>>,
    pub(super) writes: Arc<WriteSet>,
    /// When the last of them was carried out, in milliseconds since 1970.
    at: i64,
    pub(super) changed: Option<Changed>,
    pub(super) after_commit: Vec<AfterCommit>,
    hints: Vec<HintDraft>,
    counts: Counts,
    bytes: usize,
}

impl Group {
    /// Carries out a command; what it changes, unless it is refused.
    pub(super) fn carry_out(&mut self, mut entry: Box<dyn Entry>, mut step: Step<'_>) -> Option<WriteSet> {
        self.at = step.now.millis();
        let kept = entry.run(&mut step);
        self.entries.push(entry);
        self.bytes = self.bytes.saturating_add(kept?);
        let finished = step.finish();
        self.hints.extend(finished.hints);
        self.after_commit.extend(finished.after_commit);
        self.counts.add(finished.counts);
        Some(finished.writes)
    }

    /// Whether it takes no further command. What others must see before the next decision (a new definition, a changed
    /// organisation) ends the group.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= GROUP || self.bytes >= GROUP_BYTES || !self.after_commit.is_empty()
    }

    /// Brings it to the disk, and tells whoever must know of it but those who wait for the answers.
    pub(super) fn commit(&mut self, shared: &Shared) -> Result<Seq, Error> {
        let seq = shared.store.commit(Batch::from(&*self.writes), self.at)?;
        for action in self.after_commit.drain(..) {
            action(shared);
        }
        shared.projection.note(seq, self.at, self.writes.records());
        shared.operating.counted.add(self.counts.started, self.counts.finished);
        shared.hints.send(std::mem::take(&mut self.hints), seq);
        if let Some(changed) = self.changed {
            shared.bells.ring(changed);
        }
        Ok(seq)
    }
}
