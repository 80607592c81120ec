//! By what a row finds its record.

use kapok_protocol::Value;
use kapok_records::{EntityDefinition, FieldKind};

/// What stands for the record's own id.
pub(super) const ID: &str = "id";

/// Whether no two records have the same there, so that a row can find its record by it.
pub(crate) fn is_key(definition: &EntityDefinition, name: &str) -> bool {
    if name == ID && definition.field(ID).is_none() {
        return true;
    }
    let is_number = definition
        .field(name)
        .is_some_and(|field| matches!(field.kind, FieldKind::AutoNumber { .. }));
    is_number || unique_rule(definition, name).is_some()
}

/// The name of the rule by which a field is unique by itself.
pub(super) fn unique_rule<'d>(definition: &'d EntityDefinition, name: &str) -> Option<&'d str> {
    let field = definition.field(name)?;
    if field.unique {
        return Some(&field.id);
    }
    let rule = definition.unique.iter().find(|rule| rule.fields == [name]);
    rule.map(|rule| rule.id.as_str())
}

/// A value as the index of unique values has it.
pub(super) fn text(value: &Value) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    Some(value.as_text().map_or_else(|| value.to_string(), str::to_owned))
}
