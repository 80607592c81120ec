//! Variables: read from the nearest scope outwards, written back to where they were found.

use std::cell::RefCell;

use kapok_protocol::{ElementInstanceId, Expression, InstanceId, RecordRef, Value};

use crate::{
    Context, EvaluationError, Scope,
    case::Case,
    halt::Halt,
    state::{StateError, Work},
};

/// Asks for something that depends on the variables seen from `scope`: an expression's value, a script's writes, the
/// persons that rules name.
pub(crate) fn ask<T>(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    question: impl FnOnce(&Context<'_>, &dyn Scope) -> Result<T, EvaluationError>,
) -> Result<T, Halt> {
    let chain = chain(case, scope)?;
    case.instance()?;
    let view = View {
        work: case.work,
        instance: case.id,
        chain,
        record: case
            .work
            .instances
            .peek(&case.id)
            .flatten()
            .and_then(|instance| instance.record.as_ref()),
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

/// Writes a variable to the nearest scope that has it, or into `scope` when none has.
pub(crate) fn set(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    name: &str,
    value: Value,
) -> Result<(), StateError> {
    let mut found = scope;
    for candidate in chain(case, scope)? {
        if get_in(case, candidate, name)?.is_some() {
            found = candidate;
            break;
        }
    }
    case.work.variables.put((case.id, found, name.to_owned()), value);
    Ok(())
}

/// The value of a variable, seen from `scope`.
pub(crate) fn get(case: &mut Case, scope: Option<ElementInstanceId>, name: &str) -> Result<Option<Value>, StateError> {
    for candidate in chain(case, scope)? {
        if let Some(value) = get_in(case, candidate, name)? {
            return Ok(Some(value.clone()));
        }
    }
    Ok(None)
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

/// The scopes from `scope` outwards; the last one is the case itself.
fn chain(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<Vec<Option<ElementInstanceId>>, StateError> {
    let mut chain = vec![scope];
    let mut next = scope;
    while let Some(id) = next {
        next = case.element(id)?.scope;
        chain.push(next);
    }
    Ok(chain)
}

/// What an expression sees.
struct View<'v, 's> {
    work: &'v Work<'s>,
    instance: InstanceId,
    chain: Vec<Option<ElementInstanceId>>,
    record: Option<&'v RecordRef>,
    /// A row that could not be read: the expression's own error must not hide it.
    error: RefCell<Option<StateError>>,
}

impl Scope for View<'_, '_> {
    fn get(&self, name: &str) -> Result<Option<Value>, StateError> {
        let mut key = (self.instance, None, name.to_owned());
        for scope in &self.chain {
            key.1 = *scope;
            let found = match self.work.variables.peek(&key) {
                Some(known) => known.cloned(),
                None => self
                    .work
                    .state
                    .variable(self.instance, *scope, name)
                    .inspect_err(|error| {
                        self.error.replace(Some(error.clone()));
                    })?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn record(&self) -> Option<&RecordRef> {
        self.record
    }
}
