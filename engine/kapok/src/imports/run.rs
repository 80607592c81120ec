//! Carrying imports out, a few hundred rows in a commit.
//!
//! Rows are looked at on a view, on this thread; only the saving itself is done by the writer. Where an import has come to
//! stands in the commit that brought it there: whenever the program ends, it goes on behind the last row that is stored.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kapok_protocol::{Principal, Record, RecordId, Refusal, RefusalKind, Text};
use kapok_records::{
    Catalogue, Fields,
    sheet::{CellLanguage, Cells},
};
use kapok_store::View;
use kapok_tables::{
    Import, ImportCounts, ImportFailure, ImportPart, ImportState, ImportedRow, Queries, Transaction, last_id,
};

use super::{
    Asked, Examiner, OnDuplicate, Verdict,
    names::SeenNames,
    rows::{ToSave, changed, reasons_of},
    session::{Seen, Session},
};
use crate::{
    Error,
    react::{AFTER_FAILURE, LONGEST},
    seeing::Seeing,
    shared::Shared,
    views::Viewing,
    writer::{Became, CheckedSave, Step, Through, Undone, Writer, entity},
};

/// So many rows are stored in one commit.
const BATCH: usize = 500;
/// Rows are looked at for so long at most before they are stored: a view is not to be held for longer.
const LOOKED_AT: Duration = Duration::from_millis(700);
/// So often rows are looked at again when somebody changes their records meanwhile.
const ATTEMPTS: usize = 3;
/// So many of the records that could not be put back are named.
const NAMED: usize = 100;

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

/// What a batch comes to before the writer saves it.
#[derive(Default)]
struct Batch {
    saves: Vec<CheckedSave>,
    rows: Vec<RowToSave>,
    failed: Vec<ImportFailure>,
    counts: ImportCounts,
}

/// What is known of a row that is to be saved.
struct RowToSave {
    number: u64,
    cells: Vec<String>,
    created: bool,
    before: Fields,
    later: Vec<(String, String)>,
}

impl Batch {
    fn add(&mut self, number: u64, cells: Vec<String>, verdict: Verdict) {
        self.counts.seen += 1;
        match verdict {
            Verdict::Save(save) => {
                let ToSave { checked, before, later } = *save;
                self.rows.push(RowToSave {
                    number,
                    cells,
                    created: before.is_none(),
                    before: before
                        .map(|before| changed(&before, &checked.fields))
                        .unwrap_or_default(),
                    later,
                });
                self.saves.push(checked);
            }
            Verdict::Unchanged => self.counts.unchanged += 1,
            Verdict::Skipped => self.counts.skipped += 1,
            Verdict::Failed(reasons) => {
                self.counts.failed += 1;
                self.failed.push(ImportFailure {
                    row: number,
                    cells,
                    reasons,
                });
            }
        }
    }

