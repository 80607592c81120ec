use std::collections::BTreeMap;

use kapok::{
    FailureReason, ImportCounts, ImportMode, ImportOptions, ImportState, ImportView, NewImport, OnDuplicate,
    PreviewRow,
    protocol::{self, PersonId, RecordId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, Text};

/// A file that was brought in, to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportFile {
    /// The file as `POST /files` names it: CSV or XLSX.
    pub(crate) file: String,
    /// What it is called.
    pub(crate) name: String,
}

/// What is done with the rows of a file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportSettings {
    /// For each column the field that it holds, `lines.product` for a column of line items, `owner` for who is responsible, or
    /// null. Rows with the same key, one below the other, are one record when they say line items.
    columns: Vec<Option<String>>,
    /// `create`, `update` or `both`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    mode: ImportMode,
    /// The unique field or number, or `id`, by which a row finds its record.
    #[serde(default)]
    key: Option<String>,
    /// What happens to a row whose record is there already: `skip`, `refuse` or `create`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    duplicates: OnDuplicate,
    /// Who is responsible for new records; the caller when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    owner: Option<PersonId>,
    /// Whether an empty cell empties the field of a record that is there.
    #[serde(default)]
    clear_empty: bool,
    /// Whether the records start processes as others do. Plugins react to them in any case.
    #[serde(default)]
    start_processes: bool,
}

impl From<ImportSettings> for ImportOptions {
    fn from(settings: ImportSettings) -> Self {
        Self {
            columns: settings.columns,
            mode: settings.mode,
            key: settings.key,
            duplicates: settings.duplicates,
            owner: settings.owner,
            clear_empty: settings.clear_empty,
            start_processes: settings.start_processes,
        }
    }
}

impl From<ImportOptions> for ImportSettings {
    fn from(options: ImportOptions) -> Self {
        Self {
            columns: options.columns,
            mode: options.mode,
            key: options.key,
            duplicates: options.duplicates,
            owner: options.owner,
            clear_empty: options.clear_empty,
            start_processes: options.start_processes,
        }
    }
}

/// An import of records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Import {
    id: String,
    entity: String,
    /// What the file is called.
    name: String,
    asked_by: PersonRef,
    asked_at: String,
    /// `draft`, `checking`, `checked`, `running`, `done`, `stopped`, `undoing` or `undone`.
    state: &'static str,
    /// How many rows the file has.
    rows: u64,
    headings: Vec<String>,
    options: Option<ImportSettings>,
    counts: ImportCount,
    /// Why it came to an end early.
    reason: Option<Text>,
    /// Some of the records that could not be put back when it was undone.
    kept: Vec<KeptRecord>,
    began_at: Option<String>,
    ended_at: Option<String>,
    /// Whether it is the caller's own, to go on with or to undo.
    own: bool,
}

/// What came of the rows of an import; of a check, what would come of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportCount {
    seen: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    skipped: u64,
    failed: u64,
    undone: u64,
    kept: u64,
}

/// Why rows could not be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FailureReasonView {
    /// The field at fault.
    field: Option<String>,
    text: Text,
    /// How many rows.
    count: usize,
    /// The first of them, by their numbers in the file.
    rows: Vec<u64>,
}

impl From<FailureReason> for FailureReasonView {
    fn from(reason: FailureReason) -> Self {
        Self {
            field: reason.field,
            text: reason.text.into(),
            count: reason.count,
            rows: reason.rows,
        }
    }
}

/// A record that was left as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptRecord {
    id: String,
    text: Text,
}

impl From<(RecordId, protocol::Text)> for KeptRecord {
    fn from((id, text): (RecordId, protocol::Text)) -> Self {
        Self {
            id: id.to_string(),
            text: text.into(),
        }
    }
}

impl From<ImportCounts> for ImportCount {
    fn from(counts: ImportCounts) -> Self {
        let ImportCounts {
            seen,
            created,
            updated,
            unchanged,
            skipped,
            failed,
            undone,
            kept,
        } = counts;
        Self {
            seen,
            created,
            updated,
            unchanged,
            skipped,
            failed,
            undone,
            kept,
        }
    }
}

impl From<ImportView> for Import {
    fn from(view: ImportView) -> Self {
        Self {
            id: view.id.to_string(),
            entity: view.entity.to_string(),
            name: view.name,
            asked_by: view.asked_by.into(),
            asked_at: view.asked_at.to_string(),
            state: match view.state {
                ImportState::Draft => "draft",
                ImportState::Checking => "checking",
                ImportState::Checked => "checked",
                ImportState::Running | ImportState::Linking => "running",
                ImportState::Done => "done",
                ImportState::Stopped => "stopped",
                ImportState::Undoing => "undoing",
                ImportState::Undone => "undone",
            },
            rows: view.rows,
            headings: view.headings,
            options: view.options.map(ImportSettings::from),
            counts: view.counts.into(),
            reason: view.reason.map(Text::from),
            kept: view.kept.into_iter().map(KeptRecord::from).collect(),
            began_at: view.began_at.map(|at| at.to_string()),
            ended_at: view.ended_at.map(|at| at.to_string()),
            own: view.is_own,
        }
    }
}

/// A new import, with what its columns probably are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportBegun {
    import: Import,
    /// For each heading the field that it probably means.
    suggestion: Vec<Option<String>>,
    /// The fields by which rows can find records that are there.
    keys: Vec<String>,
    /// The first rows, as they stand in the file.
    sample: Vec<SampleRow>,
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SampleRow {
    row: u64,
    cells: Vec<String>,
}

impl From<NewImport> for ImportBegun {
    fn from(new: NewImport) -> Self {
        let sample = new.sample.into_iter();
        Self {
            import: new.import.into(),
            suggestion: new.suggestion,
            keys: new.keys,
            sample: sample.map(|(row, cells)| SampleRow { row, cells }).collect(),
        }
    }
}

/// What a row of a file would be as a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportPreview {
    row: u64,
    /// `create`, `update`, `unchanged`, `skip` or `fail`.
    outcome: &'static str,
    /// The fields as they would be stored, in words.
    values: BTreeMap<String, String>,
    /// Why it would fail.
    reasons: Vec<RowReason>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowReason {
    field: Option<String>,
    text: Text,
}

impl From<PreviewRow> for ImportPreview {
    fn from(row: PreviewRow) -> Self {
        let reason = |(field, text): (Option<String>, protocol::Text)| RowReason {
            field,
            text: text.into(),
        };
        Self {
            row: row.row,
            outcome: row.outcome,
            values: row.values.into_iter().collect(),
            reasons: row.reasons.into_iter().map(reason).collect(),
        }
    }
}
