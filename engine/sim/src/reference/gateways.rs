//! Gateways that look at tokens (13.4), and the event-based gateway (13.4.4).

use std::collections::BTreeMap;

use kapok_model::{FlowIndex, NodeIndex, NodeKind};
use kapok_protocol::Value;

use super::{
    run::Step,
    state::{Id, World},
};

impl World {
    /// The gateways that can open or be reset, and the activities that have tokens enough.
    pub(super) fn gateways_that_open(&self) -> Vec<Step> {
        let mut places: Vec<(NodeIndex, Id)> = Vec::new();
        for token in &self.tokens {
            if !self.enters_alone(token) && !places.contains(&(token.node, token.scope)) {
                places.push((token.node, token.scope));
            }
        }
        for (scope, node) in self.opened.keys() {
            if !places.contains(&(*node, *scope)) {
                places.push((*node, *scope));
            }
        }
        places
            .into_iter()
            .filter_map(|(node, scope)| self.opening(node, scope))
            .collect()
    }

    fn opening(&self, node: NodeIndex, scope: Id) -> Option<Step> {
        let graph = self.graph_of(scope);
        let it = graph.node(node)?;
        match &it.kind {
            NodeKind::ParallelGateway => self.parallel_opens(node, scope),
            NodeKind::InclusiveGateway => self.inclusive_opens(node, scope),
            NodeKind::ComplexGateway { activation } => self.complex_opens(node, scope, activation.as_ref()),
            _ => {
                let here = self.tokens.iter().filter(|it| it.node == node && it.scope == scope);
                (here.count() >= it.activity.start_quantity as usize).then_some(Step::EnterTogether(node, scope))
            }
        }
    }

    /// The flows into a gateway, each with how many tokens wait on it.
    pub(super) fn filled(&self, node: NodeIndex, scope: Id) -> BTreeMap<FlowIndex, usize> {
        let on = |flow: FlowIndex| {
            self.tokens
                .iter()
                .filter(|token| token.node == node && token.scope == scope && token.flow == Some(flow))
                .count()
        };
        let graph = self.graph_of(scope);
        graph
            .incoming(node)
            .into_iter()
            .map(|(flow, _)| (flow, on(flow)))
            .collect()
    }

    /// Consumes the oldest token on each of these flows into a gateway; answers with who sent them.
    pub(super) fn consume(&mut self, node: NodeIndex, scope: Id, flows: &[FlowIndex]) -> Vec<Id> {
        let mut causes = Vec::new();
        for flow in flows {
            let at = self
                .tokens
                .iter()
                .position(|token| token.node == node && token.scope == scope && token.flow == Some(*flow));
            if let Some(at) = at {
                causes.extend(self.tokens.remove(at).cause);
            }
        }
        causes
    }

    /// A gateway opens.
    pub(super) fn open(&mut self, node: NodeIndex, scope: Id, flows: &[FlowIndex]) {
        let causes = self.consume(node, scope, flows);
        let graph = self.graph_of(scope);
        match graph.node(node).map(|node| &node.kind) {
            Some(NodeKind::ComplexGateway { .. }) => self.complex_starts(node, scope, causes, flows),
            _ => self.enter(node, scope, causes),
        }
    }

    /// An event-based gateway waits for whichever of the events after it comes first.
    pub(super) fn wait_for_events(&mut self, id: Id) {
        for (_, flow) in self.flows_out_of(id) {
            let graph = self.graph_of(id);
            let armed = match graph.node(flow.target).map(|node| &node.kind) {
                Some(NodeKind::IntermediateCatch(catch)) => self.arm_all(id, flow.target, &catch.triggers),
                Some(NodeKind::ReceiveTask { message, .. }) => self
                    .wait_for_message(id, message)
                    .map(|wait| self.arm(id, flow.target, wait)),
                _ => Err("not an event".to_owned()),
            };
            if let Err(text) = armed {
                self.disarm(id);
                return self.incident(id, text);
            }
        }
    }

    /// One of the events after the gateway has come: the token passes the gateway and the event.
    pub(super) fn gateway_event_occurs(&mut self, gateway: Id, event: NodeIndex, payload: &BTreeMap<String, Value>) {
        let Some(scope) = self.activations[gateway].scope else {
            return;
        };
        let needs_all = matches!(
            self.node_of(gateway).map(|node| &node.kind),
            Some(NodeKind::EventBasedGateway { parallel: true, .. })
        );
        if needs_all {
            self.armed
                .retain(|armed| armed.owner != gateway || armed.event != event);
        }
        if !needs_all || !self.armed.iter().any(|armed| armed.owner == gateway) {
            self.complete(gateway);
        }
        let id = self.activate(event, scope, vec![gateway]);
        self.finish_catch(id, payload);
    }
}
