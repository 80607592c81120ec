//! Between the contract's JSON text and fields.

use crate::{
    Answer, Fields, Job, RecordChange, Save, ServiceFailure, StoredRecord, bindings::kapok::plugin::types as wire,
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

pub(crate) fn answer(answer: Answer) -> wire::Answer {
    let change = |change: RecordChange| wire::RecordChange {
        record: change.record,
        set: text(&change.set),
    };
    wire::Answer {
        variables: text(&answer.variables),
        changes: answer.changes.into_iter().map(change).collect(),
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
