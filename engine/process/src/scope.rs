//! Variables: read from the nearest scope outwards, written back to where they were found.
//!
//! Every activation may have variables of its own: a sub-process those it declares, an instance of a multi-instance
//! activity its item, any node what its data inputs give it. What nobody has yet is made in the nearest instance of a
//! multi-instance activity around, whose neighbours must not overwrite it, or else in the case.

use std::{cell::RefCell, collections::BTreeMap};

use kapok_model::NodeKind;
use kapok_protocol::{DefinitionId, ElementInstanceId, Expression, InstanceId, RecordRef, Value};

use crate::{
    Context, EvaluationError, Scope,
    case::Case,
    halt::Halt,
    state::{Part, Repetition, StateError, Work},
};

/// Asks for something that depends on the variables seen from `scope`: an expression's value, a script's writes, the
/// persons that rules name.
pub(crate) fn ask<T>(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    question: impl FnOnce(&Context<'_>, &dyn Scope) -> Result<T, EvaluationError>,
) -> Result<T, Halt> {
    ask_with(case, scope, &BTreeMap::new(), question)
}

/// Asks with names that come before all variables.
pub(crate) fn ask_with<T>(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    given: &BTreeMap<String, Value>,
    question: impl FnOnce(&Context<'_>, &dyn Scope) -> Result<T, EvaluationError>,
) -> Result<T, Halt> {
    let levels = levels(case, scope)?;
    case.instance()?;
    let activity = scope.map(|id| case.element(id).map(|row| row.node)).transpose()?;
    let activity = activity
        .and_then(|node| case.graph.node(node))
        .map(|node| node.id.clone());
    let view = View {
        work: case.work,
        instance: case.id,
        process: &case.graph.key,
        activity,
        given,
        levels,
        error: RefCell::new(None),
    };
    let answer = question(case.context, &view);
    match view.error.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(answer?),
    }
}

/// The value of an expression.
pub(crate) fn value(case: &mut Case, scope: Option<ElementInstanceId>, expression: &Expression) -> Result<Value, Halt> {
    ask(case, scope, |context, view| context.evaluator.value(expression, view))
}

/// Whether a condition holds.
pub(crate) fn holds(case: &mut Case, scope: Option<ElementInstanceId>, condition: &Expression) -> Result<bool, Halt> {
    ask(case, scope, |context, view| {
        context.evaluator.condition(condition, view)
    })
}

/// Writes a variable to the nearest scope that has it, or makes it where new ones belong.
pub(crate) fn set(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    name: &str,
    value: Value,
) -> Result<(), StateError> {
    let mut home = None;
    let mut inside = None;
    for level in levels(case, scope)? {
        if level.has_variables && get_in(case, level.scope, name)?.is_some() {
            return put(case, level.scope, name, value);
        }
        match level.part {
            // The repetitions of a loop come one after the other, and go on with what the one before has made.
            Part::Body(Repetition { total: Some(_), .. }) if home.is_none() => home = inside,
            Part::Instance(_) => inside = level.scope,
            _ => {}
        }
    }
    put(case, home, name, value)
}

/// Writes a variable, or a place inside one (`order.total`).
pub(crate) fn set_path(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    path: &str,
    value: Value,
) -> Result<(), StateError> {
    let Some((name, rest)) = path.split_once('.') else {
        return set(case, scope, path, value);
    };
    let whole = get(case, scope, name)?.unwrap_or_default();
    set(case, scope, name, placed(whole, rest, value))
}

/// Writes a variable, or a place inside one, into this scope itself.
pub(crate) fn put_path(case: &mut Case, scope: ElementInstanceId, path: &str, value: Value) -> Result<(), StateError> {
    let Some((name, rest)) = path.split_once('.') else {
        return put(case, Some(scope), path, value);
    };
    let whole = get_in(case, Some(scope), name)?.cloned().unwrap_or_default();
    put(case, Some(scope), name, placed(whole, rest, value))
}

/// `whole` with `value` at a path inside it.
fn placed(whole: Value, path: &str, value: Value) -> Value {
    let mut entries = match whole {
        Value::Map(entries) => entries,
        _ => BTreeMap::new(),
    };
    let inner = match path.split_once('.') {
        Some((name, rest)) => {
            let inner = entries.remove(name).unwrap_or_default();
            (name, placed(inner, rest, value))
        }
        None => (path, value),
    };
    entries.insert(inner.0.to_owned(), inner.1);
    Value::Map(entries)
}

/// Writes a variable into this scope itself.
pub(crate) fn put(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    name: &str,
    value: Value,
) -> Result<(), StateError> {
    if let Some(id) = scope
        && !case.element(id)?.has_variables
    {
        case.element_mut(id)?.has_variables = true;
    }
    case.variables_changed = true;
    case.work.variables.put((case.id, scope, name.to_owned()), value);
    Ok(())
}

/// The value of a variable, seen from `scope`.
pub(crate) fn get(case: &mut Case, scope: Option<ElementInstanceId>, name: &str) -> Result<Option<Value>, StateError> {
    for level in levels(case, scope)? {
        if level.has_variables
            && let Some(value) = get_in(case, level.scope, name)?
        {
            return Ok(Some(value.clone()));
        }
    }
    Ok(None)
}

/// All variables seen from `scope`, the nearest of each name.
pub(crate) fn all(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<BTreeMap<String, Value>, StateError> {
    let mut seen = BTreeMap::new();
    for level in levels(case, scope)? {
        if !level.has_variables {
            continue;
        }
        let mut here: BTreeMap<String, Value> = case.work.state.variables(case.id, level.scope)?.into_iter().collect();
        for ((instance, scope, name), value) in case.work.variables.seen() {
            if *instance != case.id || *scope != level.scope {
                continue;
            }
            match value {
                Some(value) => here.insert(name.clone(), value.clone()),
                None => here.remove(name),
            };
        }
        for (name, value) in here {
            seen.entry(name).or_insert(value);
        }
    }
    Ok(seen)
}

fn get_in<'x>(
    case: &'x mut Case,
    scope: Option<ElementInstanceId>,
    name: &str,
) -> Result<Option<&'x Value>, StateError> {
    let (state, id) = (case.work.state, case.id);
    case.work
        .variables
        .get(&(id, scope, name.to_owned()), || state.variable(id, scope, name))
}

