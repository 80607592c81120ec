//! What the index holds of a record: its own facts, and nothing that depends on who asks or on other records.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Record, RecordId, Value};
use kapok_records::{EntityDefinition, Field, FieldKind};
use tantivy::{TantivyDocument, Term, schema::OwnedValue};

use crate::{
    number::millionths,
    schema::{Fields, HOLLOW, MORE, path},
    words::tokens,
};

/// What became of a record.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is there, new or changed.
    Saved {
        /// Its entity.
        entity: Entity,
        /// The record as readers get it, computed fields included.
        record: Record,
    },
    /// It is gone.
    Gone(RecordId),
}

/// The fields of an entity that are searched by words: what people wrote into them.
pub fn searched_fields(entity: &EntityDefinition) -> BTreeSet<String> {
    let is_searched = |field: &&Field| {
        field.id == entity.title
            || matches!(
                field.kind.of_values(),
                FieldKind::Text { .. }
                    | FieldKind::LongText { .. }
                    | FieldKind::RichText { .. }
                    | FieldKind::Phone
                    | FieldKind::Email
                    | FieldKind::Address { .. }
                    | FieldKind::AutoNumber { .. }
            )
    };
    entity.fields.iter().filter(is_searched).map(|field| field.id.clone()).collect()
}

/// Longer texts are not in the columns, only in the words.
pub(crate) const SHORT: usize = 255;
/// Maps within maps are looked into so deep.
const DEPTH: usize = 4;

/// The one term of a record.
pub(crate) fn key(fields: &Fields, id: RecordId) -> Term {
    Term::from_field_u64(fields.id, id.get())
}

type Column = Vec<(String, OwnedValue)>;

#[derive(Default)]
struct Columns {
    texts: Column,
    numbers: Column,
    flags: Column,
    items: Column,
    marks: Column,
}

/// The document of a record.
pub(crate) fn document(fields: &Fields, entity: &Entity, record: &Record) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_u64(fields.id, record.id.get());
    document.add_text(fields.entity, entity.as_str());
    if let Some(owner) = record.owner {
        document.add_u64(fields.owner, owner.get());
    }
    if let Some(person) = record.created_by {
        document.add_u64(fields.created_by, person.get());
    }
    document.add_i64(fields.created_at, record.created_at.millis());
    document.add_i64(fields.updated_at, record.updated_at.millis());
    document.add_u64(fields.version, record.version);
    let mut columns = Columns::default();
    for (field, value) in &record.fields {
        columns.add(entity, field, value, DEPTH);
    }
    let families = [
        (fields.texts, columns.texts),
        (fields.numbers, columns.numbers),
        (fields.flags, columns.flags),
        (fields.items, columns.items),
        (fields.marks, columns.marks),
        (fields.words, words(entity, record)),
    ];
    for (family, column) in families {
        if !column.is_empty() {
            document.add_field_value(family, &OwnedValue::Object(column));
        }
    }
    document
}

/// The words of every text, also of those that nobody searches now: so the index does not depend on definitions.
fn words(entity: &Entity, record: &Record) -> Column {
    let words = record.fields.iter().filter_map(|(field, value)| {
        let mut out = String::new();
        each_text(value, &mut |text| tokens(text, &mut out));
        (!out.is_empty()).then(|| (path(entity, field), OwnedValue::Str(out)))
    });
    words.collect()
}

/// The texts in a value.
fn each_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        // Nobody types a date to find a record by its words.
        Value::Text(text) if is_date(text) => {}
        Value::Text(text) if text.contains("</") => visit(&without_tags(text)),
        Value::Text(text) => visit(text),
        Value::List(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Map(entries) => entries.values().for_each(|value| each_text(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_date(text: &str) -> bool {
    let date = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T');
    date.is_some_and(|date| date.parse::<chrono::NaiveDate>().is_ok())
}

/// What people see of rich text.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split('<') {
        let seen = piece.split_once('>').map_or(piece, |(_, seen)| seen);
        out.push(' ');
        out.push_str(seen);
    }
    out
}

impl Columns {
    fn add(&mut self, entity: &Entity, field: &str, value: &Value, depth: usize) {
        let name = path(entity, field);
        match value {
            Value::Null => {}
            Value::Bool(flag) => self.flags.push((name, OwnedValue::Bool(*flag))),
            Value::Number(number) => {
                let number = millionths(*number);
                if !number.exact {
                    self.marks.push((name.clone(), OwnedValue::I64(MORE)));
                }
                self.numbers.push((name, OwnedValue::I64(number.floor)));
            }
            Value::Text(text) if text.is_empty() => self.marks.push((name, OwnedValue::I64(HOLLOW))),
            Value::Text(text) => {
                let short = text.floor_char_boundary(SHORT);
                if short < text.len() {
                    self.marks.push((name.clone(), OwnedValue::I64(MORE)));
                }
                self.texts.push((name, OwnedValue::Str(text[..short].to_owned())));
            }
            Value::List(items) if items.is_empty() => self.marks.push((name, OwnedValue::I64(HOLLOW))),
            Value::List(items) => match items.iter().map(short).collect::<Option<Vec<_>>>() {
                Some(items) => self.items.push((name, OwnedValue::Array(items))),
                None => self.marks.push((name, OwnedValue::I64(MORE))),
            },
            Value::Map(entries) => {
                self.marks.push((name, OwnedValue::I64(MORE)));
                if depth > 0 {
                    self.add_entries(entity, field, entries, depth - 1);
                }
            }
        }
    }

    fn add_entries(&mut self, entity: &Entity, field: &str, entries: &BTreeMap<String, Value>, depth: usize) {
        for (key, value) in entries {
            self.add(entity, &format!("{field}.{key}"), value, depth);
        }
    }
}

fn short(item: &Value) -> Option<OwnedValue> {
    let text = item.as_text()?;
    (!text.is_empty() && text.len() <= SHORT).then(|| OwnedValue::Str(text.to_owned()))
}
