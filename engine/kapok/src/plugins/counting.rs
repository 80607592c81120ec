//! Counting and adding up for plugins by the search index: of more records than can be looked through one by one.

use std::collections::BTreeSet;

use kapok_plugin_host::{Aggregate, AggregateRow, Measure};
use kapok_protocol::Value;
use kapok_records::FieldKind;
use kapok_rules::Context;
use kapok_search::{Group, Grouping, Key, Row};

use super::reading::too_many_groups;
use crate::{
    Error,
    lists::{self, SYSTEM},
    project::{Searching, StoredRecords, rights_of},
    seeing::EntitySight,
    views::Viewing,
};

/// The index groups by no more.
const GROUPED_BY: usize = 2;

/// What the index says; `None` where it would say something else than the rows: it counts a record once for each of several
/// values, knows long texts by their beginnings only, and knows nothing of what the caller does not always see or of what
/// changes by itself.
pub(super) fn by_index(
    viewing: &Viewing<'_>,
    sight: &EntitySight<'_>,
    aggregate: &Aggregate,
    context: &Context,
) -> Result<Option<Vec<AggregateRow>>, Error> {
    let measured: BTreeSet<&str> = aggregate.measures.iter().filter_map(Measure::field).collect();
    let measured: Vec<&str> = measured.into_iter().collect();
    if aggregate.group.len() > GROUPED_BY || !is_known(sight, aggregate) {
        return Ok(None);
    }
    let groups = aggregate.group.iter().map(|field| Group {
        field: field.clone(),
        period: None,
    });
    let groups: Vec<Group> = groups.collect();
    let grouping = Grouping {
        entity: &aggregate.entity,
        keyword: None,
        filter: aggregate.filter.as_ref(),
        groups: &groups,
        measured: &measured,
        utc_offset_minutes: viewing.shared.settings.utc_offset_minutes,
    };
    let searching = Searching {
        shared: viewing.shared,
        reader: context.me,
    };
    let rights = rights_of(sight.judge.reach());
    let found = searching.ask(|index| {
        let view = viewing.shared.store.view();
        index.statistics(&grouping, &rights, context, &StoredRecords(&view))
    })?;
    if found.cut {
        return Err(too_many_groups());
    }
    let rows = match groups.is_empty() {
        true => vec![found.total],
        false => found.rows,
    };
    Ok(Some(
        rows.into_iter()
            .map(|row| answered(aggregate, &measured, row))
            .collect(),
    ))
}

/// Whether the index knows all that is asked about, as the caller sees it.
fn is_known(sight: &EntitySight<'_>, aggregate: &Aggregate) -> bool {
    let definition = sight.definition;
    let mut asked = BTreeSet::new();
    if let Some(filter) = &aggregate.filter {
        lists::names(filter, &mut asked);
    }
    asked.extend(aggregate.group.iter().map(String::as_str));
    asked.extend(aggregate.measures.iter().filter_map(Measure::field));
    let readable = sight.judge.fields_always_read();
    let is_open = |path: &&str| {
        let name = path.split('.').next().unwrap_or_default();
        (SYSTEM.contains(&name) || readable.contains(name)) && !sight.formulas().is_timed(&definition.id, path)
    };
    let kind = |name: &str| definition.field(name).map(|field| field.kind.of_values());
    let is_group = |name: &String| match kind(name) {
        Some(kind) => {
            !kind.is_multiple()
                && matches!(
                    kind,
                    FieldKind::Boolean
                        | FieldKind::Choice { .. }
                        | FieldKind::Date
                        | FieldKind::Department { .. }
                        | FieldKind::Person { .. }
                        | FieldKind::Reference { .. }
                        | FieldKind::TreeChoice { .. }
                )
        }
        None => ["owner", "created_by"].contains(&name.as_str()),
    };
    let is_number = |name: &str| {
        matches!(
            kind(name),
            Some(FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. })
        )
    };
    // Short texts have an order too.
    let has_order = |name: &str| {
        let is_short = |kind: &FieldKind| {
            let is_moment = matches!(kind, FieldKind::Date | FieldKind::Time | FieldKind::DateTime);
            is_moment || (matches!(kind, FieldKind::Choice { .. }) && !kind.is_multiple())
        };
        is_number(name) || kind(name).is_some_and(is_short)
    };
    let is_measured = |measure: &Measure| match measure {
        Measure::Count => true,
        Measure::Sum(field) => is_number(field),
        Measure::Min(field) | Measure::Max(field) => has_order(field),
    };
    asked.iter().all(is_open) && aggregate.group.iter().all(is_group) && aggregate.measures.iter().all(is_measured)
}

fn answered(aggregate: &Aggregate, measured: &[&str], row: Row) -> AggregateRow {
    let of = |field: &str| {
        let index = measured.iter().position(|name| *name == field)?;
        row.measured.get(index)
    };
    let key = |key: Option<&Key>| key.cloned().map_or(Value::Null, value);
    let values = aggregate.measures.iter().map(|measure| match measure {
        Measure::Count => Value::Number(row.count.into()),
        Measure::Sum(field) => Value::Number(of(field).map(|found| found.sum).unwrap_or_default()),
        Measure::Min(field) => key(of(field).and_then(|found| found.least.as_ref())),
        Measure::Max(field) => key(of(field).and_then(|found| found.greatest.as_ref())),
    });
    AggregateRow {
        values: values.collect(),
        keys: row.keys.iter().cloned().map(value).collect(),
    }
}

fn value(key: Key) -> Value {
    match key {
        Key::Text(text) => Value::from(text),
        Key::Number(number) => Value::Number(number),
        Key::Flag(flag) => Value::Bool(flag),
        Key::Missing => Value::Null,
    }
}
