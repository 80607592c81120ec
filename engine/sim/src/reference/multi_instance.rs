//! Multi-instance activities: once for each of several (13.3.7).

use kapok_model::{Behavior, MultiInstance, Repeat};
use kapok_protocol::Value;

use super::state::{Id, Life, Repetition, World};

impl World {
    /// Plans the instances; in parallel, all of them begin.
    pub(super) fn begin_each(&mut self, id: Id, each: &MultiInstance) {
        let plan = self.plan(id, each);
        let repetition = match plan {
            Ok(repetition) => repetition,
            Err(text) => return self.incident(id, text),
        };
        let planned = repetition.planned;
        self.activations[id].repetition = Some(repetition);
        self.count_instances(id);
        if !each.sequential {
            for _ in 0..planned {
                self.new_instance(id);
            }
        }
    }

    fn plan(&self, id: Id, each: &MultiInstance) -> Result<Repetition, String> {
        let items = match &each.collection {
            None => None,
            Some(collection) => match self.value(id, collection)? {
                Value::List(items) => Some(items),
                other => return Err(format!("{other} is not a list")),
            },
        };
        let planned = match &each.cardinality {
            None => items.as_ref().map_or(0, Vec::len),
            Some(cardinality) => match self.value(id, cardinality)?.to_string().parse() {
                Ok(planned) => planned,
                Err(_) => return Err("not a number of instances".to_owned()),
            },
        };
        Ok(Repetition {
            planned,
            begun: 0,
            items,
            results: Default::default(),
        })
    }

    fn each(&self, body: Id) -> Option<MultiInstance> {
        match self.node_of(body)?.activity.repeat.as_deref() {
            Some(Repeat::Each(each)) => Some(each.clone()),
            _ => None,
        }
    }

    pub(super) fn item_name(&self, body: Id) -> Option<String> {
        self.each(body)?.item
    }

    /// Nothing is running: the next one in sequence, or the end.
    pub(super) fn next_in_sequence(&mut self, body: Id) {
        match &self.activations[body].repetition {
            Some(repetition) if repetition.begun < repetition.planned => self.new_instance(body),
            _ => self.finish_repetition(body),
        }
    }

    /// Counts instances again, under all the names they are counted by.
    pub(super) fn count_instances(&mut self, body: Id) {
        let (Some(_), Some(repetition)) = (self.each(body), &self.activations[body].repetition) else {
            return;
        };
        let planned = repetition.planned;
        let instances: Vec<Life> = self
            .children(body)
            .into_iter()
            .filter(|id| self.is_instance(*id))
            .map(|id| self.activations[id].life)
            .collect();
        let count = |life: Life| instances.iter().filter(|it| **it == life).count();
        let counts = [
            ("numberOfInstances", planned),
            ("numberOfActiveInstances", count(Life::Active)),
            ("numberOfCompletedInstances", count(Life::Completed)),
            ("numberOfTerminatedInstances", count(Life::Cancelled)),
            ("nrOfInstances", planned),
            ("nrOfActiveInstances", count(Life::Active)),
            ("nrOfCompletedInstances", count(Life::Completed)),
        ];
        for (name, count) in counts {
            self.activations[body]
                .variables
                .insert(name.to_owned(), Value::from(count as i64));
        }
    }

    /// Keeps what an instance gives to the output collection.
    pub(super) fn collect_result(&mut self, body: Id, instance: Id) -> Result<(), String> {
        let Some((_, source)) = self.each(body).and_then(|each| each.output) else {
            return Ok(());
        };
        let value = self.value(instance, &source)?;
        let counter = self.activations[instance].counter.unwrap_or_default();
        if let Some(repetition) = &mut self.activations[body].repetition {
            repetition.results.insert(counter, value);
        }
        Ok(())
    }

    /// Writes the output collection: in the order of the instances; those that gave nothing have no place in it.
    pub(super) fn give_collected(&mut self, body: Id) {
        let Some((variable, _)) = self.each(body).and_then(|each| each.output) else {
            return;
        };
        let results = match &self.activations[body].repetition {
            Some(repetition) => repetition.results.values().cloned().collect(),
            None => Vec::new(),
        };
        if let Some(scope) = self.activations[body].scope {
            self.set(scope, &variable, Value::List(results));
        }
    }

    /// After an instance: events are thrown, and it is asked whether this was enough. That the activity is over is a step
    /// of its own.
    pub(super) fn instance_is_done(&mut self, body: Id, instance: Id) {
        let Some(each) = self.each(body) else { return };
        let completed = self
            .children(body)
            .into_iter()
            .filter(|id| self.is_instance(*id) && self.activations[*id].life == Life::Completed)
            .count();
        let mut thrown = Vec::new();
        match &each.behavior {
            Behavior::All => {}
            Behavior::One(event) if completed == 1 => thrown.push(event.clone()),
            Behavior::One(_) => {}
            Behavior::None(event) => thrown.push(event.clone()),
            Behavior::Complex(events) => {
                for (condition, event) in events {
                    match self.holds(body, condition) {
                        Ok(true) => thrown.push(event.clone()),
                        Ok(false) => {}
                        Err(text) => return self.incident(body, text),
                    }
                }
            }
        }
        for event in thrown {
            if let Err(text) = self.throw(body, &event) {
                return self.incident(body, text);
            }
            if !self.is_active(body) {
                return;
            }
        }
        if let Some(completion) = &each.completion {
            match self.holds(body, completion) {
                Ok(false) => {}
                Ok(true) => {
                    self.cancel_within(body);
                    if let Some(repetition) = &mut self.activations[body].repetition {
                        repetition.planned = repetition.begun;
                    }
                    self.count_instances(body);
                }
                Err(text) => self.incident(instance, text),
            }
        }
    }
}
