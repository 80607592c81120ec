//! Which column of a file is which field.

use std::collections::BTreeSet;

use crate::{
    definition::{EntityDefinition, Field, FieldKind},
    width::half_width,
};

/// What stands for the person responsible for a record, where the entity has no field of this name.
pub const OWNER: &str = "owner";

const OWNER_LABELS: [&str; 7] = ["owner", "salesperson", "负责人", "所有人", "归属人", "业务员", "销售员"];

/// Whether a cell can say what a field holds.
pub fn is_readable(field: &Field) -> bool {
    !field.read_only
        && !matches!(
            field.kind,
            FieldKind::Attachment(_) | FieldKind::Picture(_) | FieldKind::Formula { .. } | FieldKind::RollUp { .. }
        )
}

/// The column of line items that a name such as `lines.product` stands for, with the field of the line items.
pub fn line_column<'d>(entity: &'d EntityDefinition, name: &str) -> Option<(&'d Field, &'d Field)> {
    let (lines, column) = name.split_once('.')?;
    let lines = entity.field(lines).filter(|field| is_readable(field))?;
    let FieldKind::Lines { columns } = &lines.kind else {
        return None;
    };
    let column = columns.iter().find(|field| field.id == column)?;
    is_readable(column).then_some((lines, column))
}

/// For each heading the field that it probably means: by label in either language or by id, each field once; a column of
/// line items where no field is called so.
pub fn suggest(entity: &EntityDefinition, headings: &[String]) -> Vec<Option<String>> {
    let mut used = BTreeSet::new();
    let mut take = |id: &str| used.insert(id.to_owned()).then(|| id.to_owned());
    let suggested = headings.iter().map(|heading| {
        let heading = essence(heading);
        if heading.is_empty() {
            return None;
        }
        let fields = || entity.fields.iter().filter(|field| is_readable(field));
        if let Some(field) = fields().find(|field| is_called(field, &heading)) {
            return take(&field.id);
        }
        let is_owner = entity.field(OWNER).is_none() && OWNER_LABELS.contains(&heading.as_str());
        if is_owner {
            return take(OWNER);
        }
        if let Some((name, _)) = line_columns(entity).find(|(_, column)| is_called(column, &heading)) {
            return take(&name);
        }
        // A heading with something added, such as `金额(元)`; not when it could be two.
        let mut close = fields().filter(|field| begins(field, &heading));
        match (close.next(), close.next()) {
            (Some(only), None) => return take(&only.id),
            (Some(_), Some(_)) => return None,
            (None, _) => {}
        }
        let mut close = line_columns(entity).filter(|(_, column)| begins(column, &heading));
        match (close.next(), close.next()) {
            (Some((name, _)), None) => take(&name),
            _ => None,
        }
    });
    suggested.collect()
}

/// The columns of line items, each with the name that stands for it.
fn line_columns(entity: &EntityDefinition) -> impl Iterator<Item = (String, &Field)> {
    let lines = entity.fields.iter().filter(|field| is_readable(field));
    lines.flat_map(|lines| {
        let columns: &[Field] = match &lines.kind {
            FieldKind::Lines { columns } => columns,
            _ => &[],
        };
        let columns = columns.iter().filter(|column| is_readable(column));
        columns.map(move |column| (format!("{}.{}", lines.id, column.id), column))
    })
}

fn is_called(field: &Field, heading: &str) -> bool {
    let Field { id, label, .. } = field;
    let mut names = [id, &label.zh, &label.en].into_iter();
    names.any(|name| essence(name) == heading)
}

fn begins(field: &Field, heading: &str) -> bool {
    let mut labels = [&field.label.zh, &field.label.en]
        .into_iter()
        .map(|label| essence(label));
    labels.any(|label| label.chars().count() > 1 && heading.starts_with(&label))
}

/// A name without spaces, signs and capitals.
fn essence(name: &str) -> String {
    let name = half_width(name).to_lowercase();
    name.chars().filter(|sign| sign.is_alphanumeric()).collect()
}
