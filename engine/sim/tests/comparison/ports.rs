//! What the engine asks of the world: the deployed models, nobody at all, and the reference's expressions.

use std::{num::NonZeroU64, sync::Arc};

use kapok_model::{CalledVersion, EventDefinition, Name, NodeIndex, NodeKind, ProcessGraph};
use kapok_process::{Definitions, Directory, EvaluationError, Evaluator, Scope, ScriptResult, state::Candidate};
use kapok_protocol::{DefinitionId, Expression, PersonId, Text, Value};
use kapok_sim::reference;

pub struct Deployed(pub Vec<Arc<ProcessGraph>>);

impl Deployed {
    pub fn id(at: usize) -> DefinitionId {
        NonZeroU64::MIN.saturating_add(at as u64).into()
    }

    fn starts(&self, is_it: impl Fn(&EventDefinition) -> bool) -> Vec<(DefinitionId, NodeIndex)> {
        let mut found = Vec::new();
        for (at, graph) in self.0.iter().enumerate() {
            for (index, node) in graph.children(None) {
                if let NodeKind::StartEvent(start) = &node.kind
                    && start.triggers.iter().any(&is_it)
                {
                    found.push((Self::id(at), index));
                }
            }
        }
        found
    }
}

impl Definitions for Deployed {
    fn graph(&self, definition: DefinitionId) -> Option<Arc<ProcessGraph>> {
        self.0.get(definition.get() as usize - 1).cloned()
    }

    fn called(&self, key: &str, _: &CalledVersion, _: DefinitionId) -> Option<DefinitionId> {
        self.0.iter().position(|graph| graph.key == key).map(Self::id)
    }

    fn message_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        self.starts(|it| matches!(it, EventDefinition::Message(message) if message.name.literal() == Some(name)))
    }

    fn signal_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        self.starts(|it| matches!(it, EventDefinition::Signal(Name::Literal(own)) if own == name))
    }
}

pub struct Nobody;

impl Directory for Nobody {
    fn person(&self, _: &str) -> Option<PersonId> {
        None
    }

    fn exists(&self, _: PersonId) -> bool {
        false
    }

    fn name(&self, _: PersonId) -> Option<String> {
        None
    }

    fn superior(&self, _: PersonId) -> Option<PersonId> {
        None
    }

    fn department_head(&self, _: PersonId) -> Option<PersonId> {
        None
    }

    fn members(&self, _: &Candidate) -> Vec<PersonId> {
        Vec::new()
    }

    fn group(&self, _: &str) -> Option<Candidate> {
        None
    }

    fn is_member(&self, _: PersonId, _: &Candidate) -> bool {
        false
    }

    fn is_administrator(&self, _: PersonId) -> bool {
        false
    }
}

pub struct Expressions;

fn names<'s>(scope: &'s dyn Scope) -> impl Fn(&str) -> Option<Value> + 's {
    |name| scope.get(name).unwrap_or_default()
}

impl Evaluator for Expressions {
    fn value(&self, expression: &Expression, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        reference::value(&expression.text, &names(scope)).map_err(Text::same)
    }

    fn condition(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let value = self.value(expression, scope)?;
        value
            .as_bool()
            .ok_or_else(|| Text::same(format!("{}: not true or false", expression.text)))
    }

    fn becomes(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        Ok(self.value(expression, scope) == Ok(Value::Bool(true)))
    }

    fn knows_decision(&self, _: &str) -> bool {
        false
    }

    fn decision(&self, decision: &str, _: &dyn Scope) -> Result<Value, EvaluationError> {
        Err(Text::same(format!("no decision {decision}")))
    }

    fn script(&self, script: &str, scope: &dyn Scope) -> Result<ScriptResult, EvaluationError> {
        let (writes, value) = reference::script(script, &names(scope)).map_err(Text::same)?;
        Ok(ScriptResult { value, writes })
    }

    fn text(&self, template: &str, _: &dyn Scope) -> Result<String, EvaluationError> {
        Ok(template.to_owned())
    }
}
