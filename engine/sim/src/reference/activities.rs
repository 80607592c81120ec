//! Activities: from the tokens that start one to the tokens that leave it (13.3.2).

use kapok_model::{FlowIndex, ListenerAction, NodeIndex, NodeKind, Repeat};
use kapok_protocol::Value;

use super::state::{Id, Token, World};

impl World {
    /// Whether a token enters its node by itself, and waits there for no other token.
    pub(super) fn enters_alone(&self, token: &Token) -> bool {
        let graph = self.graph_of(token.scope);
        let Some(node) = graph.node(token.node) else {
            return true;
        };
        match node.kind {
            NodeKind::ParallelGateway | NodeKind::InclusiveGateway => graph.incoming(token.node).len() < 2,
            NodeKind::ComplexGateway { .. } => false,
            _ => node.activity.start_quantity < 2,
        }
    }

    /// So many tokens as the activity needs are consumed, the oldest first (table 10.3, `startQuantity`).
    pub(super) fn enter_together(&mut self, node: NodeIndex, scope: Id) {
        let needed = self
            .graph_of(scope)
            .node(node)
            .map_or(1, |it| it.activity.start_quantity);
        let mut causes = Vec::new();
        for _ in 0..needed {
            let here = |token: &Token| token.node == node && token.scope == scope;
            if let Some(at) = self.tokens.iter().position(here) {
                causes.extend(self.tokens.remove(at).cause);
            }
        }
        self.enter(node, scope, causes);
    }

    /// An activity begins: its boundary events are armed, and it is done once, or again and again.
    pub(super) fn begin_activity(&mut self, id: Id) {
        let Some(node) = self.node_of(id).cloned() else { return };
        if let Err(text) = self.arm_boundary_events(id) {
            return self.incident(id, text);
        }
        match node.activity.repeat.as_deref() {
            None => self.begin_work(id),
            Some(Repeat::Loop { .. }) => self.begin_loop(id),
            Some(Repeat::Each(each)) => self.begin_each(id, each),
        }
    }

    /// An activity, or one instance of it, begins what it does.
    pub(super) fn begin_work(&mut self, id: Id) {
        let prepared = self.take_inputs(id).and_then(|()| self.run_listeners(id, false));
        match prepared {
            Ok(()) => self.do_work(id),
            Err(text) => self.incident(id, text),
        }
    }

    /// An activity, or one instance of it, has done what it does.
    pub(super) fn finish_work(&mut self, id: Id) {
        let finished = self.give_outputs(id).and_then(|()| self.run_listeners(id, true));
        if let Err(text) = finished {
            return self.incident(id, text);
        }
        if self.is_instance(id) {
            self.finish_instance(id);
        } else {
            self.leave_activity(id);
        }
    }

    /// An activity completes; tokens leave by the flows without a condition and those whose condition holds, or else
    /// by the default flow (13.3.2, 10.2.1).
    pub(super) fn leave_activity(&mut self, id: Id) {
        match self.flows_that_hold(id, &[]) {
            Err(text) => return self.incident(id, text),
            Ok(flows) if flows.is_empty() && !self.flows_out_of(id).is_empty() => {
                return self.incident(id, "no way out");
            }
            Ok(flows) => self.leave_by(id, flows),
        }
        if let Some(scope) = self.activations[id].scope {
            self.ad_hoc_step_is_done(scope);
        }
    }

    /// The flows whose condition holds, and those that have none; and the default flow, when no condition holds.
    /// Conditions see some more names.
    pub(super) fn flows_that_hold(&mut self, id: Id, names: &[(String, Value)]) -> Result<Vec<FlowIndex>, String> {
        let around: Vec<_> = names
            .iter()
            .map(|(name, _)| (name.clone(), self.activations[id].variables.get(name).cloned()))
            .collect();
        self.activations[id].variables.extend(names.iter().cloned());
        let mut holding = Vec::new();
        let mut default = None;
        let (mut met, mut wrong) = (false, None);
        for (flow, it) in self.flows_out_of(id) {
            match it.condition {
                _ if it.is_default => default = Some(flow),
                None => holding.push(flow),
                Some(condition) => match self.holds(id, &condition) {
                    Ok(true) => {
                        met = true;
                        holding.push(flow);
                    }
                    Ok(false) => {}
                    Err(text) => wrong = Some(text),
                },
            }
        }
        for (name, value) in around {
            match value {
                Some(value) => self.activations[id].variables.insert(name, value),
                None => self.activations[id].variables.remove(&name),
            };
        }
        if let Some(text) = wrong {
            return Err(text);
        }
        if !met {
            holding.extend(default);
        }
        Ok(holding)
    }

    fn run_listeners(&mut self, id: Id, at_end: bool) -> Result<(), String> {
        let listeners = self.node_of(id).map(|node| node.listeners.clone()).unwrap_or_default();
        for listener in listeners.iter().filter(|listener| listener.at_end == at_end) {
            match &listener.action {
                ListenerAction::Script(script) => {
                    self.run_script(id, script)?;
                }
                ListenerAction::Expression(expression) => {
                    self.value(id, expression)?;
                }
            }
        }
        Ok(())
    }
}
