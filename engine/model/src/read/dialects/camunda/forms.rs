//! Forms that stand in the model: each start event and each task has its own fields there. Here a process has one form
//! and each step says what it may do with a field, so the fields of all of them together are the form.

use std::collections::BTreeMap;

use crate::{
    FieldAccess, FieldKind, FormField, NodeKind, StepField,
    read::{Context, Draft, values::is_variable_name},
    xml::Element,
};

/// Reads the fields of start events and tasks into the form of the process, unless it has a form or a record.
pub(in crate::read) fn read_forms(draft: &mut Draft<'_>, context: &mut Context<'_>) {
    if draft.settings.subject.is_some() || !draft.settings.form.is_empty() {
        return;
    }
    let mut form: Vec<FormField> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for node in &mut draft.nodes {
        let element = node.element;
        let is_start = element.name == "startEvent";
        let mut step = Vec::new();
        for field in fields(element) {
            let Some(read) = read_field(element, field, is_start, context) else {
                continue;
            };
            step.push(StepField {
                field: read.id.clone(),
                access: access(field),
            });
            match known.get(&read.id).and_then(|at| form.get_mut(*at)) {
                Some(before) => before.required |= read.required,
                None => {
                    known.insert(read.id.clone(), form.len());
                    form.push(read);
                }
            }
        }
        if let Some(NodeKind::UserTask(task)) = &mut node.kind
            && task.fields.is_empty()
        {
            task.fields = step;
        }
    }
    draft.settings.form = form;
}

fn fields(element: &Element) -> impl Iterator<Item = &Element> {
    let in_form = element
        .dialect_settings("formData")
        .flat_map(|form| form.dialect_children())
        .filter(|child| child.name == "formField");
    in_form.chain(element.dialect_settings("formProperty"))
}

fn read_field(element: &Element, field: &Element, is_start: bool, context: &mut Context<'_>) -> Option<FormField> {
    let id = field.id()?;
    if !is_variable_name(id) {
        context.foreign_value(element, field.line, "id", id);
        return None;
    }
    let choices = field.dialect_children().filter(|child| child.name == "value");
    Some(FormField {
        id: id.to_owned(),
        label: field.stated("label").or(field.drawn_name()).unwrap_or(id).to_owned(),
        kind: match field.stated("type").unwrap_or("string") {
            "long" | "int" | "integer" | "double" | "number" => FieldKind::Number,
            "boolean" => FieldKind::Boolean,
            "date" => FieldKind::Date,
            "datetime" => FieldKind::DateTime,
            "enum" => FieldKind::Choice,
            _ => FieldKind::Text,
        },
        required: is_start && access(field) == FieldAccess::Required,
        choices: choices.filter_map(Element::id).map(str::to_owned).collect(),
        columns: Vec::new(),
    })
}

fn access(field: &Element) -> FieldAccess {
    let constraint = |name: &str| {
        field
            .dialect_children()
            .filter(|child| child.name == "validation")
            .flat_map(Element::dialect_children)
            .any(|constraint| {
                constraint.drawn_name() == Some(name)
                    && constraint.stated("config").is_none_or(|config| config == "true")
            })
    };
    if field.stated("readable") == Some("false") {
        FieldAccess::Hidden
    } else if field.stated("writable") == Some("false")
        || field.stated("writeable") == Some("false")
        || constraint("readonly")
    {
        FieldAccess::Read
    } else if field.stated("required") == Some("true") || constraint("required") {
        FieldAccess::Required
    } else {
        FieldAccess::Edit
    }
}
