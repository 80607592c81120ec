//! Tests that columns cannot answer: the record is asked, with the function that conditions use everywhere.

use std::{borrow::Cow, rc::Rc};

use kapok_protocol::{Entity, PersonId, Record, RecordId, Timestamp, Value};
use kapok_rules::{Condition, Context, Scope};
use tantivy::{DocId, columnar::Column};

use super::Rows;
use crate::{Error, part::Part};

/// The names of what every record has besides its fields.
pub(crate) const SYSTEM_FIELDS: [&str; 6] = ["id", "owner", "created_at", "created_by", "updated_at", "version"];

/// One record, as conditions see it: its fields, and `id`, `owner`, `created_at`, `created_by`, `updated_at`, `version`.
#[derive(Debug, Clone, Copy)]
pub struct RecordScope<'a> {
    record: &'a Record,
    context: &'a Context,
}

impl<'a> RecordScope<'a> {
    /// A record, asked in a context.
    pub fn new(record: &'a Record, context: &'a Context) -> Self {
        Self { record, context }
    }
}

impl Scope for RecordScope<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        let record = self.record;
        let person = |person: Option<PersonId>| Value::from(person.map(|person| person.to_string()));
        Some(Cow::Owned(match name {
            "id" => record.id.to_string().into(),
            "owner" => person(record.owner),
            "created_at" => record.created_at.to_string().into(),
            "created_by" => person(record.created_by),
            "updated_at" => record.updated_at.to_string().into(),
            "version" => Value::Number(record.version.into()),
            _ => return record.fields.get(name).map(Cow::Borrowed),
        }))
    }

    fn context(&self) -> &Context {
        self.context
    }
}

/// Where records are read, and who asks.
#[derive(Clone, Copy)]
pub(crate) struct Source<'q> {
    pub(crate) entity: &'q Entity,
    pub(crate) rows: &'q dyn Rows,
    pub(crate) context: &'q Context,
}

/// A test on the record of a document.
#[derive(Clone)]
pub(crate) struct RowTest<'q> {
    source: Source<'q>,
    condition: Rc<Condition>,
    ids: Column<u64>,
    system: Option<Rc<System>>,
}

/// One of the system fields, in its column.
struct System {
    name: &'static str,
    ids: Option<Column<u64>>,
    numbers: Option<Column<i64>>,
}

impl<'q> RowTest<'q> {
    pub(crate) fn new(source: Source<'q>, part: &Part, condition: Condition, field: &str) -> Result<Self, Error> {
        let system = SYSTEM_FIELDS.into_iter().find(|name| *name == field);
        let system = match system {
            Some(name) if name.ends_with("_at") => Some(System {
                name,
                ids: None,
                numbers: part.column_of_numbers(name)?,
            }),
            Some(name) => Some(System {
                name,
                ids: part.column_of_ids(name)?,
                numbers: None,
            }),
            None => None,
        };
        Ok(Self {
            source,
            condition: Rc::new(condition),
            ids: part.ids()?,
            system: system.map(Rc::new),
        })
    }

    pub(crate) fn holds(&self, doc: DocId) -> bool {
        let context = self.source.context;
        if let Some(system) = &self.system {
            let value = system.value(doc);
            return self.condition.holds(&One {
                name: system.name,
                value: &value,
                context,
            });
        }
        let id = self.ids.first(doc).and_then(RecordId::new);
        let record = id.and_then(|id| self.source.rows.record(self.source.entity, id));
        record.is_some_and(|record| self.condition.holds(&RecordScope::new(&record, context)))
    }
}

impl System {
    fn value(&self, doc: DocId) -> Value {
        if let Some(column) = &self.numbers {
            return column
                .first(doc)
                .map(|millis| Timestamp::from_millis(millis).to_string())
                .into();
        }
        let id = self.ids.as_ref().and_then(|column| column.first(doc));
        match self.name {
            "version" => id.map(|version| Value::Number(version.into())).unwrap_or_default(),
            _ => id.map(|id| id.to_string()).into(),
        }
    }
}

/// One name and its value.
struct One<'a> {
    name: &'a str,
    value: &'a Value,
    context: &'a Context,
}

impl Scope for One<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        (name == self.name).then_some(Cow::Borrowed(self.value))
    }

    fn context(&self) -> &Context {
        self.context
    }
}
