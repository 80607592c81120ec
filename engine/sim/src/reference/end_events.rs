//! End events (13.5.6).

use kapok_model::EventDefinition;

use super::state::{Id, World};

impl World {
    /// The end of a path: it does what it does, one after the other.
    ///
    /// An end event that fails its scope (an error) never completes: it is ended with the scope. All others complete
    /// first, and what they do follows.
    pub(super) fn end_event(&mut self, id: Id, results: &[EventDefinition]) {
        if let Err(text) = self.take_inputs(id) {
            return self.incident(id, text);
        }
        let is_error = |it: &EventDefinition| matches!(it, EventDefinition::Error(_));
        if let Some(EventDefinition::Error(code)) = results.iter().find(|it| is_error(it)) {
            for result in results.iter().filter(|it| !is_error(it)) {
                if let Err(text) = self.throw(id, result) {
                    return self.incident(id, text);
                }
            }
            return self.throw_error(id, code.as_deref().unwrap_or_default());
        }
        self.throw_all(id, results);
    }

    /// Ends everything in the scope of an end event; the scope is then over.
    pub(super) fn terminate(&mut self, id: Id) {
        let Some(scope) = self.activations[id].scope.filter(|scope| self.is_active(*scope)) else {
            return;
        };
        self.cancel_within(scope);
        self.finish_scope(scope);
    }
}
