use kapok_protocol::{RecordId, Value};

use super::{choices, contact, files, moments, numbers, rich_text};
use crate::definition::FieldKind;

/// What is wrong with a value, to be said after the field's label.
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) zh: String,
    pub(super) en: String,
}

pub(super) fn fault<T>(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Fault> {
    Err(Fault {
        code,
        zh: zh.into(),
        en: en.into(),
    })
}

/// The most values of a field with several.
const SEVERAL: usize = 500;

/// A value in the form it is stored in. `now` is what the record has: what is there may stay, even if it could not be
/// chosen any more.
pub(super) fn normal(kind: &FieldKind, value: &Value, now: Option<&Value>) -> Result<Value, Fault> {
    if kind.is_multiple() {
        let Some(items) = value.as_list().filter(|items| items.len() <= SEVERAL) else {
            return fault("field.type", "应为列表。", "must be a list.");
        };
        let had = now.and_then(Value::as_list).unwrap_or_default();
        let mut list: Vec<Value> = Vec::with_capacity(items.len());
        for item in items {
            let item = one(kind, item, &|key| had.contains(key))?;
            // Twice the same is once.
            if !list.contains(&item) {
                list.push(item);
            }
        }
        return Ok(Value::List(list));
    }
    // Of an address, the region may stay while the rest changes.
    one(kind, value, &|key| {
        now.is_some_and(|now| now == key || now.at("region") == Some(key))
    })
}

fn one(kind: &FieldKind, value: &Value, had: &dyn Fn(&Value) -> bool) -> Result<Value, Fault> {
    match kind {
        FieldKind::Text { max_length } => {
            let text = text(value)?;
            if text.contains(['\r', '\n']) {
                return fault("field.one-line", "只能有一行。", "must be one line.");
            }
            within(text, *max_length)
        }
        FieldKind::LongText { max_length } => within(text(value)?, *max_length),
        FieldKind::RichText { max_length } => rich_text::clean(text(value)?, *max_length),
        FieldKind::Number { scale, min, max } => numbers::number(value, *scale, *min, *max),
        FieldKind::Decimal { scale, min, max } => numbers::number(value, Some(*scale), *min, *max),
        FieldKind::Money { min, max, .. } => numbers::number(value, Some(2), *min, *max),
        FieldKind::Date => moments::date(text(value)?),
        FieldKind::Time => moments::time(text(value)?),
        FieldKind::DateTime => moments::date_time(text(value)?),
        FieldKind::Boolean => match value {
            Value::Bool(_) => Ok(value.clone()),
            _ => fault("field.boolean", "只能是“是”或“否”。", "must be true or false."),
        },
        FieldKind::Choice { choices, .. } | FieldKind::TreeChoice { choices, .. } => {
            choices::choice(choices, text(value)?, had)
        }
        FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. } => record_id(value),
        FieldKind::Attachment(limits) => files::files(value, *limits, false),
        FieldKind::Picture(limits) => files::files(value, *limits, true),
        FieldKind::Phone => contact::phone(text(value)?),
        FieldKind::Email => contact::email(text(value)?),
        FieldKind::Address { choices, dictionary } => {
            contact::address(value, dictionary.as_ref().map(|_| choices.as_ref()), had)
        }
        FieldKind::AutoNumber { .. } => within(text(value)?, 100),
        FieldKind::Formula { result, .. } | FieldKind::RollUp { result, .. } => one(result, value, had),
        // Rows are checked one by one, with their paths.
        FieldKind::Lines { .. } => fault("field.type", "不能放在明细里。", "cannot stand inside line items."),
    }
}

pub(super) fn text(value: &Value) -> Result<&str, Fault> {
    match value.as_text() {
        Some(text) if text.contains('\0') => {
            fault("field.type", "含有不允许的字符。", "contains a forbidden character.")
        }
        Some(text) => Ok(text.trim()),
        None => fault("field.type", "应为文字。", "must be text."),
    }
}

pub(super) fn within(text: &str, max_length: usize) -> Result<Value, Fault> {
    if text.chars().count() > max_length {
        return fault(
            "field.too-long",
            format!("不能超过 {max_length} 个字。"),
            format!("must not be longer than {max_length} characters."),
        );
    }
    Ok(text.into())
}

fn record_id(value: &Value) -> Result<Value, Fault> {
    match value.as_text().and_then(|text| text.trim().parse::<RecordId>().ok()) {
        Some(id) => Ok(id.to_string().into()),
        None => fault("field.reference", "没有选择有效的记录。", "does not name a record."),
    }
}
