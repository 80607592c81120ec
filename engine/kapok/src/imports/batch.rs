//! Some rows on their way: what they would be, and what became of them.

use kapok_protocol::Text;
use kapok_records::Fields;
use kapok_tables::{ImportCounts, ImportFailure, ImportedRow};

use super::{
    OnDuplicate, Verdict,
    rows::{ToSave, changed, reasons_of},
};
use crate::writer::{Became, CheckedSave};

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
    number: u64,
    cells: Vec<String>,
    created: bool,
    before: Fields,
    later: Vec<(String, String)>,
}

impl Batch {
    pub(super) fn add(&mut self, number: u64, cells: Vec<String>, verdict: Verdict) {
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
