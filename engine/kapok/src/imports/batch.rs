//! Some rows on their way: what they would be, and what became of them.

use kapok_protocol::{Refusal, Text};
use kapok_records::Fields;
use kapok_tables::{ImportCounts, ImportFailure, ImportedRow};

use super::{
    OnDuplicate, Verdict,
    rows::{Reason, ToSave, changed, reasons_of},
};
use crate::{
    spreadsheet::Line,
    writer::{Became, CheckedSave},
};

/// What a batch comes to before the writer saves it.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) saves: Vec<CheckedSave>,
    rows: Vec<RowToSave>,
    failed: Vec<ImportFailure>,
    pub(super) counts: ImportCounts,
}

/// What is known of a row that is to be saved.
struct RowToSave {
    /// The rows of the file; mostly it is one.
    rows: Vec<Line>,
    created: bool,
    before: Fields,
    later: Vec<(String, String)>,
}

impl Batch {
    /// Adds rows that are one record together.
    pub(super) fn add(&mut self, rows: Vec<Line>, verdict: Verdict) {
        self.counts.seen += rows.len() as u64;
        match verdict {
            Verdict::Save(save) => {
                let ToSave { checked, before, later } = *save;
                self.rows.push(RowToSave {
                    rows,
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
                self.counts.failed += rows.len() as u64;
                self.failed.extend(failures(rows, &reasons));
            }
        }
    }

    /// What came of it, once its saves were tried.
    pub(super) fn settle(
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
                    // It is named by its first row.
                    let (number, cells) = row.rows.into_iter().next().unwrap_or_default();
                    done.push(ImportedRow {
                        row: number,
                        record,
                        version,
                        created: row.created,
                        before: row.before,
                        cells: if row.later.is_empty() { Vec::new() } else { cells },
                        later: row.later,
                    });
                    continue;
                }
                Became::Alike if duplicates == OnDuplicate::Skip => {
                    counts.skipped += 1;
                    continue;
                }
                Became::Refused(refusals)
                    if row.created && duplicates == OnDuplicate::Skip && refusals.iter().all(is_there) =>
                {
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
            counts.failed += row.rows.len() as u64;
            failed.extend(failures(row.rows, &reasons));
        }
        failed.sort_by_key(|failure| failure.row);
        (done, failed, counts)
    }
}

/// Whether a record was refused because another one has what only one may have: then it is there already.
fn is_there(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "field.not-unique" | "record.not-unique")
}

/// Rows that could not be taken: where several are one record, none of them is, for the same reasons.
fn failures(rows: Vec<Line>, reasons: &[Reason]) -> impl Iterator<Item = ImportFailure> {
    rows.into_iter().map(|(row, cells)| ImportFailure {
        row,
        cells,
        reasons: reasons.to_vec(),
    })
}
