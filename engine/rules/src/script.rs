//! Runs scripts: variables into rhai, what they came to out of it.
//!
//! What a run needs is kept from the run before where it can be: rhai finds the functions behind operators and calls
//! anew in every evaluation, and copies the name of every variable, unless it is given what it found the last time.

use std::{
    borrow::Cow,
    cell::Cell,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

use kapok_protocol::Value;
use rhai::{AST, Caches, Dynamic, EvalAltResult, ImmutableString, Map};

use crate::{
    Cause, Outcome, Sandbox, Scope, budget,
    convert::{from_script, to_script},
    names::{Names, VARS},
    plain::{Effect, Plain},
};

/// A script, ready to be run.
#[derive(Debug)]
pub(crate) struct Script {
    ast: AST,
    names: Names,
    /// The same without rhai, when it is simple enough.
    plain: Option<Plain>,
    /// Whether it may look at `vars`.
    mentions_vars: bool,
    /// Whether what its calls and operators mean is the same for all scripts of a sandbox: it has no functions of its own,
    /// and no references to functions, by which an operator may be called in another way.
    is_common: bool,
    /// The variables that the first run found, without values.
    frame: OnceLock<(Vec<String>, rhai::Scope<'static>)>,
}

/// Why a run has no outcome.
pub(crate) enum Failure {
    Cause(Cause),
    Rhai(Box<EvalAltResult>),
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

/// A variable that the scope knows.
type Found<'n, 's> = (&'n str, Cow<'s, Value>);

/// With more variables than these, filling a kept frame takes longer than making one.
const FRAME: usize = 8;

/// As many operations as no plain statement takes.
const ENOUGH: u64 = 1_000;

impl Script {
    pub(crate) fn new(source: &str, ast: AST, names: Names) -> Self {
        Self {
            plain: Plain::read(&ast),
            is_common: !ast.has_functions() && !source.contains("Fn"),
            ast,
            names,
            mentions_vars: source.contains(VARS),
            frame: OnceLock::new(),
        }
    }

    /// The names of others that it mentions.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.names.mentioned_outside()
    }

    /// Runs it; changing variables is up to the caller.
    pub(crate) fn run(&self, sandbox: &Sandbox, scope: &dyn Scope) -> Result<Outcome, Failure> {
        let found = find(scope, &self.names.mentioned);
        if let Some(outcome) = self.run_plainly(sandbox, &found) {
            return Ok(outcome);
        }
        let vars = find(scope, &self.names.vars);
        let mut variables = self.variables(&found, self.vars(&vars)?)?;

        budget::start();
        // A mistake in rhai itself must not take more with it than the expression that met it.
        let evaluation = AssertUnwindSafe(|| self.evaluate(sandbox, &mut variables));
        let value = catch_unwind(evaluation)
            .map_err(|_| Cause::Script("rhai panicked".to_owned()))?
            .map_err(Failure::Rhai)?;

        // What was pushed comes first in rhai's scope; what the script declared itself comes after and is dropped.
        variables.rewind(found.len() + 1);
        let mut after = variables.iter_raw().map(|(_, _, value)| value);
        let vars_after = after.next().filter(|_| self.mentions_vars).cloned();
        let mut writes = BTreeMap::new();
        let mut failed = None;
        // rhai hands them over with the last one first; of several that cannot be kept the first one is said.
        for ((name, before), value) in found.iter().rev().zip(after) {
            if is_same(value, before) {
                continue;
            }
            match from_script(value.clone()) {
                Ok(value) if value == **before => {}
                Ok(value) => {
                    writes.insert((*name).to_owned(), value);
                }
                Err(cause) => failed = Some(cause),
            }
        }
        if let Some(cause) = failed {
            return Err(cause.into());
        }
        let vars_after = vars_after
            .and_then(|map| map.flatten().try_cast::<Map>())
            .unwrap_or_default();
        for (name, value) in vars_after {
            let value = from_script(value)?;
            let before = vars.iter().find(|(known, _)| *known == name.as_str());
            if before.is_none_or(|(_, before)| **before != value) {
                writes.insert(name.to_string(), value);
            }
        }
        Ok(Outcome {
            value: from_script(value)?,
            writes,
        })
    }

    /// Its outcome without rhai; `None` when only rhai knows.
    fn run_plainly(&self, sandbox: &Sandbox, found: &[Found<'_, '_>]) -> Option<Outcome> {
        let plain = self.plain.as_ref()?;
        if self.mentions_vars || sandbox.limits().operations < ENOUGH {
            return None;
        }
        let lookup = |name: &str| {
            found
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| &**value)
        };
        let mut outcome = Outcome::default();
        match plain.run(&lookup)? {
            Effect::Value(value) => outcome.value = value,
            Effect::Write(name, value) => {
                if lookup(name) != Some(&value) {
                    outcome.writes.insert(name.to_owned(), value);
                }
            }
        }
        Some(outcome)
    }

    fn evaluate(&self, sandbox: &Sandbox, variables: &mut rhai::Scope<'static>) -> Result<Dynamic, Box<EvalAltResult>> {
        let engine = sandbox.engine();
        if !self.is_common {
            return engine.eval_ast_with_scope(variables, &self.ast);
        }
        let kept = FUNCTIONS.take().filter(|(owner, _)| *owner == sandbox.id());
        let mut functions = kept.map(|(_, functions)| functions).unwrap_or_default();
        let mut state = engine.new_global_runtime_state();
        #[allow(
            deprecated,
            reason = "rhai marks it so because its inner workings may change between versions"
        )]
        let value = engine.eval_statements_raw(&mut state, &mut functions, variables, self.ast.statements())?;
        // What an error left behind is not used again.
        if functions.fn_resolution_caches_len() == 1 && functions.fn_resolution_cache_mut().dict.len() <= FUNCTIONS_KEPT
        {
            FUNCTIONS.set(Some((sandbox.id(), functions)));
        }
        Ok(value)
    }

    /// The map through which it makes new variables; nothing when it does not speak of it.
    fn vars(&self, found: &[Found<'_, '_>]) -> Result<Dynamic, Cause> {
        if !self.mentions_vars {
            return Ok(Dynamic::UNIT);
        }
        let entries = found
            .iter()
            .map(|(name, value)| Ok(((*name).into(), to_script(value)?)));
        entries.collect::<Result<Map, Cause>>().map(Dynamic::from_map)
    }

    /// rhai's scope with what was found, and with `vars` last: when a case has a variable of this name, the script's own
    /// covers it.
    fn variables(&self, found: &[Found<'_, '_>], vars: Dynamic) -> Result<rhai::Scope<'static>, Cause> {
        let (names, frame) = self.frame.get_or_init(|| {
            let mut frame = rhai::Scope::new();
            for (name, _) in found {
                frame.push_dynamic(*name, Dynamic::UNIT);
            }
            frame.push_dynamic(VARS, Dynamic::UNIT);
            (found.iter().map(|(name, _)| (*name).to_owned()).collect(), frame)
        });
        let is_framed = found.len() <= FRAME
            && found.iter().all(|(name, _)| *name != VARS)
            && found.iter().map(|(name, _)| *name).eq(names);
        let mut variables = match is_framed {
            true => frame.clone(),
            false => rhai::Scope::new(),
        };
        for (name, value) in found {
            set(&mut variables, is_framed, name, to_script(value)?);
        }
        set(&mut variables, is_framed, VARS, vars);
        Ok(variables)
    }
}

