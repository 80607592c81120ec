//! Boundary events (13.5.3).

use std::collections::BTreeMap;

use kapok_model::{NodeIndex, NodeKind};
use kapok_protocol::Value;

use super::state::{Id, World};

impl World {
    /// What stands on the boundary of a fresh activity waits while the activity goes on.
    pub(super) fn arm_boundary_events(&mut self, id: Id) -> Result<(), String> {
        let graph = self.graph_of(id);
        let Some(node) = self.activations[id].node else {
            return Ok(());
        };
        for event in graph.boundary_events(node) {
            if let Some(NodeKind::BoundaryEvent { catch, .. }) = graph.node(*event).map(|node| &node.kind) {
                self.arm_all(id, *event, &catch.triggers)?;
            }
        }
        Ok(())
    }

    /// The activity is ended, with all its instances, if the event says so; a token leaves the event.
    pub(super) fn boundary_event_occurs(
        &mut self,
        activity: Id,
        event: NodeIndex,
        interrupting: bool,
        payload: &BTreeMap<String, Value>,
    ) {
        if interrupting {
            self.cancel(activity);
        }
        if let Some(scope) = self.activations[activity].scope {
            let id = self.activate(event, scope, vec![activity]);
            self.finish_catch(id, payload);
        }
    }
}
