//! The evaluator the process engine asks, over the sandbox of `kapok-rules`. Compiled forms are kept: an expression of a
//! deployed model is compiled once in the life of the program.

use std::{
    borrow::{Borrow, Cow},
    cell::RefCell,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, RwLock},
};

use kapok_process::{EvaluationError, Evaluator, Scope, ScriptResult};
use kapok_protocol::{Expression, Principal, Text, Timestamp, Value};
use kapok_records::{Access, Action, FieldAccess, FieldSet, as_value};
use kapok_rules::{Compiled, Context, Limits, Sandbox, Template};
use kapok_tables::{Queries, Read};

use crate::{
    grants,
    organisation::Organisation,
    react::{encode, plain},
    shared::Shared,
};

/// The sandbox and what was compiled in it.
pub(crate) struct Rules {
    sandbox: Sandbox,
    expressions: Cache<Expression, Compiled>,
    scripts: Cache<String, Compiled>,
    templates: Cache<String, Arc<Template>>,
}

/// At most so many compiled forms of one kind are kept; then the cache starts afresh.
const KEPT: usize = 50_000;

struct Cache<K, V>(RwLock<HashMap<K, V>>);

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    fn get<Q>(&self, key: &Q, make: impl FnOnce() -> Result<V, Text>) -> Result<V, Text>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        // A poisoned lock only means that somebody panicked beside a cache; what is in it is whole.
        if let Some(found) = self.0.read().unwrap_or_else(|e| e.into_inner()).get(key) {
            return Ok(found.clone());
        }
        let made = make()?;
        let mut kept = self.0.write().unwrap_or_else(|e| e.into_inner());
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key.to_owned(), made.clone());
        Ok(made)
    }
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(RwLock::new(HashMap::new()))
    }
}

impl Rules {
    pub(crate) fn new() -> Self {
        Self {
            sandbox: Sandbox::new(Limits::WRITER),
            expressions: Cache::default(),
            scripts: Cache::default(),
            templates: Cache::default(),
        }
    }

    pub(crate) fn expression(&self, expression: &Expression) -> Result<Compiled, Text> {
        self.expressions.get(expression, || self.sandbox.compile(expression))
    }

    pub(crate) fn script(&self, script: &str) -> Result<Compiled, Text> {
        self.scripts.get(script, || self.sandbox.compile_script(script))
    }

    fn template(&self, template: &str) -> Result<Arc<Template>, Text> {
        self.templates.get(template, || Template::parse(template).map(Arc::new))
    }
}

/// Expressions for one command: the sandbox, the rows the command sees, and who asks.
pub(crate) struct Expressions<'a> {
    shared: &'a Shared,
    rules: &'a Rules,
    read: &'a dyn Read,
    context: Context,
}

impl<'a> Expressions<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        read: &'a dyn Read,
        organisation: &Organisation,
        actor: Principal,
        now: Timestamp,
    ) -> Self {
        let context = organisation.context(actor.person(), now, shared.settings.utc_offset_minutes);
        Self {
            shared,
            rules: &shared.rules,
            read,
            context,
        }
    }
}

