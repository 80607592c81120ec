//! Expressions that are ready to be evaluated, any number of times.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use kapok_protocol::Value;
use rhai::{AST, Dynamic, EvalAltResult, Map};

use crate::{
    Cause, Condition, EvaluationError, Sandbox, Scope, budget,
    convert::{from_script, to_script},
    feel, juel,
    names::{Names, VARS},
    sandbox::position,
};

/// A compiled expression or script. Cloning it costs nothing.
#[derive(Debug, Clone)]
pub struct Compiled(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: String,
    program: Program,
}

#[derive(Debug)]
enum Program {
    Script { ast: AST, names: Names },
    Condition(Condition),
    Juel(juel::Program),
    Feel(feel::Program),
}

/// What a script did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Its last value.
    pub value: Value,
    /// The variables it changed or made, with their new values. A variable that existed belongs back to where it was
    /// found; one that did not is new.
    pub writes: BTreeMap<String, Value>,
}

impl Compiled {
    pub(crate) fn script(source: &str, ast: AST, names: Names) -> Self {
        Self(Arc::new(Inner {
            source: source.to_owned(),
            program: Program::Script { ast, names },
        }))
    }

    pub(crate) fn condition_rows(source: &str, condition: Condition) -> Self {
        Self(Arc::new(Inner {
            source: source.to_owned(),
            program: Program::Condition(condition),
        }))
    }

    pub(crate) fn juel(source: &str, program: juel::Program) -> Self {
        Self(Arc::new(Inner {
            source: source.to_owned(),
            program: Program::Juel(program),
        }))
    }

    pub(crate) fn feel(source: &str, program: feel::Program) -> Self {
        Self(Arc::new(Inner {
            source: source.to_owned(),
            program: Program::Feel(program),
        }))
    }

    /// The value of the expression.
    ///
    /// # Errors
    ///
    /// An unknown name, a limit, or whatever else stopped it; also when it would change a variable.
    pub fn evaluate(&self, sandbox: &Sandbox, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        match &self.0.program {
            Program::Condition(condition) => condition
                .holds_strictly(scope)
                .map(Value::Bool)
                .map_err(|cause| self.error(cause)),
            Program::Juel(program) => program
                .evaluate(scope, sandbox.limits().operations)
                .map_err(|cause| self.error(cause)),
            Program::Feel(program) => program
                .evaluate(scope, sandbox.limits().operations)
                .map_err(|cause| self.error(cause)),
            Program::Script { .. } => {
                let Outcome { value, writes } = self.run(sandbox, scope)?;
                match writes.into_keys().next() {
                    // Such as `list.push(1)`, which cannot be told from a question when it is compiled.
                    Some(name) => Err(self.error(Cause::Changes(name))),
                    None => Ok(value),
                }
            }
        }
    }

    /// Whether the condition holds.
    ///
    /// # Errors
    ///
    /// As [`Compiled::evaluate`], and when the value is null or not a truth value.
    pub fn condition(&self, sandbox: &Sandbox, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        match self.evaluate(sandbox, scope)? {
            Value::Bool(holds) => Ok(holds),
            Value::Null => Err(self.error(Cause::Null)),
            other => Err(self.error(Cause::NotACondition(other.kind()))),
        }
    }

