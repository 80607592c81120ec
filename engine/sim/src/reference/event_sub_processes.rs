//! Event sub-processes (13.5.4).

use std::collections::BTreeMap;

use kapok_model::{NodeIndex, NodeKind, SubProcess};
use kapok_protocol::Value;

use super::state::{Armed, Id, World};

impl World {
    /// The event sub-processes of a fresh scope wait while the scope goes on.
    pub(super) fn arm_event_sub_processes(&mut self, scope: Id) -> Result<(), String> {
        let graph = self.graph_of(scope);
        for (_, start, event) in graph.event_sub_processes(self.activations[scope].node) {
            self.arm_all(scope, start, &event.triggers)?;
        }
        Ok(())
    }

    /// An event sub-process starts. If it interrupts, everything else in the scope is ended, and nothing else can
    /// start there any more.
    pub(super) fn event_sub_process_starts(
        &mut self,
        scope: Id,
        start: NodeIndex,
        interrupting: bool,
        payload: &BTreeMap<String, Value>,
    ) {
        if interrupting {
            self.activations[scope].closing = true;
            self.activations[scope].offered.clear();
            self.cancel_within(scope);
            let graph = self.graph_of(scope);
            self.armed.retain(|armed| {
                let kind = graph.node(armed.event).map(|node| &node.kind);
                armed.owner != scope || !matches!(kind, Some(NodeKind::StartEvent(_)))
            });
        }
        self.begin_event_sub_process(scope, start, payload);
    }

    /// Whether something that is armed is waited for: it has not happened yet, and its event sub-process can start.
    pub(super) fn is_waiting(&self, armed: &Armed) -> bool {
        let graph = self.graph_of(armed.owner);
        let kind = graph.node(armed.event).map(|node| &node.kind);
        let may_start = match kind {
            Some(NodeKind::StartEvent(_)) => !self.is_completing(armed.owner),
            _ => true,
        };
        may_start && !armed.happened
    }

    /// Whether nothing is left of a scope but event sub-processes: then no further one can start (13.5.4).
    fn is_completing(&self, scope: Id) -> bool {
        let is_event_sub_process = |id: &Id| {
            let node = self.node_of(*id);
            node.is_some_and(|node| node.kind == NodeKind::SubProcess(SubProcess::Event))
        };
        let live: Vec<Id> = self
            .children(scope)
            .into_iter()
            .filter(|id| self.is_active(*id))
            .collect();
        !live.is_empty()
            && live.iter().all(is_event_sub_process)
            && !self.tokens.iter().any(|token| token.scope == scope)
    }

    /// An event sub-process in a scope, from its start event on.
    pub(super) fn begin_event_sub_process(
        &mut self,
        scope: Id,
        start: NodeIndex,
        payload: &BTreeMap<String, Value>,
    ) -> Option<Id> {
        let sub_process = self.graph_of(scope).node(start)?.scope?;
        let id = self.activate(sub_process, scope, Vec::new());
        self.activations[id].begun = true;
        let prepared = self.take_inputs(id).and_then(|()| self.arm_event_sub_processes(id));
        if let Err(text) = prepared {
            self.incident(id, text);
            return Some(id);
        }
        let event = self.activate(start, id, Vec::new());
        self.finish_catch(event, payload);
        Some(id)
    }
}
