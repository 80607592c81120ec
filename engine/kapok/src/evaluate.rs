//! The evaluator the process engine asks, over the sandbox of `kapok-rules`. Compiled forms are kept: an expression of a
//! deployed model is compiled once in the life of the program.

use std::{
    borrow::{Borrow, Cow},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, RwLock},
};

use kapok_process::{EvaluationError, Evaluator, Scope, ScriptResult};
use kapok_protocol::{Expression, Principal, RecordRef, Text, Timestamp, Value};
use kapok_records::as_value;
use kapok_rules::{Compiled, Context, Limits, Sandbox, Template};
use kapok_tables::{Queries, Read};

use crate::{organisation::Organisation, shared::Shared};

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
        compiled
            .evaluate(
                &self.rules.sandbox,
                &Names {
                    scope,
                    expressions: self,
                },
            )
            .map_err(|error| error.text())
    }

    fn condition(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let compiled = self.rules.expression(expression)?;
        compiled
            .condition(
                &self.rules.sandbox,
                &Names {
                    scope,
                    expressions: self,
                },
            )
            .map_err(|error| error.text())
    }

    fn becomes(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let compiled = self.rules.expression(expression)?;
        let names = Names {
            scope,
            expressions: self,
        };
        match compiled.condition(&self.rules.sandbox, &names) {
            Ok(holds) => Ok(holds),
            Err(error) if error.lacks_a_value() => Ok(false),
            Err(error) => Err(error.text()),
        }
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
        let names = Names {
            scope,
            expressions: self,
        };
        decisions.evaluate(decision, &names).map_err(|error| error.text())
    }

    fn script(&self, script: &str, scope: &dyn Scope) -> Result<ScriptResult, EvaluationError> {
        let compiled = self.rules.script(script)?;
        let outcome = compiled
            .run(
                &self.rules.sandbox,
                &Names {
                    scope,
                    expressions: self,
                },
            )
            .map_err(|error| error.text())?;
        Ok(ScriptResult {
            value: outcome.value,
            writes: outcome.writes,
        })
    }

    fn text(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError> {
        let template = self.rules.template(template)?;
        template
            .render(&Names {
                scope,
                expressions: self,
            })
            .map_err(|error| error.text())
    }
}

/// The names an expression may use: the case's variables, `record`, the fields of the record the case is about, and
/// `execution`, what other engines call the case at hand.
struct Names<'a> {
    scope: &'a dyn Scope,
    expressions: &'a Expressions<'a>,
}

impl kapok_rules::Scope for Names<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        // What cannot be read is unknown here; the process engine reads the same rows itself and stops on them.
        if let Ok(Some(value)) = self.scope.get(name) {
            return Some(Cow::Owned(value));
        }
        match name {
            "record" => {
                let Expressions { shared, read, .. } = self.expressions;
                record_value(shared, *read, self.scope.record()?).map(Cow::Owned)
            }
            "execution" => Some(Cow::Owned(self.scope.execution())),
            _ => None,
        }
    }

    fn context(&self) -> &Context {
        &self.expressions.context
    }
}

/// A record as expressions see it: all its fields, the empty ones too, and what every record has.
fn record_value(shared: &Shared, read: &dyn Read, record: &RecordRef) -> Option<Value> {
    let catalogue = shared.catalogue();
    let definition = catalogue.entity(record.entity.as_str())?;
    let row = Queries(read).record(&record.entity, record.id).ok()??;
    Some(as_value(definition, &row.record))
}
