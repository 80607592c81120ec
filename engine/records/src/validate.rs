//! What makes the fields of a record valid.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use kapok_protocol::{RecordId, Refusal, RefusalKind, Text, Value};
use kapok_rules::{Context, resolve};
use rust_decimal::Decimal;

use crate::definition::{EntityDefinition, Field, FieldKind};

/// The fields of a record, by name.
pub type Fields = BTreeMap<String, Value>;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// A person, who may not write read-only fields.
    Person,
    /// A plugin or a process, which may.
    Program,
}

/// The most line items of one record.
const LINES: usize = 1_000;

/// What a new record begins with: the defaults of its fields, with words such as `$today` resolved.
pub fn defaults(entity: &EntityDefinition, context: &Context) -> Fields {
    let default = |field: &Field| {
        let value = resolve(field.default.as_ref()?, context).ok()?;
        Some((field.id.clone(), value))
    };
    entity.fields.iter().filter_map(default).collect()
}

/// The fields a record has after a save, in normal form, or everything that is wrong with it.
///
/// `current` is what the record has now (for a new one, its [`defaults`]); `submitted` is what changes, and null
/// empties a field. Required fields are checked on the whole, types on what is submitted. Text is trimmed; a number or
/// amount may be submitted as text, because its type is declared. Line items are submitted as a whole list: a row with
/// the `id` of a present one is that row, others get an `id`.
///
/// # Errors
///
/// One refusal for each failure, with the path of its field, such as `lines.2.quantity` (rows count from 0).
pub fn validate(
    entity: &EntityDefinition,
    current: &Fields,
    submitted: &Fields,
    author: Author,
) -> Result<Fields, Vec<Refusal>> {
    let mut check = Check {
        author,
        refusals: Vec::new(),
    };
    let fields = check.fields(&entity.fields, current, submitted, "");
    if check.refusals.is_empty() {
        Ok(fields)
    } else {
        Err(check.refusals)
    }
}

/// Whether a declared default is a value the field could have. Words such as `$today` depend on who asks and when,
/// which a row of line items is not told.
pub(crate) fn is_possible_default(kind: &FieldKind, value: &Value, in_row: bool) -> bool {
    let is_word = value.as_text().is_some_and(|text| text.starts_with('$'));
    match resolve(value, &Context::default()) {
        Ok(Value::Null) => !in_row,
        Ok(resolved) => !(in_row && is_word) && normal(kind, &resolved).is_ok(),
        Err(_) => false,
    }
}

struct Check {
    author: Author,
    refusals: Vec<Refusal>,
}

impl Check {
    fn refuse(&mut self, path: &str, code: &str, zh: String, en: String) {
        self.refusals
            .push(Refusal::new(RefusalKind::Invalid, code, zh, en).at(path));
    }

    fn fields(&mut self, fields: &[Field], current: &Fields, submitted: &Fields, prefix: &str) -> Fields {
        let mut result = current.clone();
        for (name, value) in submitted {
            let path = format!("{prefix}{name}");
            let Some(field) = fields.iter().find(|field| field.id == *name) else {
                self.refuse(
                    &path,
                    "field.unknown",
                    format!("没有字段“{name}”。"),
                    format!("There is no field “{name}”."),
                );
                continue;
            };
            let now = current.get(name);
            // Sending back what is there is not writing.
            if now.unwrap_or(&Value::Null) == value {
                continue;
            }
            if field.read_only && self.author == Author::Person {
                let Text { zh, en } = &field.label;
                self.refuse(
                    &path,
                    "field.read-only",
                    format!("“{zh}”由系统填写，不能修改。"),
                    format!("“{en}” is filled in by the system and cannot be changed."),
                );
                continue;
            }
            match self.value(field, now, value, &path) {
                Some(value) if !value.is_empty() => result.insert(name.clone(), value),
                _ => result.remove(name),
            };
        }
        result.retain(|_, value| !value.is_empty());
        for field in fields
            .iter()
            .filter(|field| field.required && !result.contains_key(&field.id))
        {
            let path = format!("{prefix}{}", field.id);
            // A value that is there but wrong has its own refusal already.
            if self
                .refusals
                .iter()
                .any(|refusal| refusal.field.as_ref() == Some(&path))
            {
                continue;
            }
            let Text { zh, en } = &field.label;
            self.refuse(
                &path,
                "field.required",
                format!("请填写“{zh}”。"),
                format!("Fill in “{en}”."),
            );
        }
        result
    }

