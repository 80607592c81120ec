//! What the index holds of a record: its own facts, and nothing that depends on who asks or on other records.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Record, RecordId, Value};
use kapok_records::{EntityDefinition, FieldKind};
use tantivy::{TantivyDocument, Term, schema::OwnedValue};

use crate::{
    number::millionths,
    schema::{Fields, HOLLOW, MORE, path},
    words::{Spelling, tokens},
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
        /// How each field that is searched by words is read.
        searched: Vec<SearchedField>,
    },
    /// It is gone.
    Gone(RecordId),
}

/// A field that is searched by words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchedField {
    /// Its name.
    pub field: String,
    /// Whether people also look for it by pinyin.
    pub pinyin: bool,
}

/// The fields of an entity that are searched by words: what people wrote into them.
pub fn searched_fields(entity: &EntityDefinition) -> Vec<SearchedField> {
    let searched = entity.fields.iter().filter_map(|field| {
        let pinyin = match field.kind {
            FieldKind::Text { .. } => true,
            FieldKind::LongText { .. } | FieldKind::Phone | FieldKind::Email | FieldKind::AutoNumber { .. } => false,
            _ if field.id == entity.title => true,
            _ => return None,
        };
        Some(SearchedField {
            field: field.id.clone(),
            pinyin,
        })
    });
    searched.collect()
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
pub(crate) fn document(fields: &Fields, entity: &Entity, record: &Record, searched: &[SearchedField]) -> TantivyDocument {
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
        (fields.words, words(entity, record, searched)),
    ];
    for (family, column) in families {
        if !column.is_empty() {
            document.add_field_value(family, &OwnedValue::Object(column));
        }
    }
    document
}

fn words(entity: &Entity, record: &Record, searched: &[SearchedField]) -> Column {
    let words = searched.iter().filter_map(|searched| {
        let spelling = if searched.pinyin { Spelling::Pinyin } else { Spelling::Written };
        let mut out = String::new();
        each_text(record.fields.get(&searched.field)?, &mut |text| tokens(text, spelling, &mut out));
        (!out.is_empty()).then(|| (path(entity, &searched.field), OwnedValue::Str(out)))
    });
    words.collect()
}

/// The texts in a value.
fn each_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::Text(text) => visit(text),
        Value::Number(number) => visit(&number.normalize().to_string()),
        Value::List(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Map(entries) => entries.values().for_each(|value| each_text(value, visit)),
        Value::Null | Value::Bool(_) => {}
    }
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