impl Evaluator for Expressions<'_> {
    fn value(&self, expression: &Expression, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let compiled = self.rules.expression(expression)?;
        let names = Names::new(self, scope, &expression.text);
        let found = compiled.evaluate(&self.rules.sandbox, &names);
        names.granted(found.map_err(|error| error.text()))
    }

    fn condition(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let compiled = self.rules.expression(expression)?;
        let names = Names::new(self, scope, &expression.text);
        let found = compiled.condition(&self.rules.sandbox, &names);
        names.granted(found.map_err(|error| error.text()))
    }

    fn becomes(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let compiled = self.rules.expression(expression)?;
        let names = Names::new(self, scope, &expression.text);
        let found = match compiled.condition(&self.rules.sandbox, &names) {
            Ok(holds) => Ok(holds),
            Err(error) if error.lacks_a_value() => Ok(false),
            Err(error) => Err(error.text()),
        };
        names.granted(found)
    }

    fn knows_decision(&self, decision: &str) -> bool {
        self.shared.decisions.get(decision).is_some()
    }

    fn decision(&self, decision: &str, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let Some(decisions) = self.shared.decisions.get(decision) else {
            return Err(Text::new(
                format!("没有名为“{decision}”的决策。请先发布它，再重试。"),
                format!("There is no decision `{decision}`. Publish it, then retry."),
            ));
        };
        // What a table asks of a record is not looked through: a field that may not be seen is not there.
        let names = Names::new(self, scope, "");
        let found = decisions.evaluate(decision, &names);
        names.granted(found.map_err(|error| error.text()))
    }

    fn script(&self, script: &str, scope: &dyn Scope) -> Result<ScriptResult, EvaluationError> {
        let compiled = self.rules.script(script)?;
        let names = Names::new(self, scope, script);
        let outcome = compiled.run(&self.rules.sandbox, &names);
        let outcome = names.granted(outcome.map_err(|error| error.text()))?;
        Ok(ScriptResult {
            value: outcome.value,
            writes: outcome.writes,
        })
    }

    fn text(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError> {
        let names = Names::new(self, scope, template);
        let template = self.rules.template(template)?;
        let text = template.render(&names);
        names.granted(text.map_err(|error| error.text()))
    }

    fn url(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError> {
        let names = Names::new(self, scope, template);
        let template = self.rules.template(template)?;
        let url = template.render_with(&names, &|value, url| encode(&plain(value), url));
        names.granted(url.map_err(|error| error.text()))
    }
}

/// The names an expression may use: the case's variables, `record`, the fields of the record the case is about, and
/// `execution`, what other engines call the case at hand.
struct Names<'a> {
    scope: &'a dyn Scope,
    expressions: &'a Expressions<'a>,
    /// The text that asks.
    text: &'a str,
    /// What it asked for and was not granted.
    denied: RefCell<Option<Text>>,
}

impl<'a> Names<'a> {
    fn new(expressions: &'a Expressions<'a>, scope: &'a dyn Scope, text: &'a str) -> Self {
        Self {
            scope,
            expressions,
            text,
            denied: RefCell::default(),
        }
    }

    /// What was found, unless it rests on something that the process may not see.
    fn granted<T>(&self, found: Result<T, Text>) -> Result<T, Text> {
        match self.denied.take() {
            Some(denied) => Err(denied),
            None => found,
        }
    }

    /// The record the case is about, as far as the process may see it: all its fields, the empty ones too, and what every
    /// record has.
    fn record(&self) -> Option<Value> {
        let Expressions { shared, read, .. } = self.expressions;
        let reference = self.scope.record()?;
        let catalogue = shared.catalogue();
        let entity = catalogue.entity(reference.entity.as_str())?;
        let row = Queries(*read).record(&reference.entity, reference.id).ok()??;
        let access = match self.scope.definition() {
            Some(definition) => grants::reading(shared, &catalogue, definition, entity, &row.record),
            None => Access::Denied,
        };
        let deny = |fields: FieldSet| {
            let refusal = grants::refused(&catalogue, &entity.id, Action::Read, &fields);
            self.denied.replace(Some(refusal.text));
        };
        if !access.is_granted() {
            deny(FieldSet::All);
            return None;
        }
        let mut value = as_value(entity, &row.record);
        let hidden = entity
            .fields
            .iter()
            .filter(|field| access.of(&field.id) < FieldAccess::Read);
        let hidden: Vec<&str> = hidden.map(|field| field.id.as_str()).collect();
        if let (false, Value::Map(fields)) = (hidden.is_empty(), &mut value) {
            fields.retain(|name, _| !hidden.contains(&name.as_str()));
            let words = self.text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
            let asked = FieldSet::these(words.filter(|word| hidden.contains(word)));
            if !asked.is_nothing() {
                deny(asked);
            }
        }
        Some(value)
    }
}

impl kapok_rules::Scope for Names<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        // What cannot be read is unknown here; the process engine reads the same rows itself and stops on them.
        if let Ok(Some(value)) = self.scope.get(name) {
            return Some(Cow::Owned(value));
        }
        match name {
            "record" => self.record().map(Cow::Owned),
            "execution" => Some(Cow::Owned(self.scope.execution())),
            _ => None,
        }
    }

    fn context(&self) -> &Context {
        &self.expressions.context
    }
}
