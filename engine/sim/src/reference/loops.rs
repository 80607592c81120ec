//! Standard loops: again while a condition holds (13.3.6).

use kapok_model::Repeat;
use kapok_protocol::Value;

use super::state::{Id, Repetition, World};

impl World {
    pub(super) fn begin_loop(&mut self, id: Id) {
        self.activations[id].repetition = Some(Repetition {
            planned: usize::MAX,
            begun: 0,
            items: None,
            results: Default::default(),
        });
    }

    /// Whether a repeated activity can go on: an instance that was planned has not begun its work, or nothing of a loop
    /// or sequence is running.
    pub(super) fn has_repetition_to_do(&self, id: Id) -> bool {
        let activation = &self.activations[id];
        if activation.counter.is_some() {
            return activation.repetition.is_some();
        }
        activation.repetition.is_some() && !self.is_something_live_in(id)
    }

    /// A repeated activity goes on.
    pub(super) fn go_on_repeating(&mut self, id: Id) {
        if self.is_instance(id) {
            self.activations[id].repetition = None;
            return self.begin_work(id);
        }
        let Some(node) = self.node_of(id).cloned() else { return };
        match node.activity.repeat.as_deref() {
            Some(Repeat::Loop {
                test_before,
                maximum,
                condition,
            }) => {
                let done = self.activations[id].repetition.as_ref().map_or(0, |it| it.begun);
                self.activations[id]
                    .variables
                    .insert("loopCounter".to_owned(), Value::from(done as i64));
                let mut again = maximum.is_none_or(|maximum| done < maximum as usize);
                if let Some(condition) = condition
                    && again
                    && (*test_before || done > 0)
                {
                    match self.holds(id, condition) {
                        Ok(holds) => again = holds,
                        Err(text) => return self.incident(id, text),
                    }
                }
                if again {
                    self.new_instance(id);
                } else {
                    self.finish_repetition(id);
                }
            }
            Some(Repeat::Each(_)) => self.next_in_sequence(id),
            None => {}
        }
    }

    /// One more instance of a repeated activity. Its work begins with a step of its own.
    pub(super) fn new_instance(&mut self, body: Id) {
        let Some((node, repetition)) = self.activations[body]
            .node
            .zip(self.activations[body].repetition.as_mut())
        else {
            return;
        };
        repetition.begun += 1;
        let counter = repetition.begun;
        let item = repetition
            .items
            .as_ref()
            .and_then(|items| items.get(counter - 1).cloned());
        let mut instance = self.fresh(self.activations[body].graph, Some(node), Some(body));
        instance.counter = Some(counter);
        instance.causes = vec![body];
        instance.repetition = Some(Repetition {
            planned: 1,
            begun: 0,
            items: None,
            results: Default::default(),
        });
        instance
            .variables
            .insert("loopCounter".to_owned(), Value::from(counter as i64));
        if let Some((name, item)) = self.item_name(body).zip(item) {
            instance.variables.insert(name, item);
        }
        let id = self.add(instance);
        self.log(id, super::state::What::Activated);
        self.count_instances(body);
    }

    /// An instance is done.
    pub(super) fn finish_instance(&mut self, id: Id) {
        let Some(body) = self.activations[id].scope else { return };
        if let Err(text) = self.collect_result(body, id) {
            return self.incident(id, text);
        }
        self.complete(id);
        self.count_instances(body);
        self.instance_is_done(body, id);
    }

    /// A repeated activity is over.
    pub(super) fn finish_repetition(&mut self, body: Id) {
        self.give_collected(body);
        self.activations[body].repetition = None;
        self.leave_activity(body);
    }
}
