//! What can be seen of the world from outside, to be compared.

use std::collections::BTreeMap;

use kapok_model::{NodeKind, ProcessGraph};
use kapok_protocol::Value;

use super::state::{Event, Outcome, What, World};

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
}
