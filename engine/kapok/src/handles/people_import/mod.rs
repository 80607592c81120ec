//! People from a spreadsheet. A dry run says what would happen and which rows cannot be taken; then row by row is saved.
//! Rows that say what is known already change nothing, so an import that was interrupted is simply done again.

mod columns;
mod names;
mod rows;
mod sign_in_names;
mod take;

use kapok_protocol::{RecordId, Refusal, RefusalKind, Text};
use serde::Deserialize;

use super::{Administrator, PreviewRow};
use crate::{Error, SheetFormat, SheetKind, export::SheetWriter, spreadsheet::Sheet};

pub use columns::PeopleColumn;
use rows::Reading;

/// So many rows of a dry run are shown.
const PREVIEW: usize = 20;

/// What is done with the rows of a file of people, as the administrator says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleImportOptions {
    /// For each column what it says: a field of a person, `id` (a number by which the file names superiors), `first_name`,
    /// `last_name`, or nothing; what it probably says when not given.
    pub columns: Option<Vec<Option<String>>>,
    /// What the sign-in name is where no column says it.
    pub login: Option<LoginFrom>,
    /// Whether departments and posts that are not there are made.
    pub make_missing: bool,
    /// The roles of new people whose row names none.
    pub roles: Vec<RecordId>,
}

/// What a sign-in name is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginFrom {
    /// It is the number in the file.
    Id,
    /// `nancy.davolio`, `zhang.wei`.
    Name,
}

/// An import of people from a file.
#[derive(Debug, Clone, Default)]
pub struct PeopleImport {
    /// What came of the rows.
    pub report: ImportReport,
    /// The columns of the file, and what they were taken for.
    pub columns: Vec<PeopleColumn>,
    /// Everything that a column can be, with what it is called.
    pub targets: Vec<(String, Text)>,
    /// What sign-in names are where no column says it.
    pub login: Option<LoginFrom>,
    /// Departments that were not there: made, or to be made.
    pub departments: Vec<String>,
    /// Posts that were not there: made, or to be made.
    pub posts: Vec<String>,
    /// In a dry run, what the first rows would be.
    pub preview: Vec<PreviewRow>,
}

/// What came of people who were to be taken in, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows with something in them.
    pub rows: usize,
    /// People that are new.
    pub created: usize,
    /// People that were changed.
    pub updated: usize,
    /// People about whom nothing was new.
    pub unchanged: usize,
    /// Rows that could not be taken, or not as a whole.
    pub failed: Vec<FailedRow>,
    /// What became of the others.
    pub taken: Vec<Taken>,
}

impl ImportReport {
    fn count(&mut self, taken: TakenAs) {
        match taken {
            TakenAs::Created => self.created += 1,
            TakenAs::Updated => self.updated += 1,
            TakenAs::Unchanged => self.unchanged += 1,
        }
    }
}

/// A row that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its number where it comes from.
    pub row: usize,
    /// Who it is; nobody yet when somebody new was only tried.
    pub person: Option<RecordId>,
    /// What became of it.
    pub taken: TakenAs,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenAs {
    /// Somebody new.
    Created,
    /// Something changed.
    Updated,
    /// All was so already.
    Unchanged,
}

/// Why a row could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRow {
    /// Its number in the file.
    pub row: usize,
    /// The sign-in name in it.
    pub login: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// What is wrong.
    pub text: Text,
}

impl Administrator {
    /// Takes people from a spreadsheet; in a dry run nothing is saved.
    pub fn import_people(
        &self,
        file: &[u8],
        kind: SheetKind,
        options: &PeopleImportOptions,
        dry_run: bool,
    ) -> Result<PeopleImport, Error> {
        self.import_sheet(&Sheet::read(file, kind)?, options, dry_run)
    }

    fn import_sheet(&self, sheet: &Sheet, options: &PeopleImportOptions, dry_run: bool) -> Result<PeopleImport, Error> {
        let catalogue = self.kapok.shared.catalogue();
        let columns = columns::Columns::new(&catalogue, &sheet.headings, options.columns.as_deref())?;
        let mut names = self.people_names()?;
        let reading = Reading {
            columns: &columns,
            options,
            utc_offset_minutes: self.kapok.shared.settings.utc_offset_minutes,
        };
        let made = match options.make_missing {
            true => self.make_missing(&reading.missing(sheet, &names), &mut names, dry_run),
            false => names::Missing::default(),
        };
        let (rows, failed) = reading.rows(sheet, &names);
        let mut report = self.take_people(&rows, dry_run)?;
        report.rows = sheet.rows.len();
        report.failed.extend(failed);
        report.failed.sort_by_key(|failed| failed.row);
        let preview = match dry_run {
            true => reading.preview(sheet, &report),
            false => Vec::new(),
        };
        Ok(PeopleImport {
            report,
            login: reading.login(),
            columns: columns.described(sheet),
            targets: columns.targets(),
            departments: made.departments,
            posts: made.posts,
            preview,
        })
    }

    /// The rows that could not be taken, with the reasons, as a file to be mended and brought in again.
    pub fn failing_people(
        &self,
        file: &[u8],
        kind: SheetKind,
        options: &PeopleImportOptions,
        format: SheetFormat,
    ) -> Result<Vec<u8>, Error> {
        let sheet = Sheet::read(file, kind)?;
        let failed = self.import_sheet(&sheet, options, true)?.report.failed;
        let english = self.language()? == "en";
        let mut written = SheetWriter::new(format)?;
        let mut headings = sheet.headings.clone();
        headings.extend(match english {
            true => ["Row".to_owned(), "Reason".to_owned()],
            false => ["行号".to_owned(), "原因".to_owned()],
        });
        written.texts(&headings)?;
        for (number, cells) in &sheet.rows {
            let reasons = failed.iter().filter(|failed| failed.row == *number);
            let said = reasons.map(|failed| if english { &*failed.text.en } else { &*failed.text.zh });
            let reasons: Vec<&str> = said.collect();
            if reasons.is_empty() {
                continue;
            }
            let mut cells = cells.clone();
            cells.resize(sheet.headings.len(), String::new());
            cells.extend([number.to_string(), reasons.join(if english { " " } else { "" })]);
            written.texts(&cells)?;
        }
        written.finish()
    }
}

fn text(record: &kapok_protocol::Record, field: &str) -> Option<String> {
    let value = record.fields.get(field)?;
    value.as_text().map(str::to_owned)
}

fn invalid(field: &str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "import.row", zh, en).at(field)
}
