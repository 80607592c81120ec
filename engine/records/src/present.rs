//! Records as expressions and people see them.

use kapok_protocol::{Record, Value};

use crate::{
    Access, Fields,
    definition::{EntityDefinition, FieldAccess},
    masked,
};

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

/// What may be shown of a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shown {
    /// The fields, some of them in part.
    pub fields: Fields,
    /// The names of those that are shown in part.
    pub masked: Vec<String>,
}

/// The fields of a record that may be shown; none when it may not be seen. What is not declared (any more) is not shown,
/// since nothing says who may see it.
pub fn visible_fields(entity: &EntityDefinition, fields: &Fields, access: &Access) -> Shown {
    let mut shown = Shown::default();
    for (name, value) in fields {
        let Some(field) = entity.field(name) else { continue };
        match access.of(name) {
            FieldAccess::Hidden => {}
            FieldAccess::Masked => {
                shown.masked.push(name.clone());
                shown.fields.insert(name.clone(), masked(field.kind.of_values(), value));
            }
            FieldAccess::Read | FieldAccess::Edit => {
                shown.fields.insert(name.clone(), value.clone());
            }
        }
    }
    shown
}

/// A record as its viewer sees it: with the fields that may be shown, and nothing else. What evaluates filters and texts
/// for a person works on this.
pub fn as_seen(entity: &EntityDefinition, record: &Record, access: &Access) -> Record {
    Record {
        fields: visible_fields(entity, &record.fields, access).fields,
        ..record.clone()
    }
}
