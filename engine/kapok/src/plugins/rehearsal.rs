//! What a plugin wants done is checked one after another, and done together.

use std::sync::Arc;

use kapok_protocol::{Principal, RecordId};
use kapok_store::{Batch, View};
use kapok_tables::{Transaction, last_id};

use super::intents::Ready;
use crate::{Error, shared::Shared, writer::Step};

/// Intents done one after another on rows that are thrown away: so what checks the second one sees what the first one
/// changed, although both are stored in one commit.
pub(super) struct Rehearsal<'s> {
    shared: &'s Shared,
    /// The rows without any of it.
    before: View,
    /// The rows with what was done so far.
    pub(super) view: View,
    has_begun: bool,
    last_id: u64,
}

impl<'s> Rehearsal<'s> {
    /// Nothing was done yet; `drawn` are the ids that new records will have.
    pub(super) fn new(shared: &'s Shared, drawn: impl Iterator<Item = RecordId>) -> Result<Self, Error> {
        let before = shared.store.view();
        let last_id = drawn.map(RecordId::get).fold(last_id(&before)?, u64::max);
        Ok(Self {
            shared,
            view: before.clone(),
            before,
            has_begun: false,
            last_id,
        })
    }

    /// What was read to check this is noted as it is without what was done so far: so the writer finds it, unless somebody
    /// else changed it.
    pub(super) fn note(&self, ready: &mut Ready) -> Result<(), Error> {
        if self.has_begun
            && let Ready::Save(save) = ready
        {
            save.1.reads = Arc::new(save.1.reads.asked_of(&self.before)?);
        }
        Ok(())
    }

    /// Does it.
    pub(super) fn play(&mut self, actor: Principal, ready: Ready) -> Result<(), Error> {
        let above = Transaction::new(&self.view);
        let mut step = Step::new(self.shared, above, self.shared.clock.now(), &mut self.last_id);
        step.do_intended(actor, ready)?;
        let changes = Batch::from(step.finish().writes);
        self.view = self.view.supposing(&changes);
        self.has_begun = true;
        Ok(())
    }
}
