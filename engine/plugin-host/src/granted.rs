//! What a plugin was granted of records: asked whenever something reads or changes them for it, whether its component or a
//! frame of its pages.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter, PersonId, Record, RecordId, Value};

use crate::{Denial, Measure, Plugin, RecordAction, RecordCapability, RecordQuery, imports::SYSTEM};

/// The most records that one question answers.
const MOST: usize = 1_000;
/// Whom a change of a record makes responsible for it, besides its fields.
const OWNER: &str = "owner";

type Fields = BTreeMap<String, Value>;

/// The grants of a plugin.
#[derive(Clone, Copy)]
pub(crate) struct Granted<'p>(pub &'p Plugin);

impl<'p> Granted<'p> {
    /// The capability for records of an entity, when it has this action.
    pub fn capability(self, entity: &str, action: RecordAction) -> Result<&'p RecordCapability, Denial> {
        let found = self.0.granted().records.get(&Entity::new(entity));
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
                self.0.manifest().id
            ))
        })
    }

    /// Refuses a field that was not granted.
    pub fn field(self, entity: &str, capability: &RecordCapability, path: &str) -> Result<(), Denial> {
        let name = path.split('.').next().unwrap_or_default();
        if SYSTEM.contains(&name) || capability.has_field(name) {
            return Ok(());
        }
        Err(Denial::capability(format!(
            "{} was not granted the field {name} of {entity}",
            self.0.manifest().id
        )))
    }

    /// Refuses a filter with fields that were not granted.
    pub fn filter(self, entity: &str, capability: &RecordCapability, filter: Option<&Filter>) -> Result<(), Denial> {
        let mut waiting = Vec::from_iter(filter);
        while let Some(part) = waiting.pop() {
            match part {
                Filter::All(parts) | Filter::Any(parts) => waiting.extend(parts),
                Filter::Not(part) => waiting.push(part),
                Filter::Test(test) => self.field(entity, capability, &test.field)?,
            }
        }
        Ok(())
    }

    /// Refuses a question for records that were not granted, or for too many of them.
    pub fn query(self, query: &RecordQuery) -> Result<&'p RecordCapability, Denial> {
        let entity = query.entity.as_str();
        let capability = self.capability(entity, RecordAction::Read)?;
        if query.limit > MOST {
            return Err(Denial::too_many(format!("at most {MOST} records are found at once")));
        }
        self.filter(entity, capability, query.filter.as_ref())?;
        for (field, _) in &query.sort {
            self.field(entity, capability, field)?;
        }
        Ok(capability)
    }

    /// Refuses to count or add up what was not granted.
    pub fn aggregate(self, aggregate: &crate::Aggregate) -> Result<(), Denial> {
        let entity = aggregate.entity.as_str();
        let capability = self.capability(entity, RecordAction::Read)?;
        self.filter(entity, capability, aggregate.filter.as_ref())?;
        let fields = aggregate.group.iter().map(String::as_str);
        for field in fields.chain(aggregate.measures.iter().filter_map(Measure::field)) {
            self.field(entity, capability, field)?;
        }
        Ok(())
    }

    /// Refuses a new record that was not granted.
    pub fn create(self, entity: &str, fields: &Fields) -> Result<(), Denial> {
        let capability = self.capability(entity, RecordAction::Create)?;
        self.change(entity, capability, fields)
    }

    /// Refuses a change of a record that was not granted. Answers who is to be responsible for it, if that is to change; it
    /// is taken out of what is set.
    pub fn update(self, entity: &str, set: &mut Fields) -> Result<Option<Option<PersonId>>, Denial> {
        let owner = match set.remove(OWNER) {
            None => None,
            Some(owner) => {
                self.capability(entity, RecordAction::Transfer)?;
                Some(person(&owner)?)
            }
        };
        if owner.is_none() || !set.is_empty() {
            let capability = self.capability(entity, RecordAction::Update)?;
            self.change(entity, capability, set)?;
        }
        Ok(owner)
    }

    /// Refuses fields that were not granted, and what no plugin sets.
    fn change(self, entity: &str, capability: &RecordCapability, set: &Fields) -> Result<(), Denial> {
        if let Some(name) = set.keys().find(|name| SYSTEM.contains(&name.as_str())) {
            return Err(Denial::invalid(format!(
                "{name} is set by the host alone: it follows from who calls the plugin"
            )));
        }
        set.keys().try_for_each(|field| self.field(entity, capability, field))
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
