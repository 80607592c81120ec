//! How activations begin and end, and how tokens lead from one to the next (13.2).

use std::collections::BTreeMap;

use kapok_model::{FlowIndex, NodeIndex, NodeKind, SequenceFlow};

use super::state::{Activation, Id, Life, Token, What, World};

impl World {
    /// Puts a token before a node.
    pub(super) fn place(&mut self, node: NodeIndex, flow: Option<FlowIndex>, scope: Id, cause: Option<Id>) {
        let age = self.tick();
        self.tokens.push(Token {
            age,
            node,
            flow,
            scope,
            cause,
        });
    }

    /// An activation that nothing is known of but where it is.
    pub(super) fn fresh(&self, graph: usize, node: Option<NodeIndex>, scope: Option<Id>) -> Activation {
        Activation {
            graph,
            node,
            scope,
            called_by: None,
            counter: None,
            life: Life::Active,
            variables: BTreeMap::new(),
            causes: Vec::new(),
            incident: None,
            completed_at: None,
            undone: false,
            repetition: None,
            begun: false,
            left: false,
            closing: false,
            asks: false,
            offered: Vec::new(),
            case_key: None,
        }
    }

    pub(super) fn add(&mut self, activation: Activation) -> Id {
        self.activations.push(activation);
        self.activations.len() - 1
    }

    /// Makes an activation of a node.
    pub(super) fn activate(&mut self, node: NodeIndex, scope: Id, causes: Vec<Id>) -> Id {
        let graph = self.activations[scope].graph;
        let mut activation = self.fresh(graph, Some(node), Some(scope));
        activation.causes = causes;
        let id = self.add(activation);
        self.log(id, What::Activated);
        id
    }

    /// A token enters a node: it is consumed, and the node does what it does.
    pub(super) fn enter(&mut self, node: NodeIndex, scope: Id, causes: Vec<Id>) {
        let id = self.activate(node, scope, causes);
        self.execute(id);
    }

    /// Does what the node of a fresh activation does.
    pub(super) fn execute(&mut self, id: Id) {
        let Some(node) = self.node_of(id) else { return };
        let kind = node.kind.clone();
        match &kind {
            _ if kind.is_activity() => self.begin_activity(id),
            NodeKind::StartEvent(_) => self.leave(id),
            NodeKind::EndEvent(results) => self.end_event(id, results),
            NodeKind::IntermediateThrow(results) => self.throw_event(id, results),
            NodeKind::IntermediateCatch(catch) => self.catch_event(id, catch),
            NodeKind::ExclusiveGateway => self.exclusive_split(id),
            NodeKind::ParallelGateway => self.leave(id),
            NodeKind::InclusiveGateway => self.inclusive_split(id),
            NodeKind::EventBasedGateway { .. } => self.wait_for_events(id),
            // Complex gateways open in their own way; event sub-processes and boundary events are never entered.
            _ => self.leave(id),
        }
    }

    /// Completes an activation; a token leaves by each of its flows.
    pub(super) fn leave(&mut self, id: Id) {
        let flows = self.flows_out_of(id).into_iter().map(|(flow, _)| flow).collect();
        self.leave_by(id, flows);
    }

    /// Completes an activation; a token leaves by each of these flows.
    pub(super) fn leave_by(&mut self, id: Id, flows: Vec<FlowIndex>) {
        self.complete(id);
        self.send_by(id, &flows);
    }

    /// Completes an activation. Nothing leaves it yet.
    pub(super) fn complete(&mut self, id: Id) {
        let at = self.tick();
        self.activations[id].life = Life::Completed;
        self.activations[id].completed_at = Some(at);
        self.disarm(id);
        self.log(id, What::Completed);
    }

    /// Sends a token from a completed activation by each of these flows.
    pub(super) fn send_by(&mut self, id: Id, flows: &[FlowIndex]) {
        let Some(scope) = self.activations[id].scope else {
            return;
        };
        if !self.is_active(scope) {
            return;
        }
        let quantity = self.node_of(id).map_or(1, |node| node.activity.completion_quantity);
        for flow in flows {
            let Some(target) = self.graph_of(id).flow(*flow).map(|flow| flow.target) else {
                continue;
            };
            for _ in 0..quantity {
                self.place(target, Some(*flow), scope, Some(id));
            }
        }
    }

    /// The flows that leave the node of an activation, in the order of the document.
    pub(super) fn flows_out_of(&self, id: Id) -> Vec<(FlowIndex, SequenceFlow)> {
        let Some(node) = self.activations[id].node else {
            return Vec::new();
        };
        let graph = self.graph_of(id);
        let flows = graph.outgoing(node);
        flows.into_iter().map(|(flow, it)| (flow, it.clone())).collect()
    }

    /// Ends an activation and all that goes on in it. No token leaves it.
    pub(super) fn cancel(&mut self, id: Id) {
        self.cancel_within(id);
        if self.is_active(id) {
            self.activations[id].life = Life::Cancelled;
            self.opened.retain(|_, (opened, _)| *opened != id);
            self.disarm(id);
            self.log(id, What::Cancelled);
        }
    }

    /// Ends all that goes on in an activation, but one.
    pub(super) fn cancel_others_within(&mut self, id: Id, but: Option<Id>) {
        for child in self.children(id).into_iter().rev() {
            if Some(child) != but {
                self.cancel(child);
            }
        }
        self.tokens.retain(|token| token.scope != id);
    }

    /// Ends all that goes on in an activation.
    pub(super) fn cancel_within(&mut self, id: Id) {
        self.cancel_others_within(id, None);
        let ended: Vec<usize> = self
            .undoings
            .iter()
            .filter(|undoing| self.is_within(undoing.thrower, id))
            .map(|undoing| undoing.age)
            .collect();
        self.undoings.retain(|undoing| !ended.contains(&undoing.age));
    }

    /// Nothing is waited for any more on behalf of an activation.
    pub(super) fn disarm(&mut self, id: Id) {
        self.armed.retain(|armed| armed.owner != id);
    }

    /// A scope is over when nothing is live in it and no token is left in it.
    pub(super) fn is_idle(&self, scope: Id) -> bool {
        !self.is_something_live_in(scope) && !self.tokens.iter().any(|token| token.scope == scope)
    }

    /// Whether an activation is another one, or in it.
    pub(super) fn is_within(&self, id: Id, outer: Id) -> bool {
        id == outer
            || self.activations[id]
                .scope
                .or(self.activations[id].called_by)
                .is_some_and(|scope| self.is_within(scope, outer))
    }
}
