//! Records that were stored under an older definition.
//!
//! A definition changes in one commit, its records are rewritten bit by bit afterwards; until then they are read as if
//! they had been.

use kapok_protocol::Value;
use rust_decimal::Decimal;

use crate::{
    Fields,
    definition::{EntityDefinition, Field, FieldKind},
    validate::{cleaned, is_clean},
};

/// Brings the fields of a stored record into the form that the present definition wants, and says whether there was
/// anything to do. A value of another kind is converted where that loses nothing, and dropped otherwise. What is not
/// declared any more stays: a plugin that comes back finds its data. [`erase_undeclared`] removes that on purpose.
pub fn upcast(entity: &EntityDefinition, fields: &mut Fields) -> bool {
    let all = entity.fields.iter().chain(&entity.disabled);
    let mut changed = false;
    for field in all {
        let Some(value) = fields.get(&field.id) else { continue };
        if fits(&field.kind, value) {
            continue;
        }
        changed = true;
        match fields.remove(&field.id).and_then(|value| converted(&field.kind, value)) {
            Some(value) => fields.insert(field.id.clone(), value),
            None => None,
        };
    }
    changed
}

/// Removes the values of fields that are neither declared nor merely out of use, and says whether there were any.
pub fn erase_undeclared(entity: &EntityDefinition, fields: &mut Fields) -> bool {
    let before = fields.len();
    fields.retain(|name, _| {
        entity
            .fields
            .iter()
            .chain(&entity.disabled)
            .any(|field| field.id == *name)
    });
    fields.len() != before
}

/// Whether a value has the form of a kind. Lengths, bounds and choices may have changed; what was saved stays valid.
fn fits(kind: &FieldKind, value: &Value) -> bool {
    if kind.is_multiple() {
        return value
            .as_list()
            .is_some_and(|items| items.iter().all(|item| item.as_text().is_some()));
    }
    match kind {
        FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. } => value.as_number().is_some(),
        FieldKind::Boolean => value.as_bool().is_some(),
        FieldKind::Address { .. } => value.as_map().is_some(),
        FieldKind::Attachment(_) | FieldKind::Picture(_) => is_list_of_maps(value),
        FieldKind::Lines { columns } => value.as_list().is_some_and(|rows| {
            rows.iter().all(|row| {
                row.as_map()
                    .is_some_and(|row| columns.iter().all(|column| column_fits(column, row)))
            })
        }),
        FieldKind::Formula { result, .. } => fits(result, value),
        // It is not among the fields.
        FieldKind::RollUp { .. } => false,
        // A plain text of before is no formatted text: what stands in it must not become a tag.
        FieldKind::RichText { .. } => value.as_text().is_some_and(is_clean),
        FieldKind::Date => value.as_text().is_some_and(|text| text.len() == 10),
        FieldKind::Time => value
            .as_text()
            .is_some_and(|text| text.len() < 10 && text.contains(':')),
        FieldKind::DateTime => value.as_text().is_some_and(|text| text.contains('T')),
        _ => value.as_text().is_some(),
    }
}

fn column_fits(column: &Field, row: &Fields) -> bool {
    row.get(&column.id).is_none_or(|value| fits(&column.kind, value))
}

fn is_list_of_maps(value: &Value) -> bool {
    value
        .as_list()
        .is_some_and(|items| items.iter().all(|item| item.as_map().is_some()))
}

fn converted(kind: &FieldKind, value: Value) -> Option<Value> {
    if kind.is_multiple() {
        return match value {
            Value::Text(_) => Some(Value::List(vec![value])),
            _ => None,
        };
    }
    match (kind, value) {
        (FieldKind::Lines { columns }, Value::List(rows)) => {
            let rows = rows.into_iter().filter_map(|row| match row {
                Value::Map(row) => Some(Value::Map(upcast_row(columns, row))),
                _ => None,
            });
            Some(Value::List(rows.collect()))
        }
        (FieldKind::Lines { .. } | FieldKind::RollUp { .. }, _) => None,
        // The one that is left of several.
        (kind, Value::List(items)) if items.len() == 1 => {
            let item = items.into_iter().next()?;
            if fits(kind, &item) {
                Some(item)
            } else {
                converted(kind, item)
            }
        }
        (FieldKind::Formula { result, .. }, value) => converted(result, value),
        (FieldKind::Text { .. } | FieldKind::LongText { .. }, Value::Number(number)) => {
            Some(number.normalize().to_string().into())
        }
        (FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. }, Value::Text(text)) => text
            .trim()
            .parse::<Decimal>()
            .ok()
            .map(|number| number.normalize().into()),
        (FieldKind::Address { .. }, Value::Text(text)) => Some([("detail", text)].into_iter().collect()),
        (FieldKind::RichText { max_length }, Value::Text(text)) => cleaned(&text, *max_length),
        // The day of a moment, and the moment at which a day begins in UTC.
        (FieldKind::Date, Value::Text(text)) => {
            let day = text.get(..10)?;
            day.parse::<chrono::NaiveDate>().ok().map(|day| day.to_string().into())
        }
        (FieldKind::DateTime, Value::Text(text)) => {
            let day = text.parse::<chrono::NaiveDate>().ok()?;
            Some(format!("{day}T00:00:00Z").into())
        }
        _ => None,
    }
}

fn upcast_row(columns: &[Field], mut row: Fields) -> Fields {
    for column in columns {
        if column_fits(column, &row) {
            continue;
        }
        if let Some(value) = row.remove(&column.id).and_then(|value| converted(&column.kind, value)) {
            row.insert(column.id.clone(), value);
        }
    }
    row
}
