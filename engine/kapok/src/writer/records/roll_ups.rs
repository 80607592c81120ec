//! Values computed from the records that name a record: kept up in the commit that changes one of those, in a row of their
//! own, so that a customer whose contacts are being written is no new version of the customer.

use std::cmp::Ordering;

use kapok_protocol::{Entity, Filter, Record, RecordId, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields, Function, as_value};
use kapok_rules::{Condition, Context, Values, order};
use kapok_tables::RollUps;
use rust_decimal::Decimal;

use crate::{Error, formulas::settled, writer::Step};

/// Rows read at once while a value is computed anew.
const CHUNK: usize = 500;

/// How one field is computed.
struct Rule<'a> {
    /// Of which entity's records.
    target: &'a Entity,
    field: &'a Field,
    /// From whose records, and by which of their fields.
    source: &'a EntityDefinition,
    by_field: &'a str,
    function: Function,
    value: Option<&'a str>,
    filter: Option<&'a Filter>,
    by: Option<&'a str>,
    result: &'a FieldKind,
}

/// What one record adds to a value.
struct Part {
    id: RecordId,
    value: Value,
    place: Value,
}

impl Step<'_> {
    /// Keeps up what is computed from a record, which was there before, is there afterwards, or both.
    pub(super) fn keep_roll_ups(
        &mut self,
        entity: &EntityDefinition,
        before: Option<&Record>,
        after: Option<&Record>,
    ) -> Result<(), Error> {
        let catalogue = self.shared.catalogue();
        let rules = catalogue.entities().flat_map(|target| {
            let fields = target.fields.iter();
            fields.filter_map(|field| Rule::of(&target.id, field, entity))
        });
        for rule in rules {
            let old = before
                .map(|record| targets(&record.fields, rule.by_field))
                .unwrap_or_default();
            let new = after
                .map(|record| targets(&record.fields, rule.by_field))
                .unwrap_or_default();
            let context = self.nobody();
            let part = |record: Option<&Record>| record.and_then(|record| rule.part(record, &context));
            let (was, is) = (part(before), part(after));
            for target in &old {
                let is = is.as_ref().filter(|_| new.contains(target));
                self.keep_one(&rule, *target, was.as_ref(), is)?;
            }
            for target in new.iter().filter(|target| !old.contains(target)) {
                self.keep_one(&rule, *target, None, is.as_ref())?;
            }
        }
        Ok(())
    }

    /// Computes everything anew that is computed of a record.
    pub(crate) fn compute_roll_ups(&mut self, entity: &EntityDefinition, id: RecordId) -> Result<bool, Error> {
        let catalogue = self.shared.catalogue();
        let known = self.queries().roll_ups(&entity.id, id)?;
        let mut row = nothing(&entity.id, id);
        for field in &entity.fields {
            let FieldKind::RollUp { entity: source, .. } = &field.kind else {
                continue;
            };
            if let Some(source) = catalogue.entity(source.as_str())
                && let Some(rule) = Rule::of(&entity.id, field, source)
            {
                self.compute_one(&rule, &mut row, None)?;
            }
        }
        let changed = known.as_ref() != Some(&row) && !(known.is_none() && row.values.is_empty());
        if changed {
            self.tx.put_roll_ups(&row)?;
        }
        Ok(changed)
    }

    fn nobody(&self) -> Context {
        let organisation = self.shared.organisation();
        organisation.context(None, self.now, self.shared.settings.utc_offset_minutes)
    }

    fn keep_one(
        &mut self,
        rule: &Rule<'_>,
        target: RecordId,
        was: Option<&Part>,
        is: Option<&Part>,
    ) -> Result<(), Error> {
        let known = self.queries().roll_ups(rule.target, target)?;
        if known.is_none() && self.queries().record(rule.target, target)?.is_none() {
            return Ok(());
        }
        let mut row = known.clone().unwrap_or_else(|| nothing(rule.target, target));
        let kept = match rule.function {
            Function::Count | Function::Sum => rule.add(&mut row, was, is),
            Function::Min | Function::Max | Function::First | Function::Last => rule.choose(&mut row, was, is),
        };
        if !kept {
            // The record at hand is not stored yet: what it was must not be counted, and what it will be must.
            let own = was.or(is).map(|part| (part.id, is));
            self.compute_one(rule, &mut row, own)?;
        }
        if known.as_ref() != Some(&row) {
            self.tx.put_roll_ups(&row)?;
        }
        Ok(())
    }

    /// Computes a value from all records that name its record. `own` is one of them that is being changed, and what it
    /// adds afterwards.
    fn compute_one(
        &self,
        rule: &Rule<'_>,
        row: &mut RollUps,
        own: Option<(RecordId, Option<&Part>)>,
    ) -> Result<(), Error> {
        row.values.remove(&rule.field.id);
        row.sources.remove(&rule.field.id);
        let context = self.nobody();
        let mut fresh = Fresh::default();
        let mut position: Option<Vec<u8>> = None;
        loop {
            let queries = self.queries();
            let page = queries.referring(&rule.source.id, rule.by_field, row.record, position.as_deref(), CHUNK)?;
            for found in &page.items {
                if own.is_some_and(|(id, _)| id == found.record.id) {
                    continue;
                }
                if let Some(part) = rule.part(&found.record, &context) {
                    fresh.take(rule, part);
                }
            }
            position = page.next;
            if position.is_none() {
                break;
            }
        }
        if let Some((_, Some(part))) = own {
            fresh.take(rule, part.clone());
        }
        fresh.put(rule, row);
        Ok(())
    }
}

