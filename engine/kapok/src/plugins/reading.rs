//! Records as plugins ask for them: what the caller may see, by the one form of a filter.

use std::{cmp::Ordering, collections::BTreeMap};

use kapok_plugin_host::{Aggregate, AggregateRow, Measure, RecordQuery};
use kapok_protocol::{Entity, Filter, Operator, Record, RecordId, RecordRef, Refusal, RefusalKind, Test, Value};
use kapok_records::{EntityDefinition, FieldKind, Sort};
use kapok_rules::{Context, order};
use rust_decimal::Decimal;

use super::{Caller, counting};
use crate::{
    Error, ListQuery,
    lists::{self, Kept},
    seeing::Seeing,
    views::Viewing,
    writer::entity,
};

/// Groups that one question may give.
const GROUPS: usize = 10_000;

/// The record as the caller may see it.
pub(super) fn get(viewing: &Viewing<'_>, seeing: &Seeing<'_>, record: &RecordRef) -> Result<Option<Record>, Error> {
    let Some(definition) = viewing.catalogue.entity(record.entity.as_str()) else {
        return Ok(None);
    };
    let Some(row) = viewing.queries.record(&record.entity, record.id)? else {
        return Ok(None);
    };
    let sight = seeing.entity(definition);
    Ok(sight.seen(&sight.whole(row.record)?))
}

/// The records that the caller may see and a filter keeps. `by_index` lets the search index answer; without it, only rows
/// are read, which can be read again.
pub(super) fn find(
    viewing: &Viewing<'_>,
    seeing: &Seeing<'_>,
    caller: Caller,
    query: &RecordQuery,
    by_index: bool,
) -> Result<Vec<Record>, Error> {
    let definition = entity(&viewing.catalogue, &query.entity)?;
    let sort = query.sort.iter().map(|(field, descending)| Sort {
        field: field.clone(),
        descending: *descending,
    });
    let list = ListQuery {
        sort: sort.collect(),
        ..list(definition, query.entity.clone(), query.filter.clone(), query.limit)
    };
    let sight = seeing.entity(definition);
    let context = context(viewing, caller);
    if by_index && !list.sort.is_empty() && list.naming.is_none() {
        let page = lists::page(viewing, &sight, &list, &context)?;
        let mut records = Vec::with_capacity(page.items.len());
        for item in page.items {
            if let Some(row) = viewing.queries.record(&query.entity, item.reference.id)? {
                records.extend(sight.seen(&sight.whole(row.record)?));
            }
        }
        return Ok(records);
    }
    let mut kept = Vec::new();
    lists::each(viewing, &sight, &list, &context, |one| {
        kept.push(one);
        // What is sorted must be known as a whole.
        Ok(kept.len() < list.limit || !list.sort.is_empty())
    })?;
    lists::sort(&list.sort, &mut kept);
    kept.truncate(list.limit);
    Ok(kept.into_iter().filter_map(|kept| sight.seen(&kept.record)).collect())
}

/// Counts and adds up what the caller may see. `by_index` lets the search index answer when there are too many to look through;
/// without it, only rows are read, which can be read again.
pub(super) fn add_up(
    viewing: &Viewing<'_>,
    seeing: &Seeing<'_>,
    caller: Caller,
    aggregate: &Aggregate,
    by_index: bool,
) -> Result<Vec<AggregateRow>, Error> {
    match by_rows(viewing, seeing, caller, aggregate) {
        Err(error) if by_index && is_too_long(&error) => {
            let sight = seeing.entity(entity(&viewing.catalogue, &aggregate.entity)?);
            let counted = counting::by_index(viewing, &sight, aggregate, &context(viewing, caller))?;
            counted.ok_or(error)
        }
        answer => answer,
    }
}

fn is_too_long(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| refusal.code == lists::TOO_LONG)
}

pub(super) fn by_rows(
    viewing: &Viewing<'_>,
    seeing: &Seeing<'_>,
    caller: Caller,
    aggregate: &Aggregate,
) -> Result<Vec<AggregateRow>, Error> {
    let definition = entity(&viewing.catalogue, &aggregate.entity)?;
    for field in aggregate
        .measures
        .iter()
        .filter_map(Measure::field)
        .chain(aggregate.group.iter().map(String::as_str))
    {
        if definition.field(field).is_none() && !lists::SYSTEM.contains(&field) {
            return Err(unknown(field));
        }
    }
    let list = list(
        definition,
        aggregate.entity.clone(),
        aggregate.filter.clone(),
        usize::MAX,
    );
    let sight = seeing.entity(definition);
    let mut groups: BTreeMap<String, (Vec<Value>, Vec<Total>)> = BTreeMap::new();
    if aggregate.group.is_empty() {
        groups.insert(String::new(), (Vec::new(), totals(aggregate)));
    }
    lists::each(
        viewing,
        &sight,
        &list,
        &context(viewing, caller),
        |Kept { seen, .. }| {
            let value = |field: &str| seen.at(field).cloned().unwrap_or_default();
            let keys: Vec<Value> = aggregate.group.iter().map(|field| value(field)).collect();
            let name = match keys.is_empty() {
                true => String::new(),
                false => serde_json::to_string(&keys).map_err(|error| Error::Data(error.to_string()))?,
            };
            let (_, totals) = groups.entry(name).or_insert_with(|| (keys, totals(aggregate)));
            for (measure, total) in aggregate.measures.iter().zip(totals) {
                total.add(measure.field().map(value))?;
            }
            match groups.len() > GROUPS {
                true => Err(too_many_groups()),
                false => Ok(true),
            }
        },
    )?;
    let rows = groups.into_values().map(|(keys, totals)| AggregateRow {
        keys,
        values: totals.into_iter().map(Total::value).collect(),
    });
    Ok(rows.collect())
}

