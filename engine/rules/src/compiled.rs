//! Expressions that are ready to be evaluated, any number of times.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Value;
use rhai::{AST, EvalAltResult};

use crate::{
    Cause, Condition, EvaluationError, Sandbox, Scope,
    convert::from_script,
    feel, juel,
    names::Names,
    sandbox::position,
    script::{Failure, Script},
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
    Script(Box<Script>),
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
            program: Program::Script(Box::new(Script::new(source, ast, names))),
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

    /// The names it asks its scope for. In FEEL there may be names among them that only exist inside of the expression,
    /// such as that of a `for`; condition rows and JUEL do not say.
    pub fn names(&self) -> Vec<&str> {
        match &self.0.program {
            Program::Script(script) => script.names(),
            Program::Feel(program) => program.names().collect(),
            Program::Condition(_) | Program::Juel(_) => Vec::new(),
        }
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
            Program::Script(_) => {
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
        let Program::Script(script) = &self.0.program else {
            return self.evaluate(sandbox, scope).map(|value| Outcome {
                value,
                writes: BTreeMap::new(),
            });
        };
        script.run(sandbox, scope).map_err(|failure| match failure {
            Failure::Cause(cause) => self.error(cause),
            Failure::Rhai(error) => self.rhai_error(sandbox, *error),
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
