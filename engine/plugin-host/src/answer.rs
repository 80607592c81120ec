//! What plugins answer, checked before anybody believes it; and values on their way there.

use std::collections::BTreeMap;

use kapok_protocol::{PersonId, Record, Refusal, RefusalKind, Text, Value};

use crate::{Limits, bindings::kapok::plugin::types, imports::SYSTEM};

/// How a service task failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceFailure {
    /// An error that the model may catch.
    Error {
        /// Its code.
        code: String,
        /// What happened.
        message: String,
    },
    /// A technical failure.
    Failed {
        /// What happened.
        message: String,
        /// Whether trying again can help.
        retry: bool,
    },
}

/// How work after a commit failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TechnicalFailure {
    /// What happened.
    pub message: String,
    /// Whether trying again can help.
    pub retry: bool,
}

/// That a message was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the other side calls it.
    pub id: String,
}

/// Why a message was not taken, or perhaps not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelFailure {
    /// It never will be.
    Refused(Text),
    /// It surely was not; try again later.
    Retry(Text),
    /// Nobody knows; it must not be repeated without a person.
    Unknown(Text),
}

/// What is wrong with an answer.
#[derive(Debug)]
pub(crate) struct BadAnswer(pub String);

/// All fields of a record. What every record has besides them is not a plugin's to say.
pub(crate) fn record_fields(text: &str, limits: &Limits) -> Result<BTreeMap<String, Value>, BadAnswer> {
    let fields = fields(text, limits)?;
    match SYSTEM.iter().find(|name| fields.contains_key(**name)) {
        Some(name) => Err(BadAnswer(format!(
            "it sets {name}, which follows from who saves the record"
        ))),
        None => Ok(fields),
    }
}

/// Fields as JSON text.
pub(crate) fn json(fields: &BTreeMap<String, Value>) -> String {
    // Nothing in a value can fail to be JSON: keys are strings and numbers are decimals.
    serde_json::to_string(fields).unwrap_or_default()
}

/// A value as JSON text.
pub(crate) fn json_value(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn stored_record(record: &Record) -> types::StoredRecord {
    types::StoredRecord {
        id: record.id.get(),
        version: record.version,
        owner: record.owner.map(PersonId::get),
        fields: json(&record.fields),
    }
}

pub(crate) fn fields(text: &str, limits: &Limits) -> Result<BTreeMap<String, Value>, BadAnswer> {
    let fields: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|error| BadAnswer(format!("not a JSON object: {error}")))?;
    within(&fields, limits)?;
    Ok(fields)
}

/// Refuses fields that are nested too deep.
pub(crate) fn within(fields: &BTreeMap<String, Value>, limits: &Limits) -> Result<(), BadAnswer> {
    if fields.values().any(|value| deeper_than(value, limits.depth)) {
        return Err(BadAnswer(format!(
            "more than {} lists and maps inside each other",
            limits.depth
        )));
    }
    Ok(())
}

fn deeper_than(value: &Value, depth: usize) -> bool {
    match (value, depth.checked_sub(1)) {
        (Value::List(_) | Value::Map(_), None) => true,
        (Value::List(items), Some(rest)) => items.iter().any(|item| deeper_than(item, rest)),
        (Value::Map(entries), Some(rest)) => entries.values().any(|item| deeper_than(item, rest)),
        _ => false,
    }
}

pub(crate) fn refusals(refusals: Vec<types::Refusal>) -> Result<Vec<Refusal>, BadAnswer> {
    if refusals.is_empty() {
        return Err(BadAnswer("refused without a reason".to_owned()));
    }
    refusals
        .into_iter()
        .map(|refusal| {
            let types::Refusal { code, text, field } = refusal;
            if code.is_empty() || text.zh.is_empty() || text.en.is_empty() {
                return Err(BadAnswer(
                    "a refusal needs a code and a text in both languages".to_owned(),
                ));
            }
            Ok(Refusal {
                kind: RefusalKind::Invalid,
                code,
                text: text.into(),
                field,
            })
        })
        .collect()
}

/// The ids of people.
pub(crate) fn people(ids: &[u64]) -> Result<Vec<PersonId>, BadAnswer> {
    let person = |id: &u64| PersonId::new(*id).ok_or_else(|| BadAnswer("a person with the id 0".to_owned()));
    ids.iter().map(person).collect()
}

/// The rows of a report, each with so many columns.
pub(crate) fn rows(rows: &[String], columns: usize, limits: &Limits) -> Result<Vec<Vec<Value>>, BadAnswer> {
    let row = |(number, row): (usize, &String)| {
        let row: Vec<Value> = serde_json::from_str(row)
            .map_err(|error| BadAnswer(format!("row {number} is not a JSON array: {error}")))?;
        if row.len() != columns {
            let found = row.len();
            return Err(BadAnswer(format!(
                "row {number} has {found} values, and plugin.toml declares {columns} columns"
            )));
        }
        if row.iter().any(|value| deeper_than(value, limits.depth)) {
            return Err(BadAnswer(format!("row {number} is nested too deep")));
        }
        Ok(row)
    };
    rows.iter().enumerate().map(row).collect()
}

pub(crate) fn receipt(receipt: types::Receipt) -> Result<Receipt, BadAnswer> {
    if receipt.id.is_empty() {
        return Err(BadAnswer("a receipt without an id".to_owned()));
    }
    Ok(Receipt { id: receipt.id })
}

impl From<types::Text> for Text {
    fn from(text: types::Text) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

impl From<types::TechnicalFailure> for TechnicalFailure {
    fn from(failure: types::TechnicalFailure) -> Self {
        Self {
            message: failure.message,
            retry: failure.retry,
        }
    }
}

impl From<types::ServiceFailure> for ServiceFailure {
    fn from(failure: types::ServiceFailure) -> Self {
        match failure {
            types::ServiceFailure::BpmnError(error) => Self::Error {
                code: error.code,
                message: error.message,
            },
            types::ServiceFailure::Failed(failed) => Self::Failed {
                message: failed.message,
                retry: failed.retry,
            },
        }
    }
}

impl From<types::ChannelFailure> for ChannelFailure {
    fn from(failure: types::ChannelFailure) -> Self {
        match failure {
            types::ChannelFailure::Refused(text) => Self::Refused(text.into()),
            types::ChannelFailure::Retry(text) => Self::Retry(text.into()),
            types::ChannelFailure::Unknown(text) => Self::Unknown(text.into()),
        }
    }
}
