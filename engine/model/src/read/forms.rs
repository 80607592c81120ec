//! A process's own form, and what a step may do with its fields.

use std::collections::BTreeSet;

use super::{
    Context,
    settings::{read_choice, read_flag},
};
use crate::{
    FieldAccess, FieldKind, FormField, StepField,
    catalogue::{Words, settings as rules},
    xml::Element,
};

const KINDS: &[(&str, FieldKind)] = &[
    ("text", FieldKind::Text),
    ("long-text", FieldKind::LongText),
    ("number", FieldKind::Number),
    ("money", FieldKind::Money),
    ("date", FieldKind::Date),
    ("date-time", FieldKind::DateTime),
    ("boolean", FieldKind::Boolean),
    ("choice", FieldKind::Choice),
    ("person", FieldKind::Person),
    ("lines", FieldKind::Lines),
];

/// The kinds a column of detail lines can have: all but further lines.
const COLUMN_KINDS: &[(&str, FieldKind)] = KINDS.split_at(KINDS.len() - 1).0;

/// Reads `kapok:form`.
pub(super) fn read_form(process: &Element, setting: &Element, context: &mut Context<'_>) -> Vec<FormField> {
    read_fields(process, setting, KINDS, context)
}

fn read_fields(
    process: &Element,
    parent: &Element,
    kinds: &[(&str, FieldKind)],
    context: &mut Context<'_>,
) -> Vec<FormField> {
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for element in parent.kapok_children().filter(|child| child.name == "formField") {
        let Some(id) = element.id() else { continue };
        if !seen.insert(id) {
            context
                .findings
                .report_inside(&rules::FIELD_TWICE, process, element.line, &[&process.label(), &id]);
        }
        // Fields are variables, so expressions must be able to name them.
        if !id.starts_with(|c: char| c.is_ascii_alphabetic())
            || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            context
                .findings
                .report_inside(&rules::FIELD_ID, process, element.line, &[&process.label(), &id]);
        }
        fields.push(read_field(process, element, id, kinds, context));
    }
    fields
}

fn read_field(
    process: &Element,
    element: &Element,
    id: &str,
    kinds: &[(&str, FieldKind)],
    context: &mut Context<'_>,
) -> FormField {
    let kind = read_choice(process, element, "type", kinds, FieldKind::Text, context);
    let label = element
        .attribute("label")
        .map(str::trim)
        .filter(|label| !label.is_empty())
        .unwrap_or(id)
        .to_owned();
    let choices: Vec<String> = element
        .kapok_children()
        .filter(|child| child.name == "choice")
        .map(|choice| choice.text.trim().to_owned())
        .filter(|choice| !choice.is_empty())
        .collect();
    let columns = read_fields(process, element, COLUMN_KINDS, context);
    let words: &[&dyn Words] = &[&process.label(), &label];
    if kind == FieldKind::Choice && choices.is_empty() {
        context
            .findings
            .report_inside(&rules::FIELD_CHOICES, process, element.line, words);
    }
    if kind == FieldKind::Lines && columns.is_empty() {
        context
            .findings
            .report_inside(&rules::FIELD_COLUMNS, process, element.line, words);
    }
    let required = read_flag(process, element, "required", context);
    FormField {
        id: id.to_owned(),
        label,
        kind,
        required,
        choices,
        columns,
    }
}

/// Reads `kapok:fields` of a task.
pub(super) fn read_step_fields(task: &Element, setting: &Element, context: &mut Context<'_>) -> Vec<StepField> {
    const ACCESS: &[(&str, FieldAccess)] = &[
        ("hidden", FieldAccess::Hidden),
        ("read", FieldAccess::Read),
        ("edit", FieldAccess::Edit),
        ("required", FieldAccess::Required),
    ];
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for element in setting.kapok_children() {
        let Some(field) = element.id() else { continue };
        if !seen.insert(field) {
            context
                .findings
                .report_inside(&rules::FIELD_TWICE, task, element.line, &[&task.label(), &field]);
        }
        let access = read_choice(task, element, "access", ACCESS, FieldAccess::Read, context);
        fields.push(StepField {
            field: field.to_owned(),
            access,
        });
    }
    fields
}
