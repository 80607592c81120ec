//! Records, and an index of them.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter, PersonId, Record, RecordId, Timestamp, Value};
use kapok_rules::{Condition, Context};
use kapok_search::{Change, Index, Position, RecordScope, Rows};

pub fn entity() -> Entity {
    Entity::new("crm.deal")
}


pub fn id(number: u64) -> RecordId {
    RecordId::new(number).expect("an id")
}

pub fn person(number: u64) -> PersonId {
    PersonId::new(number).expect("an id")
}

pub fn filter(json: &str) -> Filter {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

pub fn record(id: u64, owner: Option<u64>, fields: &str) -> Record {
    let fields: BTreeMap<String, Value> = serde_json::from_str(fields).expect("fields");
    Record {
        id: self::id(id),
        version: 1 + id % 3,
        owner: owner.map(person),
        created_at: Timestamp::from_millis(1_795_420_800_000 + id as i64 * 500),
        created_by: None,
        updated_at: Timestamp::from_millis(1_795_420_800_000),
        fields,
    }
}

pub fn context() -> Context {
    Context {
        me: Some(person(7)),
        department: Some(id(3)),
        subordinates: vec![person(8), person(9)],
        today: "2026-11-28".parse().expect("a date"),
        now: None,
    }
}

/// The records themselves.
#[derive(Debug, Clone, Default)]
pub struct Kept(pub BTreeMap<(Entity, RecordId), Record>);

impl Rows for Kept {
    fn record(&self, entity: &Entity, id: RecordId) -> Option<Record> {
        self.0.get(&(entity.clone(), id)).cloned()
    }
}

impl Kept {
    pub fn matching(&self, entity: &Entity, filter: Option<&Filter>, context: &Context) -> Vec<&Record> {
        let condition = filter.map(|filter| Condition::new(filter).expect("a filter"));
        let of_entity = self.0.iter().filter(|((of, _), _)| of == entity).map(|(_, record)| record);
        of_entity
            .filter(|record| {
                condition
                    .as_ref()
                    .is_none_or(|condition| condition.holds(&RecordScope::new(record, context)))
            })
            .collect()
    }
}

pub fn saved(entity: &Entity, record: &Record) -> Change {
    Change::Saved {
        entity: entity.clone(),
        record: record.clone(),
    }
}

/// An index of several parts, some of whose documents are out of date.
pub fn index(entity: &Entity, records: &[Record], parts: usize) -> (Index, Kept) {
    let index = Index::memory().expect("an index");
    let mut kept = Kept::default();
    let chunk = records.len().div_ceil(parts).max(1);
    for (number, records) in records.chunks(chunk).enumerate() {
        let mut changes = Vec::new();
        for record in records {
            let mut older = record.clone();
            older.fields = BTreeMap::from([("name".into(), "older".into())]);
            changes.push(saved(entity, &older));
            changes.push(saved(entity, record));
            kept.0.insert((entity.clone(), record.id), record.clone());
        }
        index.apply(changes).expect("applied");
        let position = Position {
            sequence: Some(number as u64),
            mark: String::new(),
        };
        index.commit(&position).expect("committed");
    }
    (index, kept)
}
