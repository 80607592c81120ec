//! What no two records share.

use crate::{Fields, definition::EntityDefinition};

/// The keys that no two records share: the name of the rule, or of the field that is unique by itself, and a text that
/// is the same only for the same values. A record that lacks a field of a rule has no key for it.
pub fn unique_keys(entity: &EntityDefinition, fields: &Fields) -> Vec<(String, String)> {
    let value = |name: &str| {
        let value = fields.get(name).filter(|value| !value.is_empty())?;
        Some(value.as_text().map_or_else(|| value.to_string(), str::to_owned))
    };
    let single = entity.fields.iter().filter(|field| field.unique);
    let single = single.filter_map(|field| Some((field.id.clone(), value(&field.id)?)));
    let compound = entity.unique.iter();
    let compound = compound.filter_map(|rule| Some((rule.id.clone(), joined(&rule.fields, value)?)));
    single.chain(compound).collect()
}

/// Several values as one text, from which each could be told again.
fn joined(names: &[String], value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let values: Option<Vec<String>> = names.iter().map(|name| value(name)).collect();
    let values = values?;
    Some(match values.as_slice() {
        [one] => one.clone(),
        several => several
            .iter()
            .map(|value| value.replace('\\', "\\\\").replace('|', "\\|"))
            .collect::<Vec<_>>()
            .join("|"),
    })
}
