//! What makes the fields of a record valid.

mod choices;
mod contact;
mod files;
mod moments;
mod normal;
mod numbers;
mod rich_text;

use std::collections::BTreeMap;

use kapok_protocol::{Refusal, RefusalKind, Text, Value};
use kapok_rules::{Context, resolve};

use crate::definition::{EntityDefinition, Field, FieldKind};
use normal::{Fault, normal};

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
        Some((field.id.clone(), as_declared(&field.kind, value)))
    };
    entity.fields.iter().filter_map(default).collect()
}

/// The fields a record has after a save, in normal form, or everything that is wrong with it.
///
/// `current` is what the record has now (for a new one, its [`defaults`]); `submitted` is what changes, and null
/// empties a field. Required fields are checked on the whole, types on what is submitted. Text is trimmed; a number or
/// amount may be submitted as text, because its type is declared. Line items are submitted as a whole list: a row with
/// the `id` of a present one is that row, others get an `id`. What is submitted for a formula or a roll-up is passed
/// over, whoever submits it: a form may send back what it showed. Those are computed afterwards, by
/// [`Formulas::compute`](crate::Formulas::compute).
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
    let fields = check.fields(&entity.fields, &entity.disabled, current, submitted, "");
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
        Ok(resolved) => !(in_row && is_word) && normal(kind, &as_declared(kind, resolved), None).is_ok(),
        Err(_) => false,
    }
}

/// One value where there may be several.
fn as_declared(kind: &FieldKind, value: Value) -> Value {
    match value {
        Value::Null | Value::List(_) => value,
        value if kind.is_multiple() => Value::List(vec![value]),
        value => value,
    }
}

/// Whether formatted text has nothing harmful in it.
pub(crate) fn is_clean(text: &str) -> bool {
    !text.contains(['<', '&']) || rich_text::clean(text, usize::MAX).is_ok_and(|clean| clean.as_text() == Some(text))
}

/// Formatted text without what is harmful; `None` when nothing is left.
pub(crate) fn cleaned(text: &str, max_length: usize) -> Option<Value> {
    rich_text::clean(text, max_length)
        .ok()
        .filter(|clean| !clean.is_empty())
}

/// A value of a kind in normal form, or why it is none.
pub(crate) fn normal_alone(kind: &FieldKind, value: &Value) -> Result<Value, Text> {
    normal(kind, value, None).map_err(|fault| Text::new(fault.zh, fault.en))
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

    fn fields(
        &mut self,
        fields: &[Field],
        disabled: &[Field],
        current: &Fields,
        submitted: &Fields,
        prefix: &str,
    ) -> Fields {
        let mut result = current.clone();
        for (name, value) in submitted {
            let path = format!("{prefix}{name}");
            // A plugin need not know that a field of its own is out of use.
            let out_of_use = disabled.iter().filter(|_| self.author == Author::Program);
            let Some(field) = fields.iter().chain(out_of_use).find(|field| field.id == *name) else {
                self.refuse(
                    &path,
                    "field.unknown",
                    format!("没有字段“{name}”。"),
                    format!("There is no field “{name}”."),
                );
                continue;
            };
            if matches!(field.kind, FieldKind::Formula { .. } | FieldKind::RollUp { .. }) {
                continue;
            }
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
            .filter(|field| field.required && !field.kind.is_computed() && !result.contains_key(&field.id))
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
        match normal(&field.kind, value, now) {
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
                for column in columns.iter().filter(|column| {
                    !column.read_only && !column.kind.is_computed() && current.contains_key(&column.id)
                }) {
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
        self.fields(columns, &[], &begin, &submitted, prefix)
    }
}

fn with_id(row: &Value) -> Option<(&str, &Fields)> {
    let row = row.as_map()?;
    Some((row.get("id")?.as_text()?, row))
}
