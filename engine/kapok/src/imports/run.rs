//! Carrying imports out, a few hundred rows in a commit.
//!
//! Rows are looked at on a view, on this thread; only the saving itself is done by the writer. Where an import has come to
//! stands in the commit that brought it there: whenever the program ends, it goes on behind the last row that is stored.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kapok_protocol::{Principal, Refusal, RefusalKind};
use kapok_records::{Catalogue, Fields};
use kapok_store::View;
use kapok_tables::{
    Import, ImportCounts, ImportFailure, ImportPart, ImportState, ImportedRow, Queries, Transaction, last_id,
};

use super::{
    Asked, Examiner, Verdict,
    batch::Batch,
    finish::{link, stop, undo},
    names::SeenNames,
    session::{Seen, Session},
};
use crate::{
    Error,
    react::{AFTER_FAILURE, LONGEST},
    seeing::Seeing,
    shared::Shared,
    views::Viewing,
    writer::{Became, CheckedSave, Step, Writer, entity},
};

/// So many rows are stored in one commit.
const BATCH: usize = 500;
/// Rows are looked at for so long at most before they are stored: a view is not to be held for longer.
const LOOKED_AT: Duration = Duration::from_millis(700);
/// So often rows are looked at again when somebody changes their records meanwhile.
const ATTEMPTS: usize = 3;

pub(crate) fn run(shared: &Arc<Shared>, writer: &Writer) {
    let mut runner = Runner::default();
    loop {
        let heard = shared.bells.imports.heard();
        let wait = match runner.advance(shared, writer) {
            Ok(true) => Duration::ZERO,
            Ok(false) => LONGEST,
            Err(error) => {
                tracing::error!(%error, "an import waits: {error}");
                AFTER_FAILURE
            }
        };
        if !shared.bells.imports.wait(heard, wait) {
            return;
        }
    }
}

/// Carries out all imports that wait.
pub(crate) fn advance(shared: &Arc<Shared>, writer: &Writer) -> Result<bool, Error> {
    let mut runner = Runner::default();
    let mut any = false;
    while runner.advance(shared, writer)? {
        any = true;
    }
    Ok(any)
}

/// Carries imports out, one after another.
#[derive(Default)]
pub(crate) struct Runner {
    session: Option<Session>,
    attempts: usize,
}

impl Runner {
    /// Does the next part of the import that was asked for first; whether there was any.
    pub(crate) fn advance(&mut self, shared: &Arc<Shared>, writer: &Writer) -> Result<bool, Error> {
        let found = Queries(&shared.store.view()).open_imports(1)?.pop();
        let Some(import) = found else {
            self.session = None;
            return Ok(false);
        };
        let done = match import.state {
            ImportState::Checking | ImportState::Running => self.rows(shared, writer, &import),
            ImportState::Linking => link(shared, writer, &import),
            _ => undo(shared, writer, &import),
        };
        match done {
            Ok(()) => {}
            // The entity is gone, or whoever imports has left or may no longer.
            Err(Error::Refused(reasons)) => {
                self.session = None;
                stop(writer, import, reasons)?;
            }
            Err(error) => {
                self.session = None;
                return Err(error);
            }
        }
        Ok(true)
    }