/// One measure of one group so far.
enum Total {
    Count(u64),
    Sum(Decimal),
    Extreme(Ordering, Option<Value>),
}

fn totals(aggregate: &Aggregate) -> Vec<Total> {
    let total = |measure: &Measure| match measure {
        Measure::Count => Total::Count(0),
        Measure::Sum(_) => Total::Sum(Decimal::ZERO),
        Measure::Min(_) => Total::Extreme(Ordering::Less, None),
        Measure::Max(_) => Total::Extreme(Ordering::Greater, None),
    };
    aggregate.measures.iter().map(total).collect()
}

impl Total {
    fn add(&mut self, value: Option<Value>) -> Result<(), Error> {
        match self {
            Self::Count(count) => *count += 1,
            Self::Sum(sum) => {
                if let Some(number) = value.as_ref().and_then(number) {
                    *sum = sum.checked_add(number).ok_or_else(|| {
                        Error::from(Refusal::new(
                            RefusalKind::Limit,
                            "plugin.sum",
                            "合计太大，无法表示。",
                            "The sum is too large to be represented.",
                        ))
                    })?;
                }
            }
            Self::Extreme(wanted, best) => {
                let Some(value) = value.filter(|value| !value.is_empty()) else {
                    return Ok(());
                };
                let is_better = best.as_ref().is_none_or(|best| order(&value, best) == Some(*wanted));
                if is_better {
                    *best = Some(value);
                }
            }
        }
        Ok(())
    }

    fn value(self) -> Value {
        match self {
            Self::Count(count) => Value::Number(Decimal::from(count)),
            Self::Sum(sum) => Value::Number(sum),
            Self::Extreme(_, best) => best.unwrap_or_default(),
        }
    }
}

/// A number, or the amount of money.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        Value::Map(parts) => parts.get("amount").and_then(number),
        _ => None,
    }
}

/// The list that a filter means. A test that a reference names one record becomes the range of an index.
fn list(definition: &EntityDefinition, entity: Entity, filter: Option<Filter>, limit: usize) -> ListQuery {
    let naming = filter.as_ref().and_then(|filter| named(definition, filter));
    ListQuery {
        filter,
        naming,
        ..ListQuery::all(entity, limit)
    }
}

fn named(definition: &EntityDefinition, filter: &Filter) -> Option<(String, RecordId)> {
    match filter {
        Filter::All(parts) => parts.iter().find_map(|part| named(definition, part)),
        Filter::Test(Test { field, op, value }) => {
            let kind = &definition.field(field)?.kind;
            let fits = match op {
                Operator::Equal => matches!(kind, FieldKind::Reference { .. }) && !kind.is_multiple(),
                Operator::Contains => matches!(kind, FieldKind::Reference { .. }) && kind.is_multiple(),
                _ => false,
            };
            let id = value.as_text()?.parse().ok()?;
            fits.then(|| (field.clone(), id))
        }
        Filter::Any(_) | Filter::Not(_) => None,
    }
}

pub(super) fn context(viewing: &Viewing<'_>, caller: Caller) -> Context {
    let person = match caller {
        Caller::Person(person) => Some(person),
        Caller::Process(_) | Caller::System => None,
    };
    let offset = viewing.shared.settings.utc_offset_minutes;
    viewing.organisation.context(person, viewing.now, offset)
}

fn unknown(field: &str) -> Error {
    Refusal::new(
        RefusalKind::Invalid,
        "plugin.field-unknown",
        format!("没有字段“{field}”。"),
        format!("There is no field “{field}”."),
    )
    .into()
}

pub(super) fn too_many_groups() -> Error {
    Refusal::new(
        RefusalKind::Limit,
        "plugin.too-many-groups",
        format!("分组超过 {GROUPS} 个。"),
        format!("There are more than {GROUPS} groups."),
    )
    .into()
}
