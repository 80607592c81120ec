//! What each kind of task does (13.3.3), and that the other kinds of activity begin (13.3.4–13.3.5).

use std::collections::BTreeMap;

use kapok_model::NodeKind;
use kapok_protocol::Value;

use super::state::{Id, World};

impl World {
    /// An activity does what it does.
    pub(super) fn do_work(&mut self, id: Id) {
        let Some((kind, index)) = self
            .node_of(id)
            .map(|node| node.kind.clone())
            .zip(self.activations[id].node)
        else {
            return;
        };
        match kind {
            NodeKind::Task | NodeKind::MessageTask(_) => self.finish_work(id),
            NodeKind::UserTask(_) | NodeKind::ServiceTask(_) => {} // Somebody does it.
            NodeKind::ScriptTask(task) => {
                let value = self.run_script(id, &task.script);
                self.end_with(id, value, task.result_variable);
            }
            NodeKind::ExpressionTask {
                expression,
                result_variable,
            } => {
                let value = self.value(id, &expression);
                self.end_with(id, value, result_variable);
            }
            NodeKind::DecisionTask(_) => self.incident(id, "decisions are not modelled here"),
            NodeKind::SendTask(message) => match self.throw_message(id, &message) {
                Ok(()) if self.is_active(id) => self.finish_work(id),
                Ok(()) => {}
                Err(text) => self.incident(id, text),
            },
            NodeKind::ReceiveTask { message, .. } => {
                let armed = self.wait_for_message(id, &message);
                match armed {
                    Ok(wait) => self.arm(id, index, wait),
                    Err(text) => self.incident(id, text),
                }
            }
            NodeKind::CallActivity(call) => self.call(id, &call),
            NodeKind::SubProcess(_) => self.begin_sub_process(id),
            _ => {}
        }
    }

    /// Somebody has done a task.
    pub(super) fn finish_task(&mut self, id: Id, results: &BTreeMap<String, Value>) {
        self.take_results(id, results);
        self.finish_work(id);
    }

    fn end_with(&mut self, id: Id, value: Result<Value, String>, variable: Option<String>) {
        match value {
            Ok(value) => {
                if let Some(variable) = variable {
                    self.take_result(id, &variable, value);
                }
                self.finish_work(id);
            }
            Err(text) => self.incident(id, text),
        }
    }
}
