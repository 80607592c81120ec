//! What can be seen of the world from outside, to be compared.

use std::collections::BTreeMap;

use kapok_model::{NodeKind, ProcessGraph};
use kapok_protocol::Value;

use super::state::{Event, Id, Life, Outcome, What, World};

/// How things are after a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Each case that nobody called, in the order they began: what has become of it, and its variables.
    pub cases: Vec<(Outcome, BTreeMap<String, Value>)>,
    /// The elements that are active, in order of their ids; without those that only gather tokens.
    pub active: Vec<String>,
}

/// Whether tokens wait for each other at a node. Whether such a node is active before it opens is nobody's business:
/// the standard speaks of tokens on flows, an engine may keep a row.
pub fn gathers(graph: &ProcessGraph, element: &str) -> bool {
    let Some(index) = graph.find(element) else {
        return false;
    };
    let Some(node) = graph.node(index) else {
        return false;
    };
    match node.kind {
        NodeKind::ParallelGateway | NodeKind::InclusiveGateway => graph.incoming(index).len() > 1,
        NodeKind::ComplexGateway { .. } => true,
        _ => node.activity.start_quantity > 1,
    }
}

/// Whether an event is part of a comparison: not the beginning of what gathers tokens, nor that its gathering ended.
pub fn is_compared(graphs: &[std::sync::Arc<ProcessGraph>], event: &Event) -> bool {
    let gathers = graphs.iter().any(|graph| gathers(graph, &event.element));
    !(gathers && matches!(event.what, What::Activated | What::Cancelled))
}

impl World {
    /// How things are now.
    pub fn picture(&self) -> Picture {
        let cases = self.cases();
        let mut active: Vec<String> = cases.iter().flat_map(|case| self.active_in(*case)).collect();
        active.retain(|element| !self.graphs.iter().any(|graph| gathers(graph, element)));
        active.sort();
        Picture {
            cases: cases
                .iter()
                .map(|case| (self.outcome(*case), self.variables_of(*case).clone()))
                .collect(),
            active,
        }
    }

    /// All that matters for what can happen from here on, in words: two worlds that say the same have the same future.
    /// In which order things that go on side by side began is not in it.
    pub fn description(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut undoable: Vec<(usize, String)> = Vec::new();
        for (id, activation) in self.activations.iter().enumerate() {
            let path = self.path(id);
            match activation.life {
                Life::Active => {
                    let (begun, left, closing, asks) =
                        (activation.begun, activation.left, activation.closing, activation.asks);
                    lines.push(format!(
                        "{path} {begun} {left} {closing} {asks} {:?} {:?} {:?} {:?}",
                        activation.incident.is_some(),
                        activation.repetition,
                        activation.offered,
                        activation.variables
                    ));
                }
                Life::Completed if !activation.undone => {
                    undoable.push((activation.completed_at.unwrap_or_default(), path));
                }
                _ => {}
            }
        }
        for token in &self.tokens {
            lines.push(format!(
                "{} > {:?} {:?}",
                self.path(token.scope),
                token.node,
                token.flow
            ));
        }
        for armed in &self.armed {
            let path = self.path(armed.owner);
            lines.push(format!(
                "{path} ~ {:?} {:?} {}",
                armed.event, armed.wait, armed.happened
            ));
        }
        for undoing in &self.undoings {
            let left: Vec<String> = undoing.left.iter().map(|id| self.path(*id)).collect();
            let running = undoing.running.map(|id| self.path(id));
            lines.push(format!("{} < {left:?} {running:?}", self.path(undoing.thrower)));
        }
        for ((scope, node), (_, flows)) in &self.opened {
            lines.push(format!("{} opened {node:?} {flows:?}", self.path(*scope)));
        }
        for age in &self.escalations {
            let caught = self.armed.iter().find(|armed| armed.age == *age);
            lines.push(format!(
                "! {:?}",
                caught.map(|armed| (self.path(armed.owner), armed.event))
            ));
        }
        lines.extend(self.kept.iter().map(|kept| format!("{kept:?}")));
        lines.extend(self.signals.clone());
        lines.sort();
        // The order of completion matters to what undoes.
        if self.graphs.iter().any(|graph| undoes(graph)) {
            undoable.sort();
            lines.extend(undoable.into_iter().map(|(_, path)| path));
        }
        for case in self.cases() {
            lines.push(format!("{:?} {:?}", self.outcome(case), self.variables_of(case)));
        }
        lines.push(format!("{} {}", self.now, self.until));
        lines.join("\n")
    }

    /// Where an activation is: the elements around it, from the outermost one.
    fn path(&self, id: Id) -> String {
        let activation = &self.activations[id];
        let own = match (self.node_of(id), activation.counter) {
            (Some(node), Some(counter)) => format!("{}#{counter}", node.id),
            (Some(node), None) => node.id.clone(),
            (None, _) => self.graphs[activation.graph].key.clone(),
        };
        match activation.scope.or(activation.called_by) {
            Some(scope) => format!("{}/{own}", self.path(scope)),
            None => own,
        }
    }
}

fn undoes(graph: &ProcessGraph) -> bool {
    graph.nodes().any(|(_, node)| match &node.kind {
        NodeKind::BoundaryEvent { handler, .. } => handler.is_some(),
        _ => false,
    })
}