    fn rows(&mut self, shared: &Arc<Shared>, writer: &Writer, import: &Import) -> Result<(), Error> {
        if !self.session.as_ref().is_some_and(|session| session.is_of(import)) {
            self.session = Some(Session::open(&shared.files, import)?);
        }
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        let is_dry = import.state == ImportState::Checking;
        let actor = Principal::Person(import.asked_by);
        let view = shared.store.view();
        let viewing = Viewing::of(shared, &view);
        let catalogue = viewing.catalogue.clone();
        let batch = {
            let definition = entity(&catalogue, &import.entity)?;
            let seeing = Seeing::by_person(&viewing, import.asked_by)?;
            let offset = shared.settings.utc_offset_minutes;
            let context = viewing.organisation.context(Some(import.asked_by), viewing.now, offset);
            let options = session.options.clone();
            // It is not borrowed from the session, which changes as rows are read.
            let cache = std::mem::take(&mut session.cache);
            let examined = {
                let names = SeenNames::new(&viewing, &seeing, &context, &cache, &import.entity);
                let examiner = Examiner::new(&Asked {
                    view: &view,
                    viewing: &viewing,
                    seeing: &seeing,
                    names: &names,
                    context: &context,
                    definition,
                    options: &options,
                    person: import.asked_by,
                })?;
                match session.is_ready {
                    true => examine(session, &examiner).map(Some),
                    // The next round has a younger view.
                    false => session.get_ready(&shared.files, import, &examiner).map(|()| None),
                }
            };
            session.cache = cache;
            match examined? {
                Some(batch) => batch,
                None => return Ok(()),
            }
        };
        let at_end = session.table.is_at_end()?;
        let position = session.table.position();
        let committed = match is_dry {
            true => self.check(shared, writer, &view, import, batch, position, at_end)?,
            false => {
                drop(view);
                self.save(writer, actor, catalogue, import, batch, position, at_end)?
            }
        };
        if let Some(session) = self.session.as_mut().filter(|_| committed) {
            session.keys.settle();
            session.is_fresh = false;
            self.attempts = 0;
            shared.projection.wrote(import.asked_by);
        } else {
            // Something was changed meanwhile: the rows are looked at again.
            self.session = None;
            self.attempts += 1;
        }
        Ok(())
    }

    /// Tries the saves on rows that are thrown away afterwards, and notes what came of them.
    #[allow(clippy::too_many_arguments)]
    fn check(
        &mut self,
        shared: &Arc<Shared>,
        writer: &Writer,
        view: &View,
        import: &Import,
        mut batch: Batch,
        position: u64,
        at_end: bool,
    ) -> Result<bool, Error> {
        let Some(session) = &mut self.session else {
            return Ok(false);
        };
        let duplicates = session.options.duplicates;
        let catalogue = shared.catalogue();
        let definition = entity(&catalogue, &import.entity)?;
        let saves = std::mem::take(&mut batch.saves);
        let known = |save: &CheckedSave| (save.record.is_none(), save.fields.clone());
        let fields: Vec<(bool, Fields)> = saves.iter().map(known).collect();
        let mut last = last_id(view)?;
        let mut step = Step::new(shared, Transaction::after(view, last), shared.clock.now(), &mut last);
        let actor = Principal::Person(import.asked_by);
        let mut became = step.save_many(actor, definition, saves, false)?;
        drop(step);
        for (became, (is_new, fields)) in became.iter_mut().zip(&fields) {
            if !matches!(became, Became::Done { .. }) {
                continue;
            }
            match session.seen.note(definition, fields, *is_new, duplicates) {
                Seen::New => {}
                Seen::Skipped => *became = Became::Alike,
                Seen::Failed(text) => {
                    let refusal = Refusal::new(RefusalKind::Conflict, "import.same", text.zh, text.en);
                    *became = Became::Refused(vec![refusal]);
                }
            }
        }
        let (_, failed, counts) = batch.settle(became, duplicates);
        let is_fresh = session.is_fresh;
        let before = import.clone();
        let submitted = writer.submit(move |step| {
            if !is_same(step, &before)? {
                return Ok(false);
            }
            let mut import = before;
            if is_fresh {
                import.counts = ImportCounts::default();
                step.forget_import_parts(import.id)?;
            }
            add(&mut import.counts, counts);
            import.position = position;
            step.note_import_part(&import, Vec::new(), failed)?;
            if at_end {
                import.state = ImportState::Checked;
                import.ended_at = Some(step.now);
            }
            step.tx.put_import(&import)?;
            Ok(true)
        });
        submitted.wait()
    }

