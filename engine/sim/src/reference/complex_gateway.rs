//! The complex gateway (13.4.5).
//!
//! Waiting for start, it opens when its activation condition holds, and consumes a token from each way in that has one.
//! Then it waits for reset: for a token on each of the other ways in, unless none is expected there, as an inclusive
//! gateway expects. When it is reset it consumes a token from each of those that has one. In both phases tokens leave by
//! the flows whose condition holds, or else by the default flow; only in the first it is a failure if there is none.
//! A flow without a condition and not the default one is taken when the gateway opens, and not when it is reset: the
//! standard does not say, and one that waits for two of three would otherwise go on twice.
//!
//! It is active from when it opens until it is reset.

use kapok_model::{FlowIndex, NodeIndex};
use kapok_protocol::{Expression, Value};

use super::{
    run::Step,
    state::{Id, World},
};

impl World {
    pub(super) fn complex_opens(&self, node: NodeIndex, scope: Id, activation: Option<&Expression>) -> Option<Step> {
        let filled = self.filled(node, scope);
        if let Some((_, taken)) = self.opened.get(&(scope, node)) {
            let is_full = |flow: &FlowIndex| taken.contains(flow) || filled.get(flow).is_some_and(|count| *count > 0);
            let (full, empty): (Vec<FlowIndex>, Vec<FlowIndex>) = filled.keys().copied().partition(is_full);
            let expected = self.is_some_token_expected(node, scope, &empty, &full);
            return (!expected).then_some(Step::Reset(node, scope));
        }
        let full: Vec<FlowIndex> = filled
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(flow, _)| *flow)
            .collect();
        let opens = match activation {
            None => !full.is_empty(),
            Some(activation) => self.activation_holds(node, scope, activation),
        };
        opens.then_some(Step::Open(node, scope, full))
    }

    /// The activation condition sees how many tokens there are on each way in, by the flow's id, and how many ways in
    /// have one.
    fn activation_holds(&self, node: NodeIndex, scope: Id, activation: &Expression) -> bool {
        let graph = self.graph_of(scope);
        let filled = self.filled(node, scope);
        let value = super::expressions::value(&activation.text, &|name| {
            let counted = match graph.find_flow(name).and_then(|flow| filled.get(&flow)) {
                Some(count) => *count,
                None if name == "activationCount" => filled.values().filter(|count| **count > 0).count(),
                None => return self.get(scope, name).cloned(),
            };
            Some(Value::from(counted as i64))
        });
        value == Ok(Value::Bool(true))
    }

    pub(super) fn complex_starts(&mut self, node: NodeIndex, scope: Id, causes: Vec<Id>, taken: &[FlowIndex]) {
        let id = self.activate(node, scope, causes);
        match self.flows_that_hold(id, &waiting_for_start(true)) {
            Ok(flows) if flows.is_empty() => self.incident(id, "no condition holds"),
            Ok(flows) => {
                self.send_by(id, &flows);
                self.opened.insert((scope, node), (id, taken.to_vec()));
            }
            Err(text) => self.incident(id, text),
        }
    }

    pub(super) fn reset(&mut self, node: NodeIndex, scope: Id) {
        let Some((id, taken)) = self.opened.remove(&(scope, node)) else {
            return;
        };
        let others: Vec<FlowIndex> = self
            .filled(node, scope)
            .into_keys()
            .filter(|flow| !taken.contains(flow))
            .collect();
        let causes = self.consume(node, scope, &others);
        self.activations[id].causes.extend(causes);
        let flows = self.flows_out_of(id);
        let unconditional = |flow: &FlowIndex| {
            let drawn = flows.iter().find(|(index, _)| index == flow);
            drawn.is_some_and(|(_, it)| it.condition.is_none() && !it.is_default)
        };
        match self.flows_that_hold(id, &waiting_for_start(false)) {
            Ok(mut flows) => {
                flows.retain(|flow| !unconditional(flow));
                self.leave_by(id, flows);
            }
            Err(text) => self.incident(id, text),
        }
    }
}

fn waiting_for_start(value: bool) -> [(String, Value); 1] {
    [("waitingForStart".to_owned(), Value::Bool(value))]
}
