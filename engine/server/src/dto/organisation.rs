use kapok::{
    FailedRow, HandedOver, LeavePreview, LoginFrom, NewStandIn, PeopleColumn, StandInView, protocol::PersonId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ImportPreview, PersonRef, Text};

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    pub(crate) password: String,
}

/// Who takes over from somebody who leaves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaving {
    #[schema(value_type = String)]
    pub(crate) hand_over_to: PersonId,
}

/// What was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandedOverView {
    tasks: usize,
    records: usize,
}

impl From<HandedOver> for HandedOverView {
    fn from(done: HandedOver) -> Self {
        Self {
            tasks: done.tasks,
            records: done.records,
        }
    }
}

/// What a person would leave behind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeavePreviewView {
    /// Open to-dos that are handed over, counted to 10,000.
    tasks: usize,
    /// Records that are handed over, by entity.
    records: Vec<LeftRecords>,
    /// Records that are shared with the person now.
    shares: usize,
    /// Those whose superior the person is.
    subordinates: Vec<PersonRef>,
    /// The departments the person heads.
    departments: Vec<String>,
    /// What names the person, and has to be changed by hand.
    definitions: Vec<NamingDefinition>,
}

/// Records that somebody is responsible for.
#[derive(Debug, Serialize, ToSchema)]
struct LeftRecords {
    entity: String,
    label: Text,
    /// How many, counted to 10,000.
    count: usize,
}

/// A definition that names a person.
#[derive(Debug, Serialize, ToSchema)]
struct NamingDefinition {
    /// `process`, `entity` or `total`.
    kind: &'static str,
    id: String,
    label: Text,
}

impl From<LeavePreview> for LeavePreviewView {
    fn from(preview: LeavePreview) -> Self {
        let records = preview.records.into_iter().map(|(entity, label, count)| LeftRecords {
            entity: entity.to_string(),
            label: label.into(),
            count,
        });
        let definitions = preview.definitions.into_iter().map(|named| NamingDefinition {
            kind: named.kind,
            id: named.id,
            label: named.label.into(),
        });
        Self {
            tasks: preview.tasks,
            records: records.collect(),
            shares: preview.shares,
            subordinates: preview.subordinates.into_iter().map(Into::into).collect(),
            departments: preview.departments,
            definitions: definitions.collect(),
        }
    }
}

/// Somebody acts for somebody else for some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandIn {
    id: String,
    stand_in: PersonRef,
    /// The first day.
    from: String,
    /// The last day.
    until: String,
    /// The key of the only process it is for; all when absent.
    process: Option<String>,
    /// Whether it is over.
    ended: bool,
}

impl From<StandInView> for StandIn {
    fn from(view: StandInView) -> Self {
        Self {
            id: view.id.to_string(),
            stand_in: view.stand_in.into(),
            from: view.from,
            until: view.until,
            process: view.process,
            ended: view.ended,
        }
    }
}

/// A stand-in as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandInRequest {
    #[schema(value_type = String)]
    stand_in: PersonId,
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last day.
    until: String,
    /// The key of the only process it is for; all when absent.
    process: Option<String>,
}

impl From<StandInRequest> for NewStandIn {
    fn from(request: StandInRequest) -> Self {
        Self {
            stand_in: request.stand_in,
            from: request.from,
            until: request.until,
            process: request.process,
        }
    }
}

/// The id of a new stand-in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandInCreated {
    pub(crate) id: String,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeopleImport {
    /// Whether nothing was saved.
    dry_run: bool,
    rows: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: Vec<FailedRowView>,
    /// The columns of the file, and what they were taken for.
    columns: Vec<PeopleColumnView>,
    /// Everything that a column can be.
    targets: Vec<PeopleTarget>,
    /// What sign-in names are where no column says it: `id`, `name`, or nothing.
    login: Option<&'static str>,
    /// Departments that were not there: made, or to be made.
    departments: Vec<String>,
    /// Posts that were not there: made, or to be made.
    posts: Vec<String>,
    /// In a dry run, what the first rows would be.
    preview: Vec<ImportPreview>,
}

/// Why a row could not be taken.
#[derive(Debug, Serialize, ToSchema)]
struct FailedRowView {
    /// Its number in the file.
    row: usize,
    login: String,
    field: Option<String>,
    text: Text,
}

/// A column of a file of people.
#[derive(Debug, Serialize, ToSchema)]
struct PeopleColumnView {
    heading: String,
    /// A field of a person, `id`, `first_name`, `last_name`, or nothing.
    target: Option<String>,
    /// Some of its cells.
    samples: Vec<String>,
}

/// What a column of a file of people can be.
#[derive(Debug, Serialize, ToSchema)]
struct PeopleTarget {
    id: String,
    label: Text,
}

impl PeopleImport {
    pub(crate) fn new(done: kapok::PeopleImport, dry_run: bool) -> Self {
        let failed = |row: FailedRow| FailedRowView {
            row: row.row,
            login: row.login,
            field: row.field,
            text: row.text.into(),
        };
        let column = |column: PeopleColumn| PeopleColumnView {
            heading: column.heading,
            target: column.target,
            samples: column.samples,
        };
        let report = done.report;
        Self {
            dry_run,
            rows: report.rows,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed.into_iter().map(failed).collect(),
            columns: done.columns.into_iter().map(column).collect(),
            targets: done
                .targets
                .into_iter()
                .map(|(id, label)| PeopleTarget {
                    id,
                    label: label.into(),
                })
                .collect(),
            login: done.login.map(|from| match from {
                LoginFrom::Id => "id",
                LoginFrom::Name => "name",
            }),
            departments: done.departments,
            posts: done.posts,
            preview: done.preview.into_iter().map(ImportPreview::from).collect(),
        }
    }
}