/// A scope among those that are seen from somewhere.
struct Level {
    scope: Option<ElementInstanceId>,
    has_variables: bool,
    part: Part,
}

/// The scopes from `scope` outwards; the last one is the case itself.
fn levels(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<Vec<Level>, StateError> {
    let mut levels = Vec::new();
    let mut next = scope;
    while let Some(id) = next {
        let row = case.element(id)?;
        let (node, part, own) = (row.node, row.part, row.has_variables);
        next = row.sees.map_or(row.scope, Some);
        // The first version did not note that a sub-process had variables.
        let is_sub_process = || {
            let drawn = case.graph.node(node).map(|node| &node.kind);
            matches!(drawn, Some(NodeKind::SubProcess(_)))
        };
        levels.push(Level {
            scope: Some(id),
            has_variables: own || is_sub_process(),
            part,
        });
    }
    levels.push(Level {
        scope: None,
        has_variables: true,
        part: Part::Whole,
    });
    Ok(levels)
}

/// What a repetition knows of itself and of the others: the standard's names (tables 10.29 and 10.30), and those that
/// real models use.
fn counted(part: Part, name: &str) -> Option<Value> {
    let number = |number: u32| Some(Value::from(i64::from(number)));
    match (part, name) {
        (Part::Instance(own), "loopCounter") => number(own),
        (
            Part::Body(Repetition {
                total: None, completed, ..
            }),
            "loopCounter",
        ) => number(completed),
        (Part::Body(all), "numberOfInstances" | "nrOfInstances") => all.total.and_then(number),
        (Part::Body(all), "numberOfActiveInstances" | "nrOfActiveInstances") => number(all.active()),
        (Part::Body(all), "numberOfCompletedInstances" | "nrOfCompletedInstances") => number(all.completed),
        (Part::Body(all), "numberOfTerminatedInstances") => number(all.terminated),
        _ => None,
    }
}

/// What an expression sees.
struct View<'v, 's> {
    work: &'v Work<'s>,
    instance: InstanceId,
    process: &'v str,
    activity: Option<String>,
    given: &'v BTreeMap<String, Value>,
    levels: Vec<Level>,
    /// A row that could not be read: the expression's own error must not hide it.
    error: RefCell<Option<StateError>>,
}

impl View<'_, '_> {
    fn variable(&self, scope: Option<ElementInstanceId>, name: &str) -> Result<Option<Value>, StateError> {
        match self.work.variables.peek(&(self.instance, scope, name.to_owned())) {
            Some(known) => Ok(known.cloned()),
            None => self
                .work
                .state
                .variable(self.instance, scope, name)
                .inspect_err(|error| {
                    self.error.replace(Some(error.clone()));
                }),
        }
    }

    fn row(&self) -> Option<&crate::state::Instance> {
        self.work.instances.peek(&self.instance).flatten()
    }
}

impl Scope for View<'_, '_> {
    fn get(&self, name: &str) -> Result<Option<Value>, StateError> {
        if let Some(given) = self.given.get(name) {
            return Ok(Some(given.clone()));
        }
        for level in &self.levels {
            if level.has_variables
                && let Some(found) = self.variable(level.scope, name)?
            {
                return Ok(Some(found));
            }
            if let Some(found) = counted(level.part, name) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn record(&self) -> Option<&RecordRef> {
        self.row().and_then(|instance| instance.record.as_ref())
    }

    fn definition(&self) -> Option<DefinitionId> {
        self.row().map(|instance| instance.definition)
    }

    fn execution(&self) -> Value {
        let key = self.row().and_then(|instance| instance.business_key.clone());
        let id = self.instance.to_string();
        Value::from_iter([
            ("id", Value::from(id.clone())),
            ("processInstanceId", Value::from(id)),
            ("processBusinessKey", Value::from(key)),
            ("processDefinitionKey", Value::from(self.process)),
            ("currentActivityId", Value::from(self.activity.clone())),
        ])
    }
}