    /// A value in normal form; `None` after a refusal.
    fn value(&mut self, field: &Field, now: Option<&Value>, value: &Value, path: &str) -> Option<Value> {
        if matches!(value, Value::Null) || value.as_text().is_some_and(|text| text.trim().is_empty()) {
            return Some(Value::Null);
        }
        if let FieldKind::Lines { columns } = &field.kind {
            return self.lines(columns, now, value, path);
        }
        match normal(&field.kind, value) {
            Ok(value) => Some(value),
            Err(Fault { code, zh, en }) => {
                let label = &field.label;
                self.refuse(
                    path,
                    code,
                    format!("“{}”{zh}", label.zh),
                    format!("“{}” {en}", label.en),
                );
                None
            }
        }
    }

    fn lines(&mut self, columns: &[Field], now: Option<&Value>, value: &Value, path: &str) -> Option<Value> {
        let rows: Option<Vec<&Fields>> = value
            .as_list()
            .and_then(|rows| rows.iter().map(Value::as_map).collect())
            .filter(|rows: &Vec<_>| rows.len() <= LINES);
        let Some(rows) = rows else {
            self.refuse(
                path,
                "field.lines",
                format!("明细应为不超过 {LINES} 行的列表。"),
                format!("Line items are a list of at most {LINES} rows."),
            );
            return None;
        };
        let present: BTreeMap<&str, &Fields> = now
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(with_id)
            .collect();
        let mut next = present
            .keys()
            .filter_map(|id| id.parse::<u64>().ok())
            .max()
            .unwrap_or(0);
        let mut used = Vec::new();
        let mut result = Vec::new();
        for (index, row) in rows.into_iter().enumerate() {
            let named = row
                .get("id")
                .and_then(Value::as_text)
                .and_then(|id| present.get_key_value(id));
            let known = named.filter(|(id, _)| !used.contains(*id));
            let id = match known {
                Some((id, _)) => {
                    used.push(*id);
                    (*id).to_owned()
                }
                None => {
                    next += 1;
                    next.to_string()
                }
            };
            let mut fields = self.row(columns, known.map(|(_, row)| *row), row, &format!("{path}.{index}."));
            fields.insert("id".to_owned(), id.into());
            result.push(Value::Map(fields));
        }
        Some(Value::List(result))
    }

    /// A row is submitted as a whole: what it does not name is empty, except what only the system writes. A new row
    /// begins with the defaults of its columns.
    fn row(&mut self, columns: &[Field], current: Option<&Fields>, submitted: &Fields, prefix: &str) -> Fields {
        let mut submitted = submitted.clone();
        submitted.remove("id");
        let begin = match current {
            Some(current) => {
                for column in columns
                    .iter()
                    .filter(|column| !column.read_only && current.contains_key(&column.id))
                {
                    submitted.entry(column.id.clone()).or_insert(Value::Null);
                }
                let mut begin = current.clone();
                begin.remove("id");
                begin
            }
            None => columns
                .iter()
                .filter_map(|column| Some((column.id.clone(), column.default.clone()?)))
                .collect(),
        };
        self.fields(columns, &begin, &submitted, prefix)
    }
}

fn with_id(row: &Value) -> Option<(&str, &Fields)> {
    let row = row.as_map()?;
    Some((row.get("id")?.as_text()?, row))
}

/// What is wrong with a value, to be said after the field's label.
struct Fault {
    code: &'static str,
    zh: String,
    en: String,
}

