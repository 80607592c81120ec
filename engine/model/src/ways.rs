//! Ways that lead into a gateway: what a join asks that waits only for tokens that can still come.
//!
//! An inclusive join (BPMN 2.0.2, 13.4.3) and the reset of a complex gateway (13.4.5) wait while some token of their
//! scope can get to a way in that is empty, without passing the gateway, unless that token can also get to one that is
//! filled. So for each way in it must be known from which nodes a token can get there. That is found once for each
//! gateway, by walking backwards from each way in.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use crate::{EventDefinition, FlowIndex, NodeIndex, NodeKind, ProcessGraph};

/// The ways into the gateways of a process that were asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Ways(RwLock<BTreeMap<NodeIndex, Arc<WaysInto>>>);

impl Clone for Ways {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The ways into one gateway.
#[derive(Debug)]
pub struct WaysInto {
    /// Each flow that enters it, with the nodes from which a token can get to that flow without passing the gateway.
    ways: Vec<(FlowIndex, Vec<bool>)>,
}

impl WaysInto {
    /// The flows that enter the gateway.
    pub fn flows(&self) -> impl Iterator<Item = FlowIndex> {
        self.ways.iter().map(|(flow, _)| *flow)
    }

    /// Whether a token at `node` has to be waited for: it can get to a way in that is not `filled`, and to none that is.
    pub fn is_expected(&self, node: NodeIndex, filled: impl Fn(FlowIndex) -> bool) -> bool {
        let reaches = |from: &[bool]| from.get(node.0 as usize).copied().unwrap_or(false);
        let mut reaches_empty = false;
        for (flow, from) in &self.ways {
            if !reaches(from) {
                continue;
            }
            if filled(*flow) {
                return false;
            }
            reaches_empty = true;
        }
        reaches_empty
    }
}

impl Ways {
    pub(crate) fn leading_into(&self, graph: &ProcessGraph, gateway: NodeIndex) -> Arc<WaysInto> {
        // A poisoned lock only means that somebody panicked beside a cache; what is in it is whole.
        if let Some(found) = self.0.read().unwrap_or_else(|e| e.into_inner()).get(&gateway) {
            return Arc::clone(found);
        }
        let ways = graph.incoming(gateway).into_iter();
        let ways = ways
            .map(|(flow, way)| (flow, leading_to(graph, way.source, gateway)))
            .collect();
        let found = Arc::new(WaysInto { ways });
        let mut kept = self.0.write().unwrap_or_else(|e| e.into_inner());
        Arc::clone(kept.entry(gateway).or_insert(found))
    }
}

/// The nodes of the scope from which a token can get to `last`, `last` itself included, without passing `gateway`.
fn leading_to(graph: &ProcessGraph, last: NodeIndex, gateway: NodeIndex) -> Vec<bool> {
    let mut leads = vec![false; graph.nodes().count()];
    let mut waiting = vec![last];
    while let Some(node) = waiting.pop() {
        let Some(seen) = leads.get_mut(node.0 as usize) else {
            continue;
        };
        if node == gateway || std::mem::replace(seen, true) {
            continue;
        }
        waiting.extend(graph.incoming(node).into_iter().map(|(_, flow)| flow.source));
        match graph.node(node).map(|node| (&node.kind, node.scope)) {
            Some((NodeKind::BoundaryEvent { attached_to, .. }, _)) => waiting.push(*attached_to),
            Some((NodeKind::IntermediateCatch(catch), scope)) => {
                for trigger in &catch.triggers {
                    if let EventDefinition::Link(name) = trigger {
                        waiting.extend(throwers(graph, scope, name));
                    }
                }
            }
            _ => {}
        }
    }
    leads
}

/// Where a link of this name goes in.
fn throwers<'g>(
    graph: &'g ProcessGraph,
    scope: Option<NodeIndex>,
    name: &'g str,
) -> impl Iterator<Item = NodeIndex> + 'g {
    graph.children(scope).filter_map(move |(index, node)| match &node.kind {
        NodeKind::IntermediateThrow(results) => results
            .iter()
            .any(|result| matches!(result, EventDefinition::Link(link) if link == name))
            .then_some(index),
        _ => None,
    })
}
