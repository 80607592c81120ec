//! What a step may change: its completion brings only what it may edit, and all that it must fill in.

use std::collections::BTreeMap;

use kapok_model::{FieldAccess, FieldKind, FormField, HumanTask, ProcessSettings};
use kapok_protocol::{Decision, ElementInstanceId, Refusal, Value};

use crate::{Stop, case::Case, form, refusals, scope, state::StateError};

/// Checks the variables of a completion against the step's fields; answers with them as they are to be kept.
/// A process without a form takes any variable; one about a record takes none, as the record's fields are not variables.
pub(crate) fn check(
    case: &mut Case,
    inside: Option<ElementInstanceId>,
    task: &HumanTask,
    decision: Option<Decision>,
    variables: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, Stop> {
    let graph = std::sync::Arc::clone(&case.graph);
    let ProcessSettings { form, subject, .. } = &graph.settings;
    if form.is_empty() && subject.is_none() {
        return Ok(variables.clone());
    }
    let mut kept = BTreeMap::new();
    for (name, value) in variables {
        let Some(field) = form
            .iter()
            .find(|field| field.id == *name)
            .filter(|field| may_touch(task, field))
        else {
            return Err(refusals::field_not_editable(name).into());
        };
        let value = form::check_value(field, value, name, case.context.directory)?;
        if field.kind == FieldKind::Lines {
            let before = scope::get(case, inside, name)?.unwrap_or_default();
            check_lines(task, field, &before, &value)?;
        }
        kept.insert(name.clone(), value);
    }
    if decision != Some(Decision::Reject) {
        check_required(case, inside, task, form, &kept)?;
    }
    Ok(kept)
}

/// A rejection needs no filled-in form; everything else does.
fn check_required(
    case: &mut Case,
    inside: Option<ElementInstanceId>,
    task: &HumanTask,
    form: &[FormField],
    kept: &BTreeMap<String, Value>,
) -> Result<(), Stop> {
    for field in form {
        let value = current(case, inside, field, kept)?;
        if access(task, &field.id) == Some(FieldAccess::Required) && value.is_empty() {
            return Err(refusals::field_required(&field.label, &field.id).into());
        }
        for column in &field.columns {
            let path = format!("{}.{}", field.id, column.id);
            if access(task, &path) != Some(FieldAccess::Required) {
                continue;
            }
            for (row, line) in value.as_list().unwrap_or_default().iter().enumerate() {
                if line.at(&column.id).is_none_or(Value::is_empty) {
                    let place = format!("{}.{row}.{}", field.id, column.id);
                    return Err(refusals::field_required(&column.label, &place).into());
                }
            }
        }
    }
    Ok(())
}

fn current(
    case: &mut Case,
    inside: Option<ElementInstanceId>,
    field: &FormField,
    kept: &BTreeMap<String, Value>,
) -> Result<Value, StateError> {
    match kept.get(&field.id) {
        Some(value) => Ok(value.clone()),
        None => Ok(scope::get(case, inside, &field.id)?.unwrap_or_default()),
    }
}

fn access(task: &HumanTask, path: &str) -> Option<FieldAccess> {
    task.fields
        .iter()
        .find(|field| field.field == path)
        .map(|field| field.access)
}

fn editable(access: Option<FieldAccess>) -> bool {
    matches!(access, Some(FieldAccess::Edit | FieldAccess::Required))
}

fn may_touch(task: &HumanTask, field: &FormField) -> bool {
    editable(access(task, &field.id))
        || field
            .columns
            .iter()
            .any(|column| editable(access(task, &format!("{}.{}", field.id, column.id))))
}

/// Lines may come and go only where the lines as a whole are editable; a column has its own access, or else theirs.
fn check_lines(task: &HumanTask, field: &FormField, before: &Value, after: &Value) -> Result<(), Refusal> {
    let whole = access(task, &field.id);
    let (before, after) = (
        before.as_list().unwrap_or_default(),
        after.as_list().unwrap_or_default(),
    );
    if !editable(whole) && before.len() != after.len() {
        return Err(refusals::field_not_editable(&field.id));
    }
    for column in &field.columns {
        let path = format!("{}.{}", field.id, column.id);
        if editable(access(task, &path).or(whole)) {
            continue;
        }
        for (row, line) in after.iter().enumerate() {
            let old = before
                .get(row)
                .and_then(|line| line.at(&column.id))
                .unwrap_or(&Value::Null);
            if line.at(&column.id).unwrap_or(&Value::Null) != old {
                return Err(refusals::field_not_editable(&format!(
                    "{}.{row}.{}",
                    field.id, column.id
                )));
            }
        }
    }
    Ok(())
}
