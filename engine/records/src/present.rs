//! Records as expressions and people see them.

use kapok_protocol::{Record, Value};

use crate::{Access, Fields, definition::EntityDefinition};

/// A record as the value `record` of expressions; see [`values_of`].
pub fn as_value(entity: &EntityDefinition, record: &Record) -> Value {
    Value::Map(values_of(entity, record))
}

/// What conditions and expressions can ask of a record: every declared field, null when it is empty, so that only a
/// misspelt name is unknown; and `id`, `version`, `owner`, `created_at`, `created_by`, `updated_at`.
pub fn values_of(entity: &EntityDefinition, record: &Record) -> Fields {
    let mut value: Fields = entity
        .fields
        .iter()
        .map(|field| (field.id.clone(), Value::Null))
        .collect();
    value.extend(record.fields.iter().map(|(name, value)| (name.clone(), value.clone())));
    value.extend([
        ("id".to_owned(), record.id.to_string().into()),
        ("version".to_owned(), Value::Number(record.version.into())),
        ("owner".to_owned(), record.owner.map(|owner| owner.to_string()).into()),
        ("created_at".to_owned(), record.created_at.to_string().into()),
        (
            "created_by".to_owned(),
            record.created_by.map(|person| person.to_string()).into(),
        ),
        ("updated_at".to_owned(), record.updated_at.to_string().into()),
    ]);
    value
}

/// The fields of a record that may be shown; none when it may not be seen.
pub fn visible_fields(record: &Record, access: &Access) -> Fields {
    match access {
        Access::Denied => Fields::new(),
        Access::Granted { hidden } => {
            let shown = record.fields.iter().filter(|(name, _)| !hidden.contains(*name));
            shown.map(|(name, value)| (name.clone(), value.clone())).collect()
        }
    }
}
