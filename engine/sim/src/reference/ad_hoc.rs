//! Ad-hoc sub-processes (13.3.5).

use kapok_model::{AdHoc, NodeIndex, NodeKind, SubProcess};
use kapok_protocol::Value;

use super::state::{Id, World};

impl World {
    fn ad_hoc(&self, id: Id) -> Option<AdHoc> {
        match &self.node_of(id)?.kind {
            NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => Some((**ad_hoc).clone()),
            _ => None,
        }
    }

    /// The steps are offered: all at once, or the first.
    pub(super) fn begin_ad_hoc(&mut self, id: Id, ad_hoc: &AdHoc) {
        match self.offered_steps(id, ad_hoc) {
            Ok(steps) => self.offer(id, ad_hoc, steps),
            Err(text) => self.incident(id, text),
        }
    }

    fn offered_steps(&self, id: Id, ad_hoc: &AdHoc) -> Result<Vec<NodeIndex>, String> {
        let graph = self.graph_of(id);
        let Some(offered) = &ad_hoc.offered else {
            return Ok(graph.entries(self.activations[id].node));
        };
        let Value::List(names) = self.value(id, offered)? else {
            return Err("not a list of steps".to_owned());
        };
        let found = |name: &Value| name.as_text().and_then(|name| graph.find(name));
        names
            .iter()
            .map(|name| found(name).ok_or_else(|| format!("no step {name}")))
            .collect()
    }

    fn offer(&mut self, id: Id, ad_hoc: &AdHoc, mut steps: Vec<NodeIndex>) {
        if ad_hoc.sequential {
            self.activations[id].offered = steps.split_off(steps.len().min(1));
        }
        for step in steps {
            self.place(step, None, id, None);
        }
    }

    /// An activity in a scope is done. In an ad-hoc sub-process it is asked then whether all of it is over.
    pub(super) fn ad_hoc_step_is_done(&mut self, scope: Id) {
        let asks = self.ad_hoc(scope).is_some_and(|ad_hoc| ad_hoc.completion.is_some());
        if asks && self.activations[scope].begun && !self.activations[scope].closing && self.is_active(scope) {
            self.activations[scope].asks = true;
        }
    }

    pub(super) fn ask_ad_hoc(&mut self, id: Id) {
        self.activations[id].asks = false;
        let Some(ad_hoc) = self.ad_hoc(id) else { return };
        let Some(completion) = &ad_hoc.completion else { return };
        match self.holds(id, completion) {
            Ok(false) => {}
            Ok(true) => {
                self.activations[id].closing = true;
                self.activations[id].offered.clear();
                if ad_hoc.cancel_remaining {
                    self.cancel_within(id);
                }
            }
            Err(text) => self.incident(id, text),
        }
    }

    /// Nothing runs in an ad-hoc sub-process: the next step, all of them again, or the end.
    pub(super) fn go_on_ad_hoc(&mut self, id: Id) {
        let Some(ad_hoc) = self.ad_hoc(id) else { return };
        if self.activations[id].closing {
            return self.finish_scope(id);
        }
        if !self.activations[id].offered.is_empty() {
            let next = self.activations[id].offered.remove(0);
            return self.place(next, None, id, None);
        }
        match &ad_hoc.completion {
            None => self.finish_scope(id),
            Some(_) => self.begin_ad_hoc(id, &ad_hoc),
        }
    }
}