    /// Runs a script and says what it changed; changing it is up to the caller.
    ///
    /// Variables are found in the scope by name; an assignment changes them, a top-level `let` stays inside the
    /// script, and `vars.x = …` changes or makes the variable `x`.
    ///
    /// # Errors
    ///
    /// As [`Compiled::evaluate`]. Nothing is changed then.
    pub fn run(&self, sandbox: &Sandbox, scope: &dyn Scope) -> Result<Outcome, EvaluationError> {
        let Program::Script { ast, names } = &self.0.program else {
            return self.evaluate(sandbox, scope).map(|value| Outcome {
                value,
                writes: BTreeMap::new(),
            });
        };
        let fail = |cause| self.error(cause);

        let found = find(scope, &names.mentioned);
        let vars = find(scope, &names.vars);
        let mut script_scope = rhai::Scope::new();
        for (name, value) in &found {
            script_scope.push_dynamic(*name, to_script(value).map_err(fail)?);
        }
        let map: Result<Map, Cause> = vars
            .iter()
            .map(|(name, value)| Ok(((*name).into(), to_script(value)?)))
            .collect();
        // Pushed last: when a case has a variable of this name, the script's own `vars` covers it.
        let vars_at = script_scope.len();
        script_scope.push_dynamic(VARS, Dynamic::from_map(map.map_err(fail)?));

        budget::start();
        // A mistake in rhai itself must not take more with it than the expression that met it.
        let evaluation = AssertUnwindSafe(|| sandbox.engine().eval_ast_with_scope::<Dynamic>(&mut script_scope, ast));
        let value = catch_unwind(evaluation)
            .map_err(|_| fail(Cause::Script("rhai panicked".to_owned())))?
            .map_err(|error| self.rhai_error(sandbox, *error))?;

        // What was pushed comes first in rhai's scope; what the script declared itself comes after and is dropped.
        let mut after: Vec<Dynamic> = script_scope
            .iter()
            .take(vars_at + 1)
            .map(|(_, _, value)| value)
            .collect();
        let vars_after = after.pop().and_then(|map| map.try_cast::<Map>()).unwrap_or_default();
        let mut writes = BTreeMap::new();
        for ((name, before), value) in found.iter().zip(after) {
            let value = from_script(value).map_err(fail)?;
            if value != **before {
                writes.insert((*name).to_owned(), value);
            }
        }
        for (name, value) in vars_after {
            let value = from_script(value).map_err(fail)?;
            let before = vars.iter().find(|(known, _)| *known == name.as_str());
            if before.is_none_or(|(_, before)| **before != value) {
                writes.insert(name.to_string(), value);
            }
        }
        Ok(Outcome {
            value: from_script(value).map_err(fail)?,
            writes,
        })
    }

    fn error(&self, cause: Cause) -> EvaluationError {
        EvaluationError::new(&self.0.source, cause)
    }

    fn rhai_error(&self, sandbox: &Sandbox, error: EvalAltResult) -> EvaluationError {
        let place = position(error.position());
        let cause = match error {
            // The innermost error is the one that says something.
            EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => return self.rhai_error(sandbox, *inner),
            EvalAltResult::ErrorVariableNotFound(name, _) | EvalAltResult::ErrorPropertyNotFound(name, _) => {
                Cause::UnknownName(name)
            }
            EvalAltResult::ErrorFunctionNotFound(signature, _) => Cause::UnknownFunction(in_plain_words(&signature)),
            EvalAltResult::ErrorArithmetic(detail, _) => Cause::Arithmetic(detail),
            EvalAltResult::ErrorTerminated(..) => Cause::TooManyOperations(sandbox.limits().operations),
            EvalAltResult::ErrorStackOverflow(_) => Cause::TooDeep,
            EvalAltResult::ErrorDataTooLarge(what, _) => Cause::TooMuchData(what),
            EvalAltResult::ErrorTooManyVariables(_) => Cause::TooMuchData("variables".to_owned()),
            EvalAltResult::ErrorRuntime(thrown, _) => match from_script(thrown) {
                Ok(value) => Cause::Thrown(value),
                Err(cause) => cause,
            },
            mut other => {
                let _ = other.take_position();
                Cause::Script(other.to_string())
            }
        };
        self.error(cause).at(place)
    }
}

/// A signature with the kinds of values as people know them, not as Rust does.
fn in_plain_words(signature: &str) -> String {
    [
        ("&str | ImmutableString | String", "text"),
        ("i64", "number"),
        ("decimal", "number"),
        ("array", "list"),
        ("()", "empty"),
    ]
    .into_iter()
    .fold(signature.to_owned(), |words, (rust, plain)| words.replace(rust, plain))
}

fn find<'s, 'n>(scope: &'s dyn Scope, names: impl IntoIterator<Item = &'n String>) -> Vec<(&'n str, Cow<'s, Value>)> {
    names
        .into_iter()
        .filter_map(|name| Some((name.as_str(), scope.get(name)?)))
        .collect()
}
