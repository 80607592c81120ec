//! A process's own form: what may be entered into its fields.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use kapok_model::{FieldKind, FormField};
use kapok_protocol::{Refusal, Value};
use rust_decimal::Decimal;

use crate::{Directory, human::assignment, refusals};

/// Checks what a case starts with: every required field is there, and every field is of its kind. `strict` refuses
/// names that the form does not have.
pub(crate) fn check_start(
    form: &[FormField],
    variables: &BTreeMap<String, Value>,
    strict: bool,
    directory: &dyn Directory,
) -> Result<BTreeMap<String, Value>, Refusal> {
    check_fields(form, variables, strict, "", directory)
}

fn check_fields(
    fields: &[FormField],
    values: &BTreeMap<String, Value>,
    strict: bool,
    prefix: &str,
    directory: &dyn Directory,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut kept = values.clone();
    for field in fields {
        let place = format!("{prefix}{}", field.id);
        match values.get(&field.id) {
            Some(value) if !value.is_empty() => {
                kept.insert(field.id.clone(), check_value(field, value, &place, directory)?);
            }
            _ if field.required => return Err(refusals::field_required(&field.label, &place)),
            _ => {}
        }
    }
    let known = |name: &String| fields.iter().any(|field| field.id == *name);
    match values.keys().find(|name| !known(name)) {
        Some(name) if strict => Err(refusals::field_unknown(&format!("{prefix}{name}"))),
        _ => Ok(kept),
    }
}

/// The value as it is kept when the field can hold it; nothing is always possible. `place` is the field's path.
pub(crate) fn check_value(
    field: &FormField,
    value: &Value,
    place: &str,
    directory: &dyn Directory,
) -> Result<Value, Refusal> {
    if value.is_empty() && field.kind != FieldKind::Lines {
        return Ok(value.clone());
    }
    let text = value.as_text();
    let (fits, zh, en) = match field.kind {
        FieldKind::Lines => return lines(field, value, place, directory),
        FieldKind::Number | FieldKind::Money => match number(value) {
            Some(number) => return Ok(number),
            None => (false, "数字", "a number"),
        },
        FieldKind::Text | FieldKind::LongText => (text.is_some(), "文字", "text"),
        FieldKind::Date => (
            text.is_some_and(is_date),
            "日期，例如 2026-05-01",
            "a date such as 2026-05-01",
        ),
        FieldKind::DateTime => (
            text.is_some_and(is_date_time),
            "时间，例如 2026-05-01T09:00",
            "a time such as 2026-05-01T09:00",
        ),
        FieldKind::Boolean => (value.as_bool().is_some(), "是或否", "yes or no"),
        FieldKind::Choice => {
            let offered = text.is_some_and(|text| field.choices.iter().any(|choice| choice == text));
            (offered, "列表中的选项", "one of the choices")
        }
        FieldKind::Person => (
            assignment::names_person(value, directory),
            "在职人员",
            "somebody who works here",
        ),
    };
    if fits {
        Ok(value.clone())
    } else {
        Err(refusals::field_invalid(&field.label, place, zh, en))
    }
}

fn lines(field: &FormField, value: &Value, place: &str, directory: &dyn Directory) -> Result<Value, Refusal> {
    let wrong = || refusals::field_invalid(&field.label, place, "明细行", "a list of lines");
    if value.is_empty() {
        return Ok(Value::List(Vec::new()));
    }
    let mut kept = Vec::new();
    for (row, line) in value.as_list().ok_or_else(wrong)?.iter().enumerate() {
        let columns = line.as_map().ok_or_else(wrong)?;
        let prefix = format!("{place}.{row}.");
        kept.push(Value::Map(check_fields(
            &field.columns,
            columns,
            true,
            &prefix,
            directory,
        )?));
    }
    Ok(Value::List(kept))
}

/// A number, or a text that is one: browsers lose digits of large numbers, so they may send text.
fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::Text(text) => text.trim().parse::<Decimal>().ok().map(Value::Number),
        _ => None,
    }
}

fn is_date(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_date_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
            .iter()
            .any(|format| NaiveDateTime::parse_from_str(text, format).is_ok())
}
