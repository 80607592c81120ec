//! Sub-processes and transactions: a scope begins, and is over (13.3.4, 10.7).

use kapok_model::{NodeKind, SubProcess};

use super::state::{Id, World};

impl World {
    /// The inside of a sub-process begins.
    pub(super) fn begin_sub_process(&mut self, id: Id) {
        let Some(node) = self.node_of(id).cloned() else { return };
        self.activations[id].begun = true;
        if let Err(text) = self.arm_event_sub_processes(id) {
            return self.incident(id, text);
        }
        match &node.kind {
            NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => self.begin_ad_hoc(id, ad_hoc),
            _ => self.place_at_entries(id),
        }
    }

    /// A token at each place where a scope begins.
    pub(super) fn place_at_entries(&mut self, scope: Id) {
        for node in self.graph_of(scope).entries(self.activations[scope].node) {
            self.place(node, None, scope, None);
        }
    }

    /// Nothing is live in a scope any more: it is over.
    pub(super) fn finish_scope(&mut self, id: Id) {
        if self.activations[id].node.is_none() {
            self.finish_case(id);
        } else {
            self.finish_work(id);
        }
    }

    /// A cancel end event gives the transaction around it up: everything else in it is ended, what was done in it is
    /// undone, and then its cancel boundary event goes on (10.7, 13.5.6).
    pub(super) fn cancel_transaction(&mut self, end_event: Id) {
        let Some(transaction) = self.activations[end_event].scope else {
            return;
        };
        self.cancel_others_within(transaction, Some(end_event));
        let targets = self.to_undo_in(transaction);
        self.undo(end_event, targets);
    }

    /// All is undone in a transaction that was given up.
    pub(super) fn transaction_is_undone(&mut self, end_event: Id) {
        self.complete(end_event);
        let Some(transaction) = self.activations[end_event].scope else {
            return;
        };
        let whole = match self.activations[transaction].scope {
            Some(body) if self.is_instance(transaction) => body,
            _ => transaction,
        };
        let caught = self
            .armed
            .iter()
            .find(|armed| armed.owner == whole && armed.wait == super::state::Wait::Cancel)
            .map(|armed| armed.age);
        match caught {
            Some(age) => self.occur(age, &Default::default()),
            None => self.cancel(whole),
        }
    }
}
