//! The rows of an import that could not be taken: why, in short, and as a file to be mended.

use std::collections::BTreeMap;

use kapok_protocol::{ImportId, Text};
use kapok_tables::{ImportFailure, Queries};

use super::Staff;
use crate::{Error, SheetFormat, export::SheetWriter};

/// So many parts of an import are read at once.
const PARTS: usize = 20;
/// So many failed rows are looked at for their reasons.
const LOOKED_AT: usize = 20_000;
/// So many rows are named with a reason.
const NAMED: usize = 5;

/// Why rows could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureReason {
    /// The field at fault.
    pub field: Option<String>,
    /// What is wrong.
    pub text: Text,
    /// How many rows.
    pub count: usize,
    /// The first of them, by their numbers in the file.
    pub rows: Vec<u64>,
}

impl Staff {
    /// Why rows of one's own import could not be taken, what concerns most of them first; and whether there were more rows
    /// than were looked at.
    pub fn import_reasons(&self, id: ImportId) -> Result<(Vec<FailureReason>, bool), Error> {
        self.own_import(id)?;
        let mut reasons: BTreeMap<(Option<String>, String), FailureReason> = BTreeMap::new();
        let mut seen = 0;
        self.each_failure(id, |failure| {
            for (field, text) in failure.reasons {
                let reason = reasons
                    .entry((field.clone(), text.zh.clone()))
                    .or_insert_with(|| FailureReason {
                        field,
                        text,
                        count: 0,
                        rows: Vec::new(),
                    });
                reason.count += 1;
                if reason.rows.len() < NAMED {
                    reason.rows.push(failure.row);
                }
            }
            seen += 1;
            Ok(seen < LOOKED_AT)
        })?;
        let mut reasons: Vec<FailureReason> = reasons.into_values().collect();
        reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.count), reason.rows.first().copied()));
        Ok((reasons, seen >= LOOKED_AT))
    }

    /// The rows of one's own import that could not be taken, with the reasons, as a file to be mended and brought in
    /// again; and its name.
    pub fn import_failures(&self, id: ImportId, format: SheetFormat) -> Result<(String, Vec<u8>), Error> {
        let row = self.own_import(id)?;
        let english = self.language()? == "en";
        let mut sheet = SheetWriter::new(format)?;
        let mut headings = row.headings.clone();
        headings.extend(match english {
            true => ["Row".to_owned(), "Reason".to_owned()],
            false => ["行号".to_owned(), "原因".to_owned()],
        });
        sheet.texts(&headings)?;
        self.each_failure(id, |failure| {
            let mut cells = failure.cells;
            cells.resize(row.headings.len(), String::new());
            cells.push(failure.row.to_string());
            let said = |text: &Text| if english { text.en.clone() } else { text.zh.clone() };
            let reasons: Vec<String> = failure.reasons.iter().map(|(_, text)| said(text)).collect();
            cells.push(reasons.join(if english { " " } else { "" }));
            sheet.texts(&cells)?;
            Ok(true)
        })?;
        let stem = row.name.rsplit_once('.').map_or(row.name.as_str(), |(stem, _)| stem);
        let suffix = if english { "failed" } else { "失败行" };
        Ok((format!("{stem}-{suffix}.{}", format.extension()), sheet.finish()?))
    }

    /// Shows the failed rows in order, as long as more are wanted.
    fn each_failure(
        &self,
        id: ImportId,
        mut show: impl FnMut(ImportFailure) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let parts = Queries(&self.view()).import_parts(id, after, PARTS)?;
            let Some(last) = parts.last() else { return Ok(()) };
            after = Some(last.number);
            for failure in parts.into_iter().flat_map(|part| part.failed) {
                if !show(failure)? {
                    return Ok(());
                }
            }
        }
    }
}
