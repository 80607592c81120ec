//! Between the contract's JSON text and fields.

use crate::{
    Action, Failure, Fields, Job, Report, Row, Rule, Save, Saved, ServiceFailure, StoredRecord, Value,
    bindings::kapok::plugin::types as wire,
};

pub(crate) fn fields(text: &str) -> Option<Fields> {
    serde_json::from_str(text).ok()
}

pub(crate) fn text(fields: &Fields) -> String {
    // A map of JSON values is always JSON.
    serde_json::to_string(fields).unwrap_or_default()
}

pub(crate) fn record(record: wire::StoredRecord) -> Option<StoredRecord> {
    Some(StoredRecord {
        id: record.id,
        version: record.version,
        owner: record.owner,
        fields: fields(&record.fields)?,
    })
}

pub(crate) fn save(save: wire::Save) -> Option<Save> {
    let before = match save.before {
        Some(before) => Some(record(before)?),
        None => None,
    };
    Some(Save {
        entity: save.entity,
        before,
        after: fields(&save.after)?,
    })
}

pub(crate) fn job(job: wire::Job) -> Option<Job> {
    Some(Job {
        handler: job.handler,
        key: job.key,
        inputs: fields(&job.inputs)?,
    })
}

pub(crate) fn saved(saved: wire::Saved) -> Option<Saved> {
    let now = match saved.now {
        Some(now) => Some(record(now)?),
        None => None,
    };
    Some(Saved {
        entity: saved.record.entity,
        id: saved.record.id,
        created: saved.created,
        changed: saved.changed,
        now,
    })
}

pub(crate) fn action(action: wire::Action) -> Option<Action> {
    Some(Action {
        name: action.name,
        record: record(action.record)?,
        inputs: fields(&action.inputs)?,
    })
}

pub(crate) fn rule(rule: wire::Rule) -> Option<Rule> {
    Some(Rule {
        name: rule.name,
        record: rule.record,
        initiator: rule.initiator,
        inputs: fields(&rule.inputs)?,
    })
}

pub(crate) fn report(report: wire::Report) -> Option<Report> {
    Some(Report {
        name: report.name,
        inputs: fields(&report.inputs)?,
    })
}

pub(crate) fn row(row: Row) -> String {
    Value::Array(row).to_string()
}

/// A value that the host sends; null when it is none, which it never sends.
pub(crate) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

pub(crate) fn technical(failure: Failure) -> wire::TechnicalFailure {
    wire::TechnicalFailure {
        message: failure.message,
        retry: failure.retry,
    }
}

pub(crate) fn failure(failure: ServiceFailure) -> wire::ServiceFailure {
    match failure {
        ServiceFailure::Error { code, message } => wire::ServiceFailure::BpmnError(wire::BpmnError { code, message }),
        ServiceFailure::Failed { message, retry } => {
            wire::ServiceFailure::Failed(wire::TechnicalFailure { message, retry })
        }
    }
}
