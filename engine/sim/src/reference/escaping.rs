//! Errors and escalations: they look for somebody who catches them, from their scope outwards (10.5.6, 13.5).

use std::collections::BTreeMap;

use kapok_model::NodeKind;

use super::state::{Armed, Id, Wait, What, World};

impl World {
    /// Somebody fails with a code. Whoever catches it ends the activity, or all else in the scope, that it leaves.
    pub(super) fn throw_error(&mut self, id: Id, code: &str) {
        self.log(id, What::Failed(code.to_owned()));
        let watches = |wait: &Wait| match wait {
            Wait::Error(None) => Some(false),
            Wait::Error(Some(watched)) if watched == code => Some(true),
            _ => None,
        };
        match self.nearest_catcher(id, watches) {
            Some(age) => self.occur(age, &BTreeMap::new()),
            None => self.incident(id, format!("nobody catches the error {code}")),
        }
    }

    /// Somebody calls upwards with a code. When nobody listens, nothing happens.
    pub(super) fn escalate(&mut self, id: Id, code: &str) {
        let watches = |wait: &Wait| match wait {
            Wait::Escalation(None) => Some(false),
            Wait::Escalation(Some(watched)) if watched == code => Some(true),
            _ => None,
        };
        let Some(age) = self.nearest_catcher(id, watches) else {
            return;
        };
        let here = self.case_of(id);
        let catcher = self.armed.iter().find(|armed| armed.age == age);
        // What it interrupts ends at once, a called case too; who only hears of it hears of it on its own turn.
        if catcher.is_some_and(|armed| self.case_of(armed.owner) == here || self.interrupts(armed)) {
            self.occur(age, &BTreeMap::new());
        } else {
            self.escalations.push(age);
        }
    }

    /// Looks outwards. `watches` says whether something that is waited for is this, and if so, whether by its name.
    fn nearest_catcher(&self, from: Id, watches: impl Fn(&Wait) -> Option<bool>) -> Option<usize> {
        let mut at = Some(from);
        while let Some(id) = at {
            let mut found: Vec<(bool, bool, usize)> = Vec::new();
            for armed in self
                .armed
                .iter()
                .filter(|armed| armed.owner == id && self.is_waiting(armed))
            {
                if let Some(by_name) = watches(&armed.wait) {
                    found.push((self.is_on_the_boundary(armed), !by_name, armed.age));
                }
            }
            if let Some((.., age)) = found.into_iter().min() {
                return Some(age);
            }
            at = self.activations[id].scope.or(self.activations[id].called_by);
        }
        None
    }

    fn interrupts(&self, armed: &Armed) -> bool {
        let graph = self.graph_of(armed.owner);
        match graph.node(armed.event).map(|node| &node.kind) {
            Some(NodeKind::BoundaryEvent { interrupting, .. }) => *interrupting,
            Some(NodeKind::StartEvent(start)) => start.interrupting,
            _ => false,
        }
    }

    fn is_on_the_boundary(&self, armed: &Armed) -> bool {
        let graph = self.graph_of(armed.owner);
        let kind = graph.node(armed.event).map(|node| &node.kind);
        matches!(kind, Some(NodeKind::BoundaryEvent { .. }))
    }
}
