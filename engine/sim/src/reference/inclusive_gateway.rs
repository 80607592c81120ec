//! The inclusive gateway (13.4.3): it opens when there is a token on a way in, and no token elsewhere that is still to be
//! waited for. A token is waited for if there is a path from it to a way in that is empty, unless there is also a path
//! from it to a way in that is filled. Paths do not pass the gateway, and do not leave the scope. What can happen on the
//! boundary of an activity, and links, are ways too.

use std::collections::BTreeSet;

use kapok_model::{EventDefinition, FlowIndex, NodeIndex, NodeKind, ProcessGraph};

use super::{
    run::Step,
    state::{Id, World},
};

impl World {
    pub(super) fn inclusive_opens(&self, node: NodeIndex, scope: Id) -> Option<Step> {
        let filled = self.filled(node, scope);
        let (full, empty): (Vec<_>, Vec<_>) = filled.into_iter().partition(|(_, count)| *count > 0);
        let full: Vec<FlowIndex> = full.into_iter().map(|(flow, _)| flow).collect();
        let empty: Vec<FlowIndex> = empty.into_iter().map(|(flow, _)| flow).collect();
        if full.is_empty() || self.is_some_token_expected(node, scope, &empty, &full) {
            return None;
        }
        Some(Step::Open(node, scope, full))
    }

    /// Whether some token elsewhere in the scope can come to one of the `empty` ways in, and to none of the `full` ones.
    pub(super) fn is_some_token_expected(
        &self,
        gateway: NodeIndex,
        scope: Id,
        empty: &[FlowIndex],
        full: &[FlowIndex],
    ) -> bool {
        let graph = self.graph_of(scope);
        let tokens = self.tokens.iter().filter(|token| token.scope == scope);
        // A complex gateway that only waits for reset has sent its tokens on: it holds none.
        let waits_for_reset = |id: Id| self.opened.values().any(|(opened, _)| *opened == id);
        let live = self
            .active()
            .filter(|id| self.activations[*id].scope == Some(scope) && !waits_for_reset(*id));
        tokens
            .map(|token| token.node)
            .chain(live.filter_map(|id| self.activations[id].node))
            .filter(|at| *at != gateway)
            .any(|at| {
                let passed = passed_from(&graph, at, gateway);
                let leads_to = |flow: &FlowIndex| graph.flow(*flow).is_some_and(|flow| passed.contains(&flow.source));
                empty.iter().any(leads_to) && !full.iter().any(leads_to)
            })
    }

    pub(super) fn inclusive_split(&mut self, id: Id) {
        match self.flows_that_hold(id, &[]) {
            Ok(flows) if flows.is_empty() && !self.flows_out_of(id).is_empty() => {
                self.incident(id, "no condition holds");
            }
            Ok(flows) => self.leave_by(id, flows),
            Err(text) => self.incident(id, text),
        }
    }
}

/// All nodes that a token at a node can pass without passing the gateway, the node itself included: found by adding what
/// can be reached in one step until there is no more to add.
fn passed_from(graph: &ProcessGraph, from: NodeIndex, gateway: NodeIndex) -> BTreeSet<NodeIndex> {
    let mut passed = BTreeSet::from([from]);
    loop {
        let mut next = passed.clone();
        for at in &passed {
            next.extend(graph.outgoing(*at).into_iter().map(|(_, flow)| flow.target));
            next.extend(graph.boundary_events(*at));
            let Some(node) = graph.node(*at) else { continue };
            if let NodeKind::IntermediateThrow(results) = &node.kind {
                for result in results {
                    if let EventDefinition::Link(name) = result {
                        next.extend(graph.link_target(node.scope, name));
                    }
                }
            }
        }
        next.remove(&gateway);
        if next == passed {
            return passed;
        }
        passed = next;
    }
}
