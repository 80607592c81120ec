//! End events (13.5.6).

use kapok_model::EventDefinition;

use super::state::{Id, World};

impl World {
    /// The end of a path: it does what it does, one after the other, and completes; when it undoes something, when that
    /// is undone.
    ///
    /// What ends the scope ends the event with it: one that throws an error never completes.
    pub(super) fn end_event(&mut self, id: Id, results: &[EventDefinition]) {
        if let Err(text) = self.take_inputs(id) {
            return self.incident(id, text);
        }
        for result in results {
            if let Err(text) = self.throw(id, result) {
                return self.incident(id, text);
            }
            if !self.is_active(id) || self.activations[id].incident.is_some() {
                return;
            }
        }
        let undoes = |it: &EventDefinition| matches!(it, EventDefinition::Compensation { .. });
        if results.contains(&EventDefinition::Cancel) {
            self.cancel_transaction(id);
        } else if results.contains(&EventDefinition::Terminate) {
            self.complete(id);
            self.terminate(id);
        } else if let Some(EventDefinition::Compensation { activity, .. }) = results.iter().find(|it| undoes(it)) {
            self.compensate(id, *activity);
        } else {
            self.complete(id);
        }
    }

    /// Ends everything in the scope of an end event: the scope is then over.
    fn terminate(&mut self, id: Id) {
        if let Some(scope) = self.activations[id].scope.filter(|scope| self.is_active(*scope)) {
            self.cancel_within(scope);
        }
    }
}