    #[allow(clippy::too_many_arguments)]
    fn save(
        &mut self,
        writer: &Writer,
        actor: Principal,
        checked_by: Arc<Catalogue>,
        import: &Import,
        mut batch: Batch,
        position: u64,
        at_end: bool,
    ) -> Result<bool, Error> {
        let Some(session) = &self.session else { return Ok(false) };
        let (duplicates, starts) = (session.options.duplicates, session.options.start_processes);
        let links = session.names_itself;
        let gives_up = self.attempts >= ATTEMPTS;
        let before = import.clone();
        let submitted = writer.submit(move |step| {
            let catalogue = step.shared.catalogue();
            if !is_same(step, &before)? || !Arc::ptr_eq(&catalogue, &checked_by) {
                return Ok(false);
            }
            let mut import = before;
            let definition = entity(&catalogue, &import.entity)?;
            let mut is_stale = Vec::with_capacity(batch.saves.len());
            for save in &batch.saves {
                is_stale.push(step.is_stale(&import.entity, save)?);
            }
            if !gives_up && is_stale.contains(&true) {
                return Ok(false);
            }
            let saves = std::mem::take(&mut batch.saves);
            // What is stale after all these attempts is refused where it is stored.
            let became = step.save_many(actor, definition, saves, starts)?;
            let (done, failed, counts) = batch.settle(became, duplicates);
            add(&mut import.counts, counts);
            import.position = position;
            step.note_import_part(&import, done, failed)?;
            if at_end && links {
                (import.state, import.position) = (ImportState::Linking, 0);
            } else if at_end {
                (import.state, import.ended_at) = (ImportState::Done, Some(step.now));
            }
            step.tx.put_import(&import)?;
            Ok(true)
        });
        submitted.wait()
    }
}

/// Looks at the next rows.
fn examine(session: &mut Session, examiner: &Examiner<'_>) -> Result<Batch, Error> {
    let begin = Instant::now();
    let mut batch = Batch::default();
    while batch.counts.seen < BATCH as u64 && begin.elapsed() < LOOKED_AT {
        let rows = examiner.next(&mut session.table)?;
        if rows.is_empty() {
            break;
        }
        let verdict = examiner.examine(&rows, &mut session.keys)?;
        // What a plugin read for one row may be what the row before changes: then each is stored before the next is looked at.
        let depends = matches!(&verdict, Verdict::Save(save) if save.checked.reads.rows() > 0);
        batch.add(rows, verdict);
        if depends {
            break;
        }
    }
    Ok(batch)
}

/// Whether an import is as it was when it was looked at: nobody has cancelled it.
pub(super) fn is_same(step: &Step<'_>, import: &Import) -> Result<bool, Error> {
    Ok(step.queries().import(import.id)?.is_some_and(|now| now == *import))
}

fn add(counts: &mut ImportCounts, more: ImportCounts) {
    counts.seen += more.seen;
    counts.created += more.created;
    counts.updated += more.updated;
    counts.unchanged += more.unchanged;
    counts.skipped += more.skipped;
    counts.failed += more.failed;
}

impl Step<'_> {
    /// Notes what came of some rows; nothing when there is nothing to note.
    fn note_import_part(
        &mut self,
        import: &Import,
        done: Vec<ImportedRow>,
        failed: Vec<ImportFailure>,
    ) -> Result<(), Error> {
        if done.is_empty() && failed.is_empty() {
            return Ok(());
        }
        Ok(self.tx.put_import_part(&ImportPart {
            import: import.id,
            number: import.counts.seen,
            done,
            failed,
        })?)
    }

    /// Forgets what a dry run found.
    pub(crate) fn forget_import_parts(&mut self, import: kapok_protocol::ImportId) -> Result<(), Error> {
        for part in self.queries().import_parts(import, None, usize::MAX)? {
            self.tx.delete_import_part(import, part.number)?;
        }
        Ok(())
    }
}
