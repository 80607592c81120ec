//! Call activities (13.3.4, 10.3.6).

use std::collections::BTreeMap;

use kapok_model::{CallActivity, Mapping, NodeKind};

use super::state::{Id, World};

impl World {
    /// A call activity begins: a case of the called process does its work.
    pub(super) fn call(&mut self, id: Id, call: &CallActivity) {
        let begun = self.try_call(id, call);
        if let Err(text) = begun {
            self.incident(id, text);
        }
    }

    fn try_call(&mut self, id: Id, call: &CallActivity) -> Result<(), String> {
        let key = self.name(id, &call.called)?;
        let graph = self.graph_called(&key).ok_or_else(|| format!("no process {key}"))?;
        let inputs = match &call.inputs {
            None => self.seen(id),
            Some(mappings) => {
                let mut inputs = BTreeMap::new();
                for Mapping { source, target } in mappings {
                    inputs.insert(target.clone(), self.value(id, source)?);
                }
                inputs
            }
        };
        let case_key = match &call.business_key {
            Some(expression) => Some(super::messages::key_text(&self.value(id, expression)?)),
            None => None,
        };
        let case = self.new_case(graph, &inputs, Some(id));
        self.activations[case].case_key = case_key;
        self.place_at_entries(case);
        Ok(())
    }

    /// The called case is over.
    pub(super) fn finish_call(&mut self, id: Id, case: Id) {
        let Some(NodeKind::CallActivity(call)) = self.node_of(id).map(|node| node.kind.clone()) else {
            return;
        };
        let mut outputs = Vec::new();
        match &call.outputs {
            None => outputs.extend(self.activations[case].variables.clone()),
            Some(mappings) => {
                for Mapping { source, target } in mappings {
                    match self.value(case, source) {
                        Ok(value) => outputs.push((target.clone(), value)),
                        Err(text) => return self.incident(id, text),
                    }
                }
            }
        }
        for (name, value) in outputs {
            self.take_result(id, &name, value);
        }
        self.finish_work(id);
    }
}
