use kapok::{FailedRow, HandedOver, ImportReport, NewStandIn, StandInView, protocol::PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, Text};

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

impl PeopleImport {
    pub(crate) fn new(report: ImportReport, dry_run: bool) -> Self {
        let failed = |row: FailedRow| FailedRowView {
            row: row.row,
            login: row.login,
            field: row.field,
            text: row.text.into(),
        };
        Self {
            dry_run,
            rows: report.rows,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed.into_iter().map(failed).collect(),
        }
    }
}