fn fault<T>(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Fault> {
    Err(Fault {
        code,
        zh: zh.into(),
        en: en.into(),
    })
}

fn normal(kind: &FieldKind, value: &Value) -> Result<Value, Fault> {
    match kind {
        FieldKind::Text { max_length } => {
            let text = text(value)?;
            if text.contains(['\r', '\n']) {
                return fault("field.one-line", "只能有一行。", "must be one line.");
            }
            within(text, *max_length)
        }
        FieldKind::LongText { max_length } => within(text(value)?, *max_length),
        FieldKind::Number { scale, min, max } => {
            let number = number(value, *scale)?;
            if let Some(min) = min.filter(|min| number < *min) {
                return fault(
                    "field.too-small",
                    format!("不能小于 {min}。"),
                    format!("must not be less than {min}."),
                );
            }
            if let Some(max) = max.filter(|max| number > *max) {
                return fault(
                    "field.too-large",
                    format!("不能大于 {max}。"),
                    format!("must not be greater than {max}."),
                );
            }
            Ok(Value::Number(number))
        }
        FieldKind::Money { .. } => number(value, Some(2)).map(Value::Number),
        FieldKind::Decimal { scale, .. } => number(value, Some(*scale)).map(Value::Number),
        FieldKind::Date => match text(value)?.parse::<NaiveDate>() {
            Ok(date) => Ok(date.to_string().into()),
            Err(_) => fault(
                "field.date",
                "应为日期，例如 2026-11-23。",
                "must be a date such as 2026-11-23.",
            ),
        },
        FieldKind::DateTime => match DateTime::parse_from_rfc3339(text(value)?) {
            Ok(moment) => Ok(moment
                .with_timezone(&Utc)
                .to_rfc3339_opts(SecondsFormat::AutoSi, true)
                .into()),
            Err(_) => fault(
                "field.date-time",
                "应为时间，例如 2026-11-23T09:30:00+08:00。",
                "must be a moment such as 2026-11-23T09:30:00+08:00.",
            ),
        },
        FieldKind::Boolean => match value {
            Value::Bool(_) => Ok(value.clone()),
            _ => fault("field.boolean", "只能是“是”或“否”。", "must be true or false."),
        },
        FieldKind::Choice { choices, .. } => {
            let text = text(value)?;
            if choices.iter().any(|choice| choice.id == text) {
                return Ok(text.into());
            }
            fault("field.choice", "不在可选范围内。", "is not one of the choices.")
        }
        FieldKind::Reference { multiple: true, .. } => {
            let Some(items) = value.as_list() else {
                return fault("field.type", "应为列表。", "must be a list.");
            };
            items.iter().map(record_id).collect::<Result<_, _>>().map(Value::List)
        }
        FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. } => record_id(value),
        FieldKind::Phone => {
            let text = text(value)?;
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let plain = text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-() ".contains(&byte));
            if plain && (5..=20).contains(&digits) && text.len() <= 32 {
                return Ok(text.into());
            }
            fault("field.phone", "不是有效的电话号码。", "is not a telephone number.")
        }
        FieldKind::Email => {
            let text = text(value)?;
            let well_formed = text.split_once('@').is_some_and(|(name, domain)| {
                !name.is_empty()
                    && domain.contains('.')
                    && !domain.starts_with('.')
                    && !domain.ends_with('.')
                    && !domain.contains('@')
            });
            if well_formed && text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Ok(text.into());
            }
            fault("field.email", "不是有效的邮箱地址。", "is not an e-mail address.")
        }
        FieldKind::AutoNumber { .. } => within(text(value)?, 100),
        FieldKind::RichText { .. }
        | FieldKind::Time
        | FieldKind::TreeChoice { .. }
        | FieldKind::Attachment(_)
        | FieldKind::Picture(_)
        | FieldKind::Address { .. }
        | FieldKind::Formula { .. }
        | FieldKind::RollUp { .. } => Ok(value.clone()),
        // Rows are checked one by one, with their paths.
        FieldKind::Lines { .. } => fault("field.type", "不能放在明细里。", "cannot stand inside line items."),
    }
}

fn text(value: &Value) -> Result<&str, Fault> {
    match value.as_text() {
        Some(text) if text.contains('\0') => {
            fault("field.type", "含有不允许的字符。", "contains a forbidden character.")
        }
        Some(text) => Ok(text.trim()),
        None => fault("field.type", "应为文字。", "must be text."),
    }
}

fn within(text: &str, max_length: usize) -> Result<Value, Fault> {
    if text.chars().count() > max_length {
        return fault(
            "field.too-long",
            format!("不能超过 {max_length} 个字。"),
            format!("must not be longer than {max_length} characters."),
        );
    }
    Ok(text.into())
}

fn number(value: &Value, scale: Option<u32>) -> Result<Decimal, Fault> {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let Some(number) = number.map(|number| number.normalize()) else {
        return fault("field.number", "应为数字。", "must be a number.");
    };
    match scale.filter(|scale| number.scale() > *scale) {
        Some(scale) => fault(
            "field.scale",
            format!("最多 {scale} 位小数。"),
            format!("must have at most {scale} digits after the point."),
        ),
        None => Ok(number),
    }
}

fn record_id(value: &Value) -> Result<Value, Fault> {
    match value.as_text().and_then(|text| text.trim().parse::<RecordId>().ok()) {
        Some(id) => Ok(id.to_string().into()),
        None => fault("field.reference", "没有选择有效的记录。", "does not name a record."),
    }
}
