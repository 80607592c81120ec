//! Variables: read from the nearest scope outwards, written back to where they were found (10.4.1).

use std::collections::BTreeMap;

use kapok_model::{Mapping, NodeKind, Repeat};
use kapok_protocol::{Expression, Value};

use super::{
    expressions,
    state::{Id, World},
};

impl World {
    /// The value of a variable, seen from an activation.
    pub(super) fn get(&self, from: Id, name: &str) -> Option<&Value> {
        let activation = &self.activations[from];
        match activation.variables.get(name) {
            Some(value) => Some(value),
            None => self.get(activation.scope?, name),
        }
    }

    /// Writes a variable where it is found; else to the nearest multi-instance instance around, else to the case.
    pub(super) fn set(&mut self, from: Id, name: &str, value: Value) {
        let mut at = from;
        loop {
            if self.activations[at].variables.contains_key(name) {
                break;
            }
            match self.activations[at].scope {
                Some(scope) => at = scope,
                None => {
                    at = self.where_new_ones_go(from);
                    break;
                }
            }
        }
        self.activations[at].variables.insert(name.to_owned(), value);
    }

    fn where_new_ones_go(&self, from: Id) -> Id {
        let each = |id: Id| {
            self.is_instance(id)
                && self
                    .node_of(id)
                    .is_some_and(|node| matches!(node.activity.repeat.as_deref(), Some(Repeat::Each(_))))
        };
        match self.activations[from].scope {
            _ if each(from) => from,
            Some(scope) => self.where_new_ones_go(scope),
            None => from,
        }
    }

    /// Everything that can be seen from an activation.
    pub(super) fn seen(&self, from: Id) -> BTreeMap<String, Value> {
        let mut seen = match self.activations[from].scope {
            Some(scope) => self.seen(scope),
            None => BTreeMap::new(),
        };
        seen.extend(self.activations[from].variables.clone());
        seen
    }

    /// The value of an expression, seen from an activation.
    pub(super) fn value(&self, from: Id, expression: &Expression) -> Result<Value, String> {
        expressions::value(&expression.text, &|name| self.get(from, name).cloned())
    }

    /// The value of an expression in the words of the reader's own: a text.
    pub(super) fn text_value(&self, from: Id, text: &str) -> Result<Value, String> {
        expressions::value(text, &|name| self.get(from, name).cloned())
    }

    /// Whether a condition holds. Only true and false are answers.
    pub(super) fn holds(&self, from: Id, expression: &Expression) -> Result<bool, String> {
        match self.value(from, expression)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(format!("{} is {other}, not true or false", expression.text)),
        }
    }

    /// Runs a script: what it assigns is written when all of it is done.
    pub(super) fn run_script(&mut self, from: Id, script: &str) -> Result<Value, String> {
        let (writes, value) = expressions::script(script, &|name| self.get(from, name).cloned())?;
        for (name, value) in writes {
            self.set(from, &name, value);
        }
        Ok(value)
    }

    /// Puts what comes in into variables of the activation's own (10.4.2).
    pub(super) fn take_inputs(&mut self, id: Id) -> Result<(), String> {
        let Some(node) = self.node_of(id).cloned() else {
            return Ok(());
        };
        for local in &node.data.locals {
            self.activations[id].variables.insert(local.clone(), Value::Null);
        }
        let mut taken = Vec::new();
        for Mapping { source, target } in &node.data.inputs {
            taken.push((target.clone(), self.value(id, source)?));
        }
        self.activations[id].variables.extend(taken);
        Ok(())
    }

    /// Puts what goes out into the variables around the activation.
    pub(super) fn give_outputs(&mut self, id: Id) -> Result<(), String> {
        let Some(node) = self.node_of(id).cloned() else {
            return Ok(());
        };
        let mut given = Vec::new();
        for Mapping { source, target } in &node.data.outputs {
            given.push((target.clone(), self.value(id, source)?));
        }
        if let Some(scope) = self.activations[id].scope {
            for (target, value) in given {
                self.set(scope, &target, value);
            }
        }
        Ok(())
    }

    /// Takes what an activation results in: as variables each, or as one.
    pub(super) fn take_results(&mut self, id: Id, results: &BTreeMap<String, Value>) {
        let Some(node) = self.node_of(id).cloned() else {
            return;
        };
        let one = match &node.kind {
            NodeKind::ServiceTask(task) => task.result_variable.clone(),
            _ => None,
        };
        let results = match one {
            Some(name) => BTreeMap::from([(name, Value::Map(results.clone()))]),
            None => results.clone(),
        };
        for (name, value) in results {
            self.take_result(id, &name, value);
        }
    }

    /// Takes one result.
    pub(super) fn take_result(&mut self, id: Id, name: &str, value: Value) {
        if self.node_of(id).is_some_and(|node| node.data.keeps_results) {
            self.activations[id].variables.insert(name.to_owned(), value);
        } else {
            self.set(id, name, value);
        }
    }
}
