//! Reading records, and asking for changes of them.

use kapok_protocol::{Entity, Filter, RecordId, RecordRef};

use super::State;
use crate::{
    Aggregate, Denial, Intent, Measure, RecordAction, RecordQuery,
    answer::{json_value, stored_record},
    bindings::kapok::plugin::{records as wire, types},
    granted::{Granted, granted_part},
};

/// What every record has besides its fields. Who did something follows from who calls the plugin, so all of it is read like
/// fields, and none but the owner, by a change that hands the record over, is set like them.
pub(crate) const SYSTEM: [&str; 6] = ["id", "owner", "created_at", "created_by", "updated_at", "version"];

impl State {
    fn grants(&self) -> Granted<'_> {
        Granted(&self.plugin)
    }

    fn read_record(&self, record: types::RecordRef) -> Result<Option<types::StoredRecord>, Denial> {
        let capability = self.grants().capability(&record.entity, RecordAction::Read)?;
        let Some(reference) = reference(record) else {
            return Ok(None);
        };
        let found = self.call.services.record(&reference)?;
        Ok(found.map(|record| stored_record(&granted_part(record, capability))))
    }

    fn found(&self, query: wire::Query) -> Result<Vec<types::StoredRecord>, Denial> {
        let asked = RecordQuery {
            filter: filter(query.filter.as_deref())?,
            entity: Entity::new(query.entity),
            sort: query
                .sort
                .into_iter()
                .map(|order| (order.field, order.descending))
                .collect(),
            limit: usize::try_from(query.limit).unwrap_or(usize::MAX),
        };
        let capability = self.grants().query(&asked)?;
        let found = self.call.services.query(&asked)?;
        let mut size = 0;
        let mut records = Vec::with_capacity(found.len());
        for record in found {
            let record = stored_record(&granted_part(record, capability));
            size += record.fields.len();
            if size > self.limits().input {
                return Err(Denial::too_many("the records are too large together; ask for fewer"));
            }
            records.push(record);
        }
        Ok(records)
    }

    fn added_up(&self, aggregate: wire::Aggregate) -> Result<Vec<wire::Group>, Denial> {
        let asked = Aggregate {
            filter: filter(aggregate.filter.as_deref())?,
            entity: Entity::new(aggregate.entity),
            group: aggregate.group,
            measures: aggregate.measures.into_iter().map(measure).collect::<Result<_, _>>()?,
        };
        self.grants().aggregate(&asked)?;
        let rows = self.call.services.aggregate(&asked)?;
        Ok(rows
            .into_iter()
            .map(|row| wire::Group {
                keys: row.keys.iter().map(json_value).collect(),
                values: row.values.iter().map(json_value).collect(),
            })
            .collect())
    }

    fn create_record(&mut self, entity: String, fields: &str) -> Result<String, Denial> {
        // Whether it was granted is said before what is wrong with the fields.
        self.grants().capability(&entity, RecordAction::Create)?;
        let fields = self.fields(fields)?;
        self.grants().create(&entity, &fields)?;
        let stands_for = format!("$new.{}", self.intents.len());
        self.intend(Intent::Create {
            entity: Entity::new(entity),
            stands_for: stands_for.clone(),
            fields,
        })?;
        Ok(stands_for)
    }

    fn update_record(&mut self, record: types::RecordRef, set: &str) -> Result<(), Denial> {
        let mut set = self.fields(set)?;
        let owner = self.grants().update(&record.entity, &mut set)?;
        let record = reference(record).ok_or_else(no_record)?;
        self.intend(Intent::Update { record, set, owner })
    }

    fn delete_record(&mut self, record: types::RecordRef) -> Result<(), Denial> {
        self.grants().capability(&record.entity, RecordAction::Delete)?;
        let record = reference(record).ok_or_else(no_record)?;
        self.intend(Intent::Delete(record))
    }
}

/// A filter from its text.
fn filter(text: Option<&str>) -> Result<Option<Filter>, Denial> {
    let read = |text| serde_json::from_str(text).map_err(|error| Denial::invalid(format!("not a filter: {error}")));
    text.map(read).transpose()
}

pub(super) fn reference(record: types::RecordRef) -> Option<RecordRef> {
    Some(RecordRef {
        id: RecordId::new(record.id)?,
        entity: Entity::new(record.entity),
    })
}

pub(super) fn no_record() -> Denial {
    Denial::invalid("there is no record with the id 0")
}

fn measure(measure: wire::Measure) -> Result<Measure, Denial> {
    let field = || {
        let missing = || Denial::invalid("sum, min and max name a field");
        measure.field.clone().ok_or_else(missing)
    };
    Ok(match measure.kind {
        wire::MeasureKind::Count => Measure::Count,
        wire::MeasureKind::Sum => Measure::Sum(field()?),
        wire::MeasureKind::Min => Measure::Min(field()?),
        wire::MeasureKind::Max => Measure::Max(field()?),
    })
}

type Answer<T> = wasmtime::Result<Result<T, types::Denial>>;

impl wire::Host for State {
    fn get(&mut self, record: types::RecordRef) -> Answer<Option<types::StoredRecord>> {
        self.count()?;
        Ok(self.read_record(record).map_err(Into::into))
    }

    fn find(&mut self, query: wire::Query) -> Answer<Vec<types::StoredRecord>> {
        self.count()?;
        Ok(self.found(query).map_err(Into::into))
    }

    fn add_up(&mut self, aggregate: wire::Aggregate) -> Answer<Vec<wire::Group>> {
        self.count()?;
        Ok(self.added_up(aggregate).map_err(Into::into))
    }

    fn create(&mut self, entity: String, fields: String) -> Answer<String> {
        self.take(fields.len())?;
        Ok(self.create_record(entity, &fields).map_err(Into::into))
    }

    fn update(&mut self, record: types::RecordRef, set: String) -> Answer<()> {
        self.take(set.len())?;
        Ok(self.update_record(record, &set).map_err(Into::into))
    }

    fn delete(&mut self, record: types::RecordRef) -> Answer<()> {
        self.count()?;
        Ok(self.delete_record(record).map_err(Into::into))
    }
}