fn nothing(entity: &Entity, record: RecordId) -> RollUps {
    RollUps {
        entity: entity.clone(),
        record,
        values: Fields::new(),
        sources: std::collections::BTreeMap::new(),
    }
}

/// The records that a reference field names.
fn targets(fields: &Fields, field: &str) -> Vec<RecordId> {
    let Some(value) = fields.get(field) else {
        return Vec::new();
    };
    let ids = value.as_list().unwrap_or(std::slice::from_ref(value)).iter();
    ids.filter_map(|id| id.as_text()?.parse().ok()).collect()
}

impl Clone for Part {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            value: self.value.clone(),
            place: self.place.clone(),
        }
    }
}

/// A value being computed.
#[derive(Default)]
struct Fresh {
    count: u64,
    sum: Decimal,
    chosen: Option<Part>,
}

impl Fresh {
    fn take(&mut self, rule: &Rule<'_>, part: Part) {
        self.count += 1;
        if let Value::Number(number) = part.value {
            self.sum += number;
        }
        if self.chosen.as_ref().is_none_or(|chosen| rule.is_before(&part, chosen)) {
            self.chosen = Some(part);
        }
    }

    fn put(self, rule: &Rule<'_>, row: &mut RollUps) {
        let name = rule.field.id.clone();
        match rule.function {
            Function::Count => drop(row.values.insert(name, Value::Number(self.count.into()))),
            Function::Sum => drop(row.values.insert(name, settled(rule.result, Value::Number(self.sum)))),
            _ => {
                if let Some(part) = self.chosen {
                    rule.set(row, &part);
                }
            }
        }
    }
}

impl<'a> Rule<'a> {
    /// How a field is computed, if it is from records of this entity.
    fn of(target: &'a Entity, field: &'a Field, source: &'a EntityDefinition) -> Option<Self> {
        match &field.kind {
            FieldKind::RollUp {
                entity,
                field: by_field,
                function,
                value,
                filter,
                by,
                result,
            } if *entity == source.id => Some(Self {
                target,
                field,
                source,
                by_field,
                function: *function,
                value: value.as_deref(),
                filter: filter.as_ref(),
                by: by.as_deref(),
                result,
            }),
            _ => None,
        }
    }

    /// What a record adds; nothing when the filter leaves it out, or it has no value.
    fn part(&self, record: &Record, context: &Context) -> Option<Part> {
        let Value::Map(values) = as_value(self.source, record) else {
            return None;
        };
        if let Some(filter) = self.filter {
            // A filter that cannot be read was refused with its definition.
            let condition = Condition::new(filter).ok()?;
            if !condition.holds(&Values::new(&values, context)) {
                return None;
            }
        }
        let value = match self.value {
            Some(field) => values.get(field).filter(|value| !value.is_empty())?.clone(),
            None => Value::Null,
        };
        let place = match self.function {
            Function::Min | Function::Max => value.clone(),
            _ => self.by.and_then(|by| values.get(by)).cloned().unwrap_or_default(),
        };
        Some(Part {
            id: record.id,
            value,
            place,
        })
    }

    /// Counts up and down. Whether it could: a value that is not there yet must be computed.
    fn add(&self, row: &mut RollUps, was: Option<&Part>, is: Option<&Part>) -> bool {
        let Some(Value::Number(known)) = row.values.get(&self.field.id) else {
            return false;
        };
        let worth = |part: Option<&Part>| match (self.function, part) {
            (_, None) => Decimal::ZERO,
            (Function::Count, Some(_)) => Decimal::ONE,
            (_, Some(part)) => match part.value {
                Value::Number(number) => number,
                _ => Decimal::ZERO,
            },
        };
        let number = *known - worth(was) + worth(is);
        let value = settled(self.result, Value::Number(number));
        row.values.insert(self.field.id.clone(), value);
        true
    }

    /// Takes the new record if it comes before the chosen one. Whether that is enough: when the chosen one itself falls
    /// back, another one may come first.
    fn choose(&self, row: &mut RollUps, was: Option<&Part>, is: Option<&Part>) -> bool {
        let name = &self.field.id;
        let Some((place, id)) = row.sources.get(name).cloned() else {
            return false;
        };
        let chosen = Part {
            id,
            value: Value::Null,
            place,
        };
        match is {
            Some(part) if part.id == chosen.id || self.is_before(part, &chosen) => {
                let falls_back = part.id == chosen.id && self.is_before(&chosen, part);
                if falls_back {
                    return false;
                }
                self.set(row, part);
                true
            }
            _ => was.is_none_or(|part| part.id != chosen.id),
        }
    }

    fn set(&self, row: &mut RollUps, part: &Part) {
        let name = self.field.id.clone();
        row.values
            .insert(name.clone(), settled(self.result, part.value.clone()));
        row.sources.insert(name, (part.place.clone(), part.id));
    }

    /// Whether one record is chosen rather than another: the least or the greatest, and of equals the one that came first
    /// or last.
    fn is_before(&self, one: &Part, other: &Part) -> bool {
        let ascending = matches!(self.function, Function::Min | Function::First);
        let by_place = match (one.place.is_empty(), other.place.is_empty()) {
            (true, true) => Ordering::Equal,
            // What has no place comes after all that have one.
            (true, false) => return false,
            (false, true) => return true,
            (false, false) => order(&one.place, &other.place).unwrap_or(Ordering::Equal),
        };
        let ordering = by_place.then_with(|| one.id.cmp(&other.id));
        if ascending { ordering.is_lt() } else { ordering.is_gt() }
    }
}
