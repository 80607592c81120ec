//! What comes after the rows: references between them, or putting all of it back.

use std::sync::Arc;

use kapok_protocol::{Principal, Record, RecordId, Refusal, Text};
use kapok_records::sheet::{CellLanguage, Cells};
use kapok_tables::{Import, ImportFailure, ImportState, Queries};

use super::{
    names::SeenNames,
    of_field,
    rows::{Reason, reasons_of},
    run::is_same,
};
use crate::{
    Error,
    seeing::Seeing,
    shared::Shared,
    views::Viewing,
    writer::{Became, CheckedSave, Through, Undone, Writer, entity},
};

/// So many of the records that could not be put back are named.
const NAMED: usize = 100;

/// Sets the references between rows of the file, now that all of them are there.
pub(super) fn link(shared: &Arc<Shared>, writer: &Writer, import: &Import) -> Result<(), Error> {
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
    let mut links: Vec<(usize, Result<CheckedSave, Vec<Reason>>)> = Vec::new();
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
                Err(reason) => reasons.push(of_field(field, &reason)),
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
                    hand_over: None,
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
pub(super) fn undo(shared: &Arc<Shared>, writer: &Writer, import: &Import) -> Result<(), Error> {
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
pub(super) fn stop(writer: &Writer, import: Import, reasons: Vec<Refusal>) -> Result<(), Error> {
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
