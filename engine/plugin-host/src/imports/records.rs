//! Reading records, and asking for changes of them.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter, PersonId, Record, RecordId, RecordRef, Value};

use super::State;
use crate::{
    Aggregate, Denial, Intent, Measure, RecordAction, RecordCapability, RecordQuery,
    answer::{json_value, stored_record},
    bindings::kapok::plugin::{records as wire, types},
};

/// What every record has besides its fields. Who did something follows from who calls the plugin, so all of it is read like
/// fields, and none but the owner, by a change that hands the record over, is set like them.
pub(crate) const SYSTEM: [&str; 6] = ["id", "owner", "created_at", "created_by", "updated_at", "version"];

type Fields = BTreeMap<String, Value>;

/// Whom a change of a record makes responsible for it, besides its fields.
const OWNER: &str = "owner";

/// The most records that one query answers.
const MOST: u32 = 1_000;

impl State {
    /// The capability for records of an entity, when it has this action.
    fn capability(&self, entity: &str, action: RecordAction) -> Result<&RecordCapability, Denial> {
        let found = self.granted().records.get(&Entity::new(entity));
        found.filter(|found| found.actions.contains(&action)).ok_or_else(|| {
            let verb = match action {
                RecordAction::Read => "read",
                RecordAction::Create => "create",
                RecordAction::Update => "update",
                RecordAction::Delete => "delete",
                RecordAction::Transfer => "transfer",
            };
            Denial::capability(format!(
                "{} may not {verb} {entity}: plugin.toml must say \"{entity}\" = [\"{verb}\"] under [capabilities.records], and \
                 the administrator must grant it",
                self.manifest().id
            ))
        })
    }

    /// Refuses a field that was not granted.
    fn granted_field(&self, entity: &str, capability: &RecordCapability, path: &str) -> Result<(), Denial> {
        let name = path.split('.').next().unwrap_or_default();
        if SYSTEM.contains(&name) || capability.has_field(name) {
            return Ok(());
        }
        Err(Denial::capability(format!(
            "{} was not granted the field {name} of {entity}",
            self.manifest().id
        )))
    }

    /// Refuses fields that were not granted, and what no plugin sets.
    fn granted_change(&self, entity: &str, capability: &RecordCapability, set: &Fields) -> Result<(), Denial> {
        if let Some(name) = set.keys().find(|name| SYSTEM.contains(&name.as_str())) {
            return Err(Denial::invalid(format!(
                "{name} is set by the host alone: it follows from who calls the plugin"
            )));
        }
        set.keys()
            .try_for_each(|field| self.granted_field(entity, capability, field))
    }

    /// A filter whose fields were all granted.
    fn granted_filter(
        &self,
        entity: &str,
        capability: &RecordCapability,
        text: Option<&str>,
    ) -> Result<Option<Filter>, Denial> {
        let Some(text) = text else { return Ok(None) };
        let filter: Filter =
            serde_json::from_str(text).map_err(|error| Denial::invalid(format!("not a filter: {error}")))?;
        let mut waiting = vec![&filter];
        while let Some(part) = waiting.pop() {
            match part {
                Filter::All(parts) | Filter::Any(parts) => waiting.extend(parts),
                Filter::Not(part) => waiting.push(part),
                Filter::Test(test) => self.granted_field(entity, capability, &test.field)?,
            }
        }
        Ok(Some(filter))
    }

    fn read_record(&self, record: types::RecordRef) -> Result<Option<types::StoredRecord>, Denial> {
        let capability = self.capability(&record.entity, RecordAction::Read)?;
        let Some(reference) = reference(record) else {
            return Ok(None);
        };
        let found = self.call.services.record(&reference)?;
        Ok(found.map(|record| stored_record(&granted_part(record, capability))))
    }

    fn found(&self, query: wire::Query) -> Result<Vec<types::StoredRecord>, Denial> {
        let capability = self.capability(&query.entity, RecordAction::Read)?;
        if query.limit > MOST {
            return Err(Denial::too_many(format!("at most {MOST} records are found at once")));
        }
        let filter = self.granted_filter(&query.entity, capability, query.filter.as_deref())?;
        for order in &query.sort {
            self.granted_field(&query.entity, capability, &order.field)?;
        }
        let asked = RecordQuery {
            entity: Entity::new(query.entity),
            filter,
            sort: query
                .sort
                .into_iter()
                .map(|order| (order.field, order.descending))
                .collect(),
            limit: usize::try_from(query.limit).unwrap_or_default(),
        };
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
        let capability = self.capability(&aggregate.entity, RecordAction::Read)?;
        let filter = self.granted_filter(&aggregate.entity, capability, aggregate.filter.as_deref())?;
        let measures = aggregate
            .measures
            .into_iter()
            .map(measure)
            .collect::<Result<Vec<_>, _>>()?;
        let fields = aggregate.group.iter().map(String::as_str);
        for field in fields.chain(measures.iter().filter_map(Measure::field)) {
            self.granted_field(&aggregate.entity, capability, field)?;
        }
        let rows = self.call.services.aggregate(&Aggregate {
            entity: Entity::new(aggregate.entity),
            filter,
            group: aggregate.group,
            measures,
        })?;
        Ok(rows
            .into_iter()
            .map(|row| wire::Group {
                keys: row.keys.iter().map(json_value).collect(),
                values: row.values.iter().map(json_value).collect(),
            })
            .collect())
    }

    fn create_record(&mut self, entity: String, fields: &str) -> Result<String, Denial> {
        let capability = self.capability(&entity, RecordAction::Create)?;
        let fields = self.fields(fields)?;
        self.granted_change(&entity, capability, &fields)?;
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
        let owner = match set.remove(OWNER) {
            None => None,
            Some(owner) => {
                self.capability(&record.entity, RecordAction::Transfer)?;
                Some(person(&owner)?)
            }
        };
        if owner.is_none() || !set.is_empty() {
            let capability = self.capability(&record.entity, RecordAction::Update)?;
            self.granted_change(&record.entity, capability, &set)?;
        }
        let record = reference(record).ok_or_else(no_record)?;
        self.intend(Intent::Update { record, set, owner })
    }

    fn delete_record(&mut self, record: types::RecordRef) -> Result<(), Denial> {
        self.capability(&record.entity, RecordAction::Delete)?;
        let record = reference(record).ok_or_else(no_record)?;
        self.intend(Intent::Delete(record))
    }
}

/// The person that a value names; nobody for null.
fn person(value: &Value) -> Result<Option<PersonId>, Denial> {
    if value.is_empty() {
        return Ok(None);
    }
    let id = value.as_text().and_then(|id| id.parse::<RecordId>().ok());
    let wrong = || Denial::invalid("the owner is the id of a person, or null for nobody");
    Ok(Some(id.ok_or_else(wrong)?.into()))
}

/// The part of a record that was granted.
pub(crate) fn granted_part(mut record: Record, capability: &RecordCapability) -> Record {
    record.fields.retain(|name, _| capability.has_field(name));
    record
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