/// Gives a variable its value, where it is or behind the others.
fn set(variables: &mut rhai::Scope<'static>, is_there: bool, name: &str, value: Dynamic) {
    if is_there && let Some(place) = variables.get_mut(name) {
        *place = value;
    } else {
        variables.push_dynamic(name, value);
    }
}

thread_local! {
    /// The functions that rhai found for scripts of one sandbox.
    static FUNCTIONS: Cell<Option<(u64, Caches)>> = const { Cell::new(None) };
}

/// The most functions that are kept.
const FUNCTIONS_KEPT: usize = 512;

/// Whether a variable surely has the value it had. Others are compared when they have left rhai.
fn is_same(value: &Dynamic, before: &Value) -> bool {
    if value.is_shared() {
        return false;
    }
    match before {
        Value::Null => value.is_unit(),
        Value::Bool(before) => value.as_bool() == Ok(*before),
        Value::Number(before) => match value.as_int() {
            Ok(whole) => rust_decimal::Decimal::from(whole) == *before,
            Err(_) => value.as_decimal() == Ok(*before),
        },
        Value::Text(before) => {
            let text = value.read_lock::<ImmutableString>();
            text.is_some_and(|text| text.as_str() == before)
        }
        Value::List(before) => value.as_array_ref().is_ok_and(|items| {
            items.len() == before.len() && items.iter().zip(before).all(|(item, before)| is_same(item, before))
        }),
        Value::Map(before) => value.as_map_ref().is_ok_and(|entries| {
            entries.len() == before.len()
                && entries
                    .iter()
                    .zip(before)
                    .all(|((key, entry), (known, before))| key.as_str() == known && is_same(entry, before))
        }),
    }
}

fn find<'s, 'n>(scope: &'s dyn Scope, names: impl IntoIterator<Item = &'n String>) -> Vec<Found<'n, 's>> {
    names
        .into_iter()
        .filter_map(|name| Some((name.as_str(), scope.get(name)?)))
        .collect()
}
