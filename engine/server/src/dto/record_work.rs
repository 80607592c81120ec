use std::collections::BTreeMap;

use kapok::{
    BulkAction, BulkAnswer, HistoryItem, RecordActor, RecordChange, RecordJobState, RecordJobView,
    protocol::{self, Filter, PersonId, RecordId, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, Record, Text};
use crate::problem::Problem;

/// Something that happened to a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    at: String,
    /// The person who did it; absent when a process or the system did.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<PersonRef>,
    cause: Cause,
    /// `saved`, `deleted`, `restored`, `transferred`, `merged`, `merged-into` or `followed`.
    event: &'static str,
    /// The people or the record that the event names.
    names: Vec<String>,
    changes: Vec<FieldChange>,
}

/// Through what something was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cause {
    /// `person`, `process` or `system`: who did it.
    kind: &'static str,
    /// The case through which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// What the case is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The plugins that had a part in it.
    plugins: Vec<Text>,
}

/// A changed field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldChange {
    field: String,
    label: Text,
    #[schema(value_type = Object)]
    before: Value,
    #[schema(value_type = Object)]
    after: Value,
    /// What the values show, when they point at something.
    #[serde(skip_serializing_if = "Option::is_none")]
    before_display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_display: Option<String>,
}

impl From<HistoryItem> for HistoryEntry {
    fn from(item: HistoryItem) -> Self {
        let (kind, actor) = match item.actor {
            RecordActor::Person(who) => ("person", Some(who.into())),
            RecordActor::Process => ("process", None),
            RecordActor::System => ("system", None),
        };
        let event = match item.change {
            None => "saved",
            Some(RecordChange::Deleted) => "deleted",
            Some(RecordChange::Restored) => "restored",
            Some(RecordChange::Transferred { .. }) => "transferred",
            Some(RecordChange::Merged(_)) => "merged",
            Some(RecordChange::MergedInto(_)) => "merged-into",
            Some(RecordChange::Followed) => "followed",
            Some(RecordChange::Shared { .. }) => "shared",
            Some(RecordChange::Unshared(_)) => "unshared",
            Some(RecordChange::Connected(_)) => "connected",
            Some(RecordChange::Disconnected(_)) => "disconnected",
        };
        let (instance, title) = item.case.unzip();
        let [mut before_display, mut after_display] = item.display;
        let changes = item
            .fields
            .into_iter()
            .map(|(field, label, before, after)| FieldChange {
                before_display: before_display.remove(&field),
                after_display: after_display.remove(&field),
                field,
                label: label.into(),
                before,
                after,
            });
        Self {
            at: item.at.to_string(),
            actor,
            cause: Cause {
                kind,
                instance: instance.map(|id| id.to_string()),
                title,
                plugins: item.plugins.into_iter().map(Text::from).collect(),
            },
            event,
            names: item.names,
            changes: changes.collect(),
        }
    }
}

/// To whom a record is handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transfer {
    #[schema(value_type = String)]
    pub(crate) to: PersonId,
}

/// A record that was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transferred {
    /// As the caller may see it now; absent when they no longer may.
    pub(crate) record: Option<Record>,
}

/// Which records are handed over, and to whom: `ids` or a `filter`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferMany {
    pub(crate) entity: String,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(crate) ids: Vec<RecordId>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) filter: Option<Filter>,
    #[schema(value_type = String)]
    pub(crate) to: PersonId,
}

/// Work that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Started {
    /// Its id, for `/jobs-of-records/{id}`.
    pub(crate) job: String,
}

/// Which records become one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    #[schema(value_type = String)]
    pub(crate) keep: RecordId,
    #[schema(value_type = Vec<String>)]
    pub(crate) others: Vec<RecordId>,
    /// What is changed in the one that is kept.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) fields: BTreeMap<String, Value>,
}

/// One record made of several.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Merged {
    pub(crate) record: Record,
    /// The work that leads to it what named the others, for `/jobs-of-records/{id}`.
    pub(crate) job: String,
}

/// What is done with many records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bulk {
    #[schema(value_type = Vec<String>)]
    ids: Vec<RecordId>,
    action: BulkKind,
    /// For `update`: the changed fields.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    fields: Option<BTreeMap<String, Value>>,
    /// For `transfer`: to whom.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    to: Option<PersonId>,
}

/// What can be done with many records.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BulkKind {
    Update,
    Delete,
    Transfer,
}

impl Bulk {
    pub(crate) fn action(self) -> Result<(Vec<RecordId>, BulkAction), Problem> {
        let action = match (self.action, self.fields, self.to) {
            (BulkKind::Update, Some(fields), None) => BulkAction::Update(fields),
            (BulkKind::Delete, None, None) => BulkAction::Delete,
            (BulkKind::Transfer, None, Some(to)) => BulkAction::Transfer(to),
            _ => {
                return Err(Problem::malformed(
                    "`update` takes `fields`, `transfer` takes `to`, `delete` takes neither",
                ));
            }
        };
        Ok((self.ids, action))
    }
}

/// What became of one of many records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkResult {
    id: String,
    ok: bool,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

impl From<BulkAnswer> for BulkResult {
    fn from((id, answer): BulkAnswer) -> Self {
        Self {
            id: id.to_string(),
            ok: answer.is_ok(),
            problem: answer.err().map(Problem::from),
        }
    }
}

/// Work on many records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordJob {
    id: String,
    /// `transfer`, `merge`, `back-fill` or `roll-ups`.
    kind: &'static str,
    entity: String,
    asked_by: Option<PersonRef>,
    asked_at: String,
    /// `running`, `done` or `stopped`.
    state: &'static str,
    /// How many records were looked at.
    seen: u64,
    changed: u64,
    refused: u64,
    /// Some of those that could not be changed.
    problems: Vec<JobProblem>,
    ended_at: Option<String>,
}

/// A record that could not be changed, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobProblem {
    record: String,
    text: Text,
}

impl From<RecordJobView> for RecordJob {
    fn from(job: RecordJobView) -> Self {
        let problems = job
            .problems
            .into_iter()
            .map(|(record, text): (String, protocol::Text)| JobProblem {
                record,
                text: text.into(),
            });
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            entity: job.entity,
            asked_by: job.asked_by.map(PersonRef::from),
            asked_at: job.asked_at.to_string(),
            state: match job.state {
                RecordJobState::Running => "running",
                RecordJobState::Done => "done",
                RecordJobState::Stopped => "stopped",
            },
            seen: job.seen,
            changed: job.changed,
            refused: job.refused,
            problems: problems.collect(),
            ended_at: job.ended_at.map(|at| at.to_string()),
        }
    }
}