    /// What came of it, once its saves were tried.
    fn settle(
        self,
        became: Vec<Became>,
        duplicates: OnDuplicate,
    ) -> (Vec<ImportedRow>, Vec<ImportFailure>, ImportCounts) {
        let Self {
            rows,
            mut failed,
            mut counts,
            ..
        } = self;
        let mut done = Vec::with_capacity(rows.len());
        for (row, became) in rows.into_iter().zip(became) {
            let reasons = match became {
                Became::Done { record, version } => {
                    match row.created {
                        true => counts.created += 1,
                        false => counts.updated += 1,
                    }
                    done.push(ImportedRow {
                        row: row.number,
                        record,
                        version,
                        created: row.created,
                        before: row.before,
                        cells: if row.later.is_empty() { Vec::new() } else { row.cells },
                        later: row.later,
                    });
                    continue;
                }
                Became::Alike if duplicates == OnDuplicate::Skip => {
                    counts.skipped += 1;
                    continue;
                }
                Became::Alike => vec![(
                    None,
                    Text::new(
                        "系统中可能已有相同的记录。",
                        "The same record is probably there already.",
                    ),
                )],
                Became::Refused(refusals) => reasons_of(refusals),
            };
            counts.failed += 1;
            failed.push(ImportFailure {
                row: row.number,
                cells: row.cells,
                reasons,
            });
        }
        failed.sort_by_key(|failure| failure.row);
        (done, failed, counts)
    }
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
        let fields: Vec<Fields> = saves.iter().map(|save| save.fields.clone()).collect();
        let mut last = last_id(view)?;
        let mut step = Step::new(shared, Transaction::after(view, last), shared.clock.now(), &mut last);
        let actor = Principal::Person(import.asked_by);
        let mut became = step.save_many(actor, definition, saves, false)?;
        drop(step);
        for (became, fields) in became.iter_mut().zip(&fields) {
            if !matches!(became, Became::Done { .. }) {
                continue;
            }
            match session.seen.note(definition, fields, duplicates) {
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
            if at_end {
                (import.state, import.position) = (ImportState::Linking, 0);
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
    while batch.counts.seen < BATCH as u64
        && begin.elapsed() < LOOKED_AT
        && let Some((number, cells)) = session.table.next()?
    {
        let verdict = examiner.examine(&cells, &mut session.keys)?;
        // What a plugin read for one row may be what the row before changes: then each is stored before the next is looked at.
        let depends = matches!(&verdict, Verdict::Save(save) if save.checked.reads.rows() > 0);
        batch.add(number, cells, verdict);
        if depends {
            break;
        }
    }
    Ok(batch)
}

/// Sets the references between rows of the file, now that all of them are there.
fn link(shared: &Arc<Shared>, writer: &Writer, import: &Import) -> Result<(), Error> {
    let (mut after, mut part) = (import.position, None);
    while let Some(next) = Queries(&shared.store.view())
        .import_parts(import.id, Some(after), 1)?
        .pop()
    {
        after = next.number;
        if next.done.iter().any(|row| !row.later.is_empty()) {
            part = Some(next);
            break;
        }
    }
    let before = import.clone();
    let Some(part) = part else {
        let ended = writer.submit(move |step| {
            if is_same(step, &before)? {
                step.tx.put_import(&Import {
                    state: ImportState::Done,
                    ended_at: Some(step.now),
                    ..before
                })?;
            }
            Ok(())
        });
        return ended.wait();
    };
    let view = shared.store.view();
    let viewing = Viewing::of(shared, &view);
    let catalogue = viewing.catalogue.clone();
    let definition = entity(&catalogue, &import.entity)?;
    let seeing = Seeing::by_person(&viewing, import.asked_by)?;
    let offset = shared.settings.utc_offset_minutes;
    let context = viewing.organisation.context(Some(import.asked_by), viewing.now, offset);
    let cache = std::cell::RefCell::default();
    let names = SeenNames::new(&viewing, &seeing, &context, &cache, &import.entity);
    let cells = Cells::new(&names, CellLanguage::Chinese, offset);
    // For each row that names others: its save, or why there is none.
    let mut links: Vec<(usize, Result<CheckedSave, Vec<(Option<String>, Text)>>)> = Vec::new();
    for (index, row) in part.done.iter().enumerate().filter(|(_, row)| !row.later.is_empty()) {
        let record = viewing.queries.record(&import.entity, row.record)?;
        let Some(Record { fields, version, .. }) = record.map(|row| row.record) else {
            links.push((
                index,
                Err(vec![(None, Text::new("记录已被删除。", "The record was deleted."))]),
            ));
            continue;
        };
        let (mut fields, mut reasons) = (fields, Vec::new());
        for (name, text) in &row.later {
            let Some(field) = definition.field(name) else { continue };
            match cells.read(&field.kind, text) {
                Ok(value) => {
                    fields.insert(name.clone(), value);
                }
                Err(reason) => reasons.push(super::of_field(field, &reason)),
            }
        }
        names.failed()?;
        links.push((
            index,
            match reasons.is_empty() {
                true => Ok(CheckedSave {
                    record: Some(row.record),
                    new_id: None,
                    reads: Arc::default(),
                    on_version: Some(version),
                    owner: None,
                    fields,
                    ignore_duplicates: true,
                    through: Through::default(),
                }),
                false => Err(reasons),
            },
        ));
    }
    let actor = Principal::Person(import.asked_by);
    let submitted = writer.submit(move |step| {
        if !is_same(step, &before)? {
            return Ok(());
        }
        let (mut import, mut part) = (before, part);
        let catalogue = step.shared.catalogue();
        let definition = entity(&catalogue, &import.entity)?;
        for (index, link) in links {
            let reasons = match link {
                Ok(save) => match step.save_many(actor, definition, vec![save], false)?.pop() {
                    Some(Became::Done { version, .. }) => {
                        if let Some(row) = part.done.get_mut(index) {
                            row.version = version;
                        }
                        continue;
                    }
                    Some(Became::Refused(refusals)) => reasons_of(refusals),
                    _ => Vec::new(),
                },
                Err(reasons) => reasons,
            };
            let Some(row) = part.done.get(index) else { continue };
            import.counts.failed += 1;
            part.failed.push(ImportFailure {
                row: row.row,
                cells: row.cells.clone(),
                reasons: std::iter::once((
                    None,
                    Text::new(
                        "记录已导入，但没有关联到文件中的另一行。",
                        "The record was imported, but not linked to the other row of the file.",
                    ),
                ))
                .chain(reasons)
                .collect(),
            });
        }
        for row in &mut part.done {
            (row.later, row.cells) = (Vec::new(), Vec::new());
        }
        import.position = part.number;
        step.tx.put_import_part(&part)?;
        Ok(step.tx.put_import(&import)?)
    });
    submitted.wait()
}

/// Puts back what the last part of an import has changed, the last row first.
fn undo(shared: &Arc<Shared>, writer: &Writer, import: &Import) -> Result<(), Error> {
    let before_part = (import.position > 0).then_some(import.position);
    let part = Queries(&shared.store.view()).last_import_part(import.id, before_part)?;
    let before = import.clone();
    let actor = Principal::Person(import.asked_by);
    let submitted = writer.submit(move |step| {
        if !is_same(step, &before)? {
            return Ok(());
        }
        let mut import = before;
        let Some(part) = part else {
            import.state = ImportState::Undone;
            import.ended_at = Some(step.now);
            return Ok(step.tx.put_import(&import)?);
        };
        let catalogue = step.shared.catalogue();
        let definition = entity(&catalogue, &import.entity)?;
        for row in part.done.iter().rev() {
            match step.undo_import(actor, definition, row)? {
                Undone::Yes => import.counts.undone += 1,
                Undone::No(reason) => keep(&mut import, row.record, reason),
            }
        }
        step.thin_hints();
        import.position = part.number;
        Ok(step.tx.put_import(&import)?)
    });
    submitted.wait()?;
    shared.projection.wrote(import.asked_by);
    Ok(())
}

fn keep(import: &mut Import, record: RecordId, reason: Text) {
    import.counts.kept += 1;
    if import.kept.len() < NAMED {
        import.kept.push((record, reason));
    }
}

/// Ends an import that cannot go on, and says why.
fn stop(writer: &Writer, import: Import, reasons: Vec<Refusal>) -> Result<(), Error> {
    let zh: Vec<_> = reasons.iter().map(|reason| reason.text.zh.as_str()).collect();
    let en: Vec<_> = reasons.iter().map(|reason| reason.text.en.as_str()).collect();
    let reason = Text::new(zh.join(""), en.join(" "));
    let stopped = writer.submit(move |step| {
        if is_same(step, &import)? {
            step.tx.put_import(&Import {
                state: match import.state {
                    ImportState::Checking => ImportState::Draft,
                    _ => ImportState::Stopped,
                },
                reason: Some(reason),
                ended_at: Some(step.now),
                ..import
            })?;
        }
        Ok(())
    });
    stopped.wait()
}

/// Whether an import is as it was when it was looked at: nobody has cancelled it.
fn is_same(step: &Step<'_>, import: &Import) -> Result<bool, Error> {
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
