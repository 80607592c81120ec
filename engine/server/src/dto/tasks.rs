use std::collections::BTreeMap;

use kapok::{
    TaskDetail, TaskView,
    process::state::TaskState,
    protocol::{self, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Field, History, PersonRef};

/// A task in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskBrief {
    id: String,
    instance: String,
    /// What the case is called.
    title: String,
    /// What the step is called.
    name: String,
    /// The step's BPMN id.
    element: String,
    process: ProcessRef,
    /// `approval` or `work`.
    kind: &'static str,
    assignee: Option<PersonRef>,
    /// The groups that could take it.
    candidates: Vec<String>,
    /// Whether the caller may take it.
    claimable: bool,
    initiator: Option<PersonRef>,
    created_at: String,
    due_at: Option<String>,
    overdue: bool,
    reminders: u32,
    escalated_from: Option<PersonRef>,
    /// `open`, `completed` or `cancelled`.
    state: &'static str,
    decision: Option<&'static str>,
    comment: Option<String>,
    ended_at: Option<String>,
    completed_by: Option<PersonRef>,
}

/// A process by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcessRef {
    key: String,
    name: String,
}

impl From<TaskView> for TaskBrief {
    fn from(view: TaskView) -> Self {
        let state = match view.task.state {
            TaskState::Open => "open",
            TaskState::Completed => "completed",
            TaskState::Cancelled => "cancelled",
        };
        Self {
            id: view.task.id.to_string(),
            instance: view.task.instance.to_string(),
            title: view.title,
            name: view.name,
            element: view.element,
            process: ProcessRef {
                key: view.process,
                name: view.process_name,
            },
            kind: if view.approval { "approval" } else { "work" },
            assignee: view.assignee.map(PersonRef::from),
            candidates: view.candidates,
            claimable: view.claimable,
            initiator: view.initiator.map(PersonRef::from),
            created_at: view.task.created_at.to_string(),
            due_at: view.task.due_at.map(|at| at.to_string()),
            overdue: view.overdue,
            reminders: view.task.reminders,
            escalated_from: view.escalated_from.map(PersonRef::from),
            state,
            decision: view.task.decision.map(decision_name),
            comment: view.task.comment,
            ended_at: view.task.ended_at.map(|at| at.to_string()),
            completed_by: view.completed_by.map(PersonRef::from),
        }
    }
}

pub(super) fn decision_name(decision: protocol::Decision) -> &'static str {
    match decision {
        protocol::Decision::Approve => "approve",
        protocol::Decision::Reject => "reject",
    }
}

/// A task with its form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Task {
    #[serde(flatten)]
    brief: TaskBrief,
    /// Whether a rejection must say why.
    reason_required: bool,
    form: Form,
    history: Vec<History>,
}

/// The form of a task.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Form {
    /// Where its values live: `record` or `variables`.
    source: &'static str,
    record: Option<FormRecord>,
    fields: Vec<Field>,
    #[schema(value_type = Object)]
    values: BTreeMap<String, Value>,
    /// What fields that point at something show.
    display: BTreeMap<String, String>,
}

/// The record behind a form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormRecord {
    entity: String,
    id: String,
    version: u64,
}

impl From<TaskDetail> for Task {
    fn from(detail: TaskDetail) -> Self {
        let access = detail.form.access;
        let form = match detail.form.record {
            Some((record, definition)) => Form {
                source: "record",
                record: Some(FormRecord {
                    entity: record.reference.entity.to_string(),
                    id: record.reference.id.to_string(),
                    version: record.version,
                }),
                fields: Field::for_step(definition.fields.iter().map(Field::from).collect(), &access),
                values: record.fields,
                display: record.display,
            },
            None => Form {
                source: "variables",
                record: None,
                fields: Field::for_step(detail.form.fields.iter().map(Field::from).collect(), &access),
                values: detail.form.values,
                display: detail.form.display,
            },
        };
        Self {
            brief: detail.view.into(),
            reason_required: detail.reason_required,
            form,
            history: detail.history.into_iter().map(History::from).collect(),
        }
    }
}

/// How a task is finished.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Completion {
    #[serde(default)]
    decision: Option<Decision>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    variables: BTreeMap<String, Value>,
    #[serde(default)]
    record: Option<RecordPatch>,
}

/// How an approval is decided.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Decision {
    /// 同意.
    Approve,
    /// 拒绝.
    Reject,
}

/// Changed fields of a record, and the version they were changed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordPatch {
    pub(crate) version: u64,
    #[schema(value_type = Object)]
    pub(crate) fields: BTreeMap<String, Value>,
}

impl From<Completion> for kapok::TaskCompletion {
    fn from(completion: Completion) -> Self {
        let decision = completion.decision.map(|decision| match decision {
            Decision::Approve => protocol::Decision::Approve,
            Decision::Reject => protocol::Decision::Reject,
        });
        Self {
            decision,
            comment: completion.comment,
            variables: completion.variables,
            record: completion.record.map(|record| (record.version, record.fields)),
        }
    }
}
