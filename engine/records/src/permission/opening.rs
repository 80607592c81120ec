//! What depends on the content of a record: whether it opens its parent, and whether somebody may make it so.

use std::collections::BTreeSet;

use kapok_protocol::{Filter, Record, RecordId};
use kapok_rules::{Condition, Context, Values};

use super::{Rights, reach::parent_of};
use crate::{
    definition::{Action, EntityDefinition, Level},
    validate::Fields,
    values_of,
};

/// The parent that a record opens to whoever reads the record for itself.
pub fn opened_by(entity: &EntityDefinition, record: &Record) -> Option<RecordId> {
    let condition = Condition::new(entity.opens.as_ref()?).ok()?;
    let values = values_of(entity, record);
    let holds = condition.holds(&Values::new(&values, &Context::default()));
    let (field, _) = entity.parent_of()?;
    holds.then(|| parent_of(record, field)).flatten()
}

impl Rights<'_> {
    /// Whether the viewer may make a record with these values, or leave one with them behind: each role says what holds of
    /// those that are made through it.
    pub fn makes(&self, entity: &EntityDefinition, values: &Fields, context: &Context) -> bool {
        let granted = self.viewer.grants.of(&entity.id);
        let by_grants = granted.is_some_and(|grants| grants.level(Action::Create) > Level::None);
        by_grants
            || self.roles().any(|role| {
                let grants = entity.grants.get(role);
                let creates = grants.is_some_and(|grants| grants.level(Action::Create) > Level::None);
                creates
                    && entity
                        .create_when
                        .get(role)
                        .is_none_or(|filter| holds(filter, values, context))
            })
    }

    /// The fields that decide whether the viewer may make a record.
    pub fn made_by(&self, entity: &EntityDefinition) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        for filter in self.roles().filter_map(|role| entity.create_when.get(role)) {
            mentioned(filter, &mut fields);
        }
        fields
    }
}

fn holds(filter: &Filter, values: &Fields, context: &Context) -> bool {
    Condition::new(filter).is_ok_and(|condition| condition.holds(&Values::new(values, context)))
}

fn mentioned(filter: &Filter, fields: &mut BTreeSet<String>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| mentioned(part, fields)),
        Filter::Not(part) => mentioned(part, fields),
        Filter::Test(test) => {
            fields.extend(test.field.split('.').next().map(str::to_owned));
        }
    }
}
