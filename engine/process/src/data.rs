//! Data that go in and out of a node (BPMN 2.0.2, 10.4.2), and what is computed unseen when it begins and ends.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{ListenerAction, Mapping, NodeIndex, ProcessGraph};
use kapok_protocol::{ElementInstanceId, Value};

use crate::{case::Case, halt::Halt, scope};

/// Gives a fresh activation the variables of its own that it declares and that its inputs fill.
pub(crate) fn take_in(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let Some(drawn) = graph.node(node) else { return Ok(()) };
    for name in &drawn.data.locals {
        scope::put(case, Some(id), name, Value::Null)?;
    }
    for Mapping { source, target } in &drawn.data.inputs {
        let value = scope::value(case, Some(id), source)?;
        scope::put_path(case, id, target, value)?;
    }
    Ok(())
}

/// Carries out what a node's outputs say, into the scope around it.
pub(crate) fn take_out(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    let row = case.element(id)?;
    let (node, around) = (row.node, row.sees.map_or(row.scope, Some));
    let graph = Arc::clone(&case.graph);
    let Some(drawn) = graph.node(node) else { return Ok(()) };
    for Mapping { source, target } in &drawn.data.outputs {
        let value = scope::value(case, Some(id), source)?;
        scope::set_path(case, around, target, value)?;
    }
    Ok(())
}

/// Writes what a node's work brought: results of a job, answers of a person, the content of a message. They stay the
/// node's own when it says so, or when it has outputs that read them.
pub(crate) fn receive(
    case: &mut Case,
    id: ElementInstanceId,
    results: BTreeMap<String, Value>,
    own: bool,
) -> Result<(), Halt> {
    let node = case.element(id)?.node;
    let keeps = case.graph.node(node).is_some_and(|node| node.data.keeps_results);
    for (name, value) in results {
        if own || keeps {
            scope::put(case, Some(id), &name, value)?;
        } else {
            scope::set(case, Some(id), &name, value)?;
        }
    }
    Ok(())
}

/// The content of an event: its own when it maps it out, else variables around it.
pub(crate) fn receive_event(
    case: &mut Case,
    id: ElementInstanceId,
    content: BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let node = case.element(id)?.node;
    let maps = case.graph.node(node).is_some_and(|node| !node.data.outputs.is_empty());
    receive(case, id, content, maps)
}

/// What a throwing node sends along: what its inputs gave it.
pub(crate) fn content(
    case: &mut Case,
    id: ElementInstanceId,
    graph: &ProcessGraph,
) -> Result<BTreeMap<String, Value>, Halt> {
    let node = case.element(id)?.node;
    let Some(drawn) = graph.node(node) else {
        return Ok(BTreeMap::new());
    };
    let mut content = BTreeMap::new();
    for Mapping { target, .. } in &drawn.data.inputs {
        let name = target.split('.').next().unwrap_or(target);
        if let Some(value) = scope::get(case, Some(id), name)? {
            content.insert(name.to_owned(), value);
        }
    }
    Ok(content)
}

/// Runs what a node computes when it begins, or when it ends.
pub(crate) fn run_listeners(case: &mut Case, id: ElementInstanceId, at_end: bool) -> Result<(), Halt> {
    let node = case.element(id)?.node;
    let graph = Arc::clone(&case.graph);
    let Some(drawn) = graph.node(node) else { return Ok(()) };
    for listener in drawn.listeners.iter().filter(|listener| listener.at_end == at_end) {
        match &listener.action {
            ListenerAction::Script(script) => run_script(case, id, script).map(drop)?,
            ListenerAction::Expression(expression) => scope::value(case, Some(id), expression).map(drop)?,
        }
    }
    Ok(())
}

/// Runs a script, keeps what it assigned, and answers with its value.
pub(crate) fn run_script(case: &mut Case, id: ElementInstanceId, script: &str) -> Result<Value, Halt> {
    let result = scope::ask(case, Some(id), |context, view| context.evaluator.script(script, view))?;
    receive(case, id, result.writes, false)?;
    Ok(result.value)
}

/// Keeps a value in a variable, when the model names one.
pub(crate) fn keep(case: &mut Case, id: ElementInstanceId, name: Option<&String>, value: Value) -> Result<(), Halt> {
    match name {
        Some(name) => receive(case, id, BTreeMap::from([(name.clone(), value)]), false),
        None => Ok(()),
    }
}
