//! How a case begins (13.2, 13.5.1) and is over.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeIndex, NodeKind};
use kapok_protocol::Value;

use super::{
    run::Refused,
    state::{Id, Life, World},
};

impl World {
    /// A case begins because somebody asks for it: at its none start events.
    pub(super) fn start(&mut self, process: &str, variables: &BTreeMap<String, Value>) -> Result<(), Refused> {
        let graph = self.graph_called(process).ok_or(Refused::NoSuchProcess)?;
        if self.graphs[graph].entries(None).is_empty() {
            return Err(Refused::NoSuchProcess);
        }
        let case = self.new_case(graph, variables, None);
        self.place_at_entries(case);
        Ok(())
    }

    pub(super) fn graph_called(&self, key: &str) -> Option<usize> {
        self.graphs.iter().position(|graph| graph.key == key)
    }

    /// A case with nothing in it yet; its event sub-processes wait.
    pub(super) fn new_case(&mut self, graph: usize, variables: &BTreeMap<String, Value>, caller: Option<Id>) -> Id {
        let mut case = self.fresh(graph, None, None);
        case.called_by = caller;
        case.begun = true;
        case.variables = self.graphs[graph]
            .locals
            .iter()
            .map(|name| (name.clone(), Value::Null))
            .collect();
        case.variables.extend(variables.clone());
        let case = self.add(case);
        if let Err(text) = self.arm_event_sub_processes(case) {
            self.activations[case].incident = Some(text);
        }
        case
    }

    /// Where cases begin for whom something outside happens, if `is_it` says that it is this.
    pub(super) fn starts(&self, is_it: impl Fn(&EventDefinition) -> bool) -> Vec<(usize, NodeIndex)> {
        let mut found = Vec::new();
        for (at, graph) in self.graphs.iter().enumerate() {
            for (index, node) in graph.children(None) {
                let starts = match &node.kind {
                    NodeKind::StartEvent(start) => start.triggers.iter().any(&is_it),
                    NodeKind::ReceiveTask {
                        message,
                        instantiate: true,
                    } => is_it(&EventDefinition::Message(message.clone())),
                    NodeKind::EventBasedGateway { instantiate: true, .. } => {
                        graph.outgoing(index).iter().any(|(_, flow)| {
                            graph.node(flow.target).is_some_and(|node| match &node.kind {
                                NodeKind::IntermediateCatch(catch) => catch.triggers.iter().any(&is_it),
                                NodeKind::ReceiveTask { message, .. } => {
                                    is_it(&EventDefinition::Message(message.clone()))
                                }
                                _ => false,
                            })
                        })
                    }
                    _ => false,
                };
                if starts {
                    found.push((at, index));
                }
            }
        }
        found
    }

    /// A case begins at a node because of what happened outside (13.5.1).
    pub(super) fn start_at(
        &mut self,
        graph: usize,
        node: NodeIndex,
        payload: &BTreeMap<String, Value>,
        is_it: impl Fn(&EventDefinition) -> bool,
    ) {
        let case = self.new_case(graph, &BTreeMap::new(), None);
        let it = Arc::clone(&self.graphs[graph]);
        let id = self.activate(node, case, Vec::new());
        if !matches!(
            it.node(node).map(|node| &node.kind),
            Some(NodeKind::EventBasedGateway { .. })
        ) {
            return self.finish_catch(id, payload);
        }
        // The gateway waits as one that was reached does, and its first event has come (13.5.1).
        self.wait_for_events(id);
        let happened = it.outgoing(node).iter().map(|(_, flow)| flow.target).find(|target| {
            it.node(*target).is_some_and(|node| match &node.kind {
                NodeKind::IntermediateCatch(catch) => catch.triggers.iter().any(&is_it),
                NodeKind::ReceiveTask { message, .. } => is_it(&EventDefinition::Message(message.clone())),
                _ => false,
            })
        });
        let age = self
            .armed
            .iter()
            .find(|armed| armed.owner == id && Some(armed.event) == happened)
            .map(|armed| armed.age);
        if let Some(age) = age {
            self.occur(age, payload);
        }
    }

    /// A case is over; whoever called it goes on.
    pub(super) fn finish_case(&mut self, case: Id) {
        self.activations[case].life = Life::Completed;
        self.disarm(case);
        if let Some(caller) = self.activations[case].called_by {
            self.finish_call(caller, case);
        }
    }
}
