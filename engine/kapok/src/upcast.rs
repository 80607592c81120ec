//! Values that were stored for an earlier definition, as the present one has them. Records are put in order a few hundred
//! at a time; until then they are read so.

use kapok_protocol::{RecordId, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields};

use crate::formulas::settled;

/// Gives every value the form of its field. What cannot have it stays as it is, for a person to look at: nothing that
/// somebody wrote is thrown away because a definition changed.
pub(crate) fn upcast(entity: &EntityDefinition, fields: &mut Fields) {
    each(&entity.fields, fields);
}

fn each(declared: &[Field], fields: &mut Fields) {
    for field in declared {
        let Some(value) = fields.get_mut(&field.id) else {
            continue;
        };
        if let FieldKind::Lines { columns } = &field.kind {
            if let Value::List(rows) = value {
                for row in rows {
                    if let Value::Map(row) = row {
                        each(columns, row);
                    }
                }
            }
            continue;
        }
        if let Some(changed) = fitted(&field.kind, value) {
            *value = changed;
        }
    }
}

/// A value in the form of its field, when it has another one and can have this.
fn fitted(kind: &FieldKind, value: &Value) -> Option<Value> {
    if kind.is_multiple() {
        return match value {
            Value::List(_) => None,
            single => Some(Value::List(vec![single.clone()])),
        };
    }
    match (kind, value) {
        (FieldKind::Choice { .. } | FieldKind::TreeChoice { .. }, Value::List(items)) => items.first().cloned(),
        (FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. }, Value::List(items)) => {
            let id = items.first()?.as_text()?.parse::<RecordId>().ok()?;
            Some(id.to_string().into())
        }
        (
            FieldKind::Text { .. } | FieldKind::LongText { .. } | FieldKind::RichText { .. } | FieldKind::Choice { .. },
            Value::Number(number),
        ) => Some(number.to_string().into()),
        (
            FieldKind::Text { .. } | FieldKind::LongText { .. } | FieldKind::RichText { .. } | FieldKind::Choice { .. },
            Value::Bool(value),
        ) => Some(value.to_string().into()),
        (FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. }, Value::Text(text)) => {
            let number = text.trim().parse().ok()?;
            Some(settled(kind, Value::Number(number)))
        }
        (FieldKind::Boolean, Value::Text(text)) => match text.as_str() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        // The day of a moment, and the first moment of a day, in UTC.
        (FieldKind::Date, Value::Text(text)) => {
            let (day, _) = text.split_once('T')?;
            Some(day.into())
        }
        (FieldKind::DateTime, Value::Text(text)) if text.len() == 10 => Some(format!("{text}T00:00:00Z").into()),
        _ => None,
    }
}
