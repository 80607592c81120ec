//! Which column of a file is which field.

use std::collections::BTreeSet;

use crate::{
    definition::{EntityDefinition, Field, FieldKind},
    width::half_width,
};

/// What stands for the person responsible for a record, where the entity has no field of this name.
pub const OWNER: &str = "owner";

const OWNER_LABELS: [&str; 4] = ["owner", "负责人", "所有人", "归属人"];

/// Whether a cell can say what a field holds.
pub fn is_readable(field: &Field) -> bool {
    !field.read_only
        && !matches!(
            field.kind,
            FieldKind::Attachment(_) | FieldKind::Picture(_) | FieldKind::Formula { .. } | FieldKind::RollUp { .. }
        )
}

/// For each heading the field that it probably means: by label in either language or by id, each field once.
pub fn suggest(entity: &EntityDefinition, headings: &[String]) -> Vec<Option<String>> {
    let mut used = BTreeSet::new();
    let mut take = |id: &str| used.insert(id.to_owned()).then(|| id.to_owned());
    let suggested = headings.iter().map(|heading| {
        let heading = essence(heading);
        if heading.is_empty() {
            return None;
        }
        let fields = || entity.fields.iter().filter(|field| is_readable(field));
        let exact = fields().find(|field| {
            let Field { id, label, .. } = field;
            [id, &label.zh, &label.en]
                .into_iter()
                .any(|name| essence(name) == heading)
        });
        if let Some(field) = exact {
            return take(&field.id);
        }
        let is_owner = entity.field(OWNER).is_none() && OWNER_LABELS.contains(&heading.as_str());
        if is_owner {
            return take(OWNER);
        }
        // A heading with something added, such as `金额(元)`; not when it could be two.
        let mut close = fields().filter(|field| {
            let (zh, en) = (essence(&field.label.zh), essence(&field.label.en));
            let begins = |label: &str| label.chars().count() > 1 && heading.starts_with(label);
            begins(&zh) || begins(&en)
        });
        match (close.next(), close.next()) {
            (Some(only), None) => take(&only.id),
            _ => None,
        }
    });
    suggested.collect()
}

/// A name without spaces, signs and capitals.
fn essence(name: &str) -> String {
    let name = half_width(name).to_lowercase();
    name.chars().filter(|sign| sign.is_alphanumeric()).collect()
}
