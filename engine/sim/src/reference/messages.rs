//! Messages go to one, signals to all (10.5.1, 13.5).

use std::collections::BTreeMap;

use kapok_model::{EventDefinition, Message, Name, NodeIndex};
use kapok_protocol::Value;

use super::{
    run::Refused,
    state::{Id, Kept, Wait, World},
};

/// Who gets a message.
enum Receiver {
    /// What is armed with this age.
    Waiting(usize),
    /// A new case.
    Start(usize, NodeIndex),
    Nobody,
    Several,
}

/// A key is a text; a number is written as one.
pub(super) fn key_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

impl World {
    /// What a message is waited for by: its name, and its key, else the key of the case.
    pub(super) fn wait_for_message(&self, owner: Id, message: &Message) -> Result<Wait, String> {
        let key = match &message.key {
            Some(expression) => Some(key_text(&self.value(owner, expression)?)),
            None => self.activations[self.case_of(owner)].case_key.clone(),
        };
        Ok(Wait::Message {
            name: self.name(owner, &message.name)?,
            key,
        })
    }

    /// A message comes from outside: refused, unless exactly one gets it.
    pub(super) fn publish(
        &mut self,
        name: &str,
        key: Option<&str>,
        variables: &BTreeMap<String, Value>,
    ) -> Result<(), Refused> {
        match self.receiver(name, key, None) {
            Receiver::Nobody => Err(Refused::NothingWaits),
            Receiver::Several => Err(Refused::Ambiguous),
            receiver => {
                self.deliver(receiver, name, variables);
                Ok(())
            }
        }
    }

    fn address(&self, id: Id, message: &Message) -> Result<(String, Option<String>), String> {
        let name = self.name(id, &message.name)?;
        let key = match &message.key {
            Some(expression) => Some(key_text(&self.value(id, expression)?)),
            None => None,
        };
        Ok((name, key))
    }

    /// A message is thrown by a model, and under way then. Several receivers are the thrower's trouble.
    pub(super) fn throw_message(&mut self, id: Id, message: &Message) -> Result<(), String> {
        let (name, key) = self.address(id, message)?;
        let variables = self.content(id);
        if let Receiver::Several = self.receiver(&name, key.as_deref(), message.to.as_ref()) {
            return Err(format!("several wait for {name}"));
        }
        self.kept.push(Kept {
            name,
            key,
            variables,
            to: message.to.clone(),
            fresh: true,
        });
        Ok(())
    }

    /// What a message brings: what the inputs of its thrower gave it.
    fn content(&self, id: Id) -> BTreeMap<String, Value> {
        let inputs = self
            .node_of(id)
            .map(|node| node.data.inputs.clone())
            .unwrap_or_default();
        inputs
            .into_iter()
            .filter_map(|mapping| Some((mapping.target.clone(), self.get(id, &mapping.target)?.clone())))
            .collect()
    }

    /// The messages that are under way, and those that were kept and for which somebody waits now.
    pub(super) fn messages_that_arrive(&self) -> Vec<usize> {
        (0..self.kept.len())
            .filter(|at| self.kept[*at].fresh || self.who_waits_for(&self.kept[*at]).is_some())
            .collect()
    }

    /// A message arrives. One that was kept goes to whoever was the first to wait for it.
    pub(super) fn receive(&mut self, at: usize) {
        let kept = self.kept.remove(at);
        let receiver = match self.who_waits_for(&kept) {
            Some(age) if !kept.fresh => Receiver::Waiting(age),
            _ => self.receiver(&kept.name, kept.key.as_deref(), kept.to.as_ref()),
        };
        match receiver {
            Receiver::Nobody | Receiver::Several => self.kept.insert(at, Kept { fresh: false, ..kept }),
            receiver => self.deliver(receiver, &kept.name, &kept.variables),
        }
    }

    /// The first of those who could have a kept message.
    fn who_waits_for(&self, kept: &Kept) -> Option<usize> {
        let fits = |armed: &&super::state::Armed| match &armed.wait {
            Wait::Message { name, key } => {
                let same_key = key.is_none() || kept.key.is_none() || *key == kept.key;
                *name == kept.name && same_key && self.is_waiting(armed) && self.is_addressed(kept.to.as_ref(), armed)
            }
            _ => false,
        };
        self.armed.iter().filter(fits).map(|armed| armed.age).min()
    }

    fn is_addressed(&self, to: Option<&(String, Option<String>)>, armed: &super::state::Armed) -> bool {
        let graph = self.graph_of(armed.owner);
        let event = graph.node(armed.event).map(|node| node.id.as_str());
        to.is_none_or(|(process, node)| graph.key == *process && (node.is_none() || node.as_deref() == event))
    }

    fn receiver(&self, name: &str, key: Option<&str>, to: Option<&(String, Option<String>)>) -> Receiver {
        let is_addressed = |graph: usize, event: NodeIndex| {
            let graph = &self.graphs[graph];
            let event = graph.node(event).map(|node| node.id.as_str());
            to.is_none_or(|(process, node)| graph.key == *process && (node.is_none() || node.as_deref() == event))
        };
        let mut exact = Vec::new();
        let mut without_key = Vec::new();
        for armed in self.armed.iter().filter(|armed| self.is_waiting(armed)) {
            let Wait::Message {
                name: awaited,
                key: own,
            } = &armed.wait
            else {
                continue;
            };
            if awaited != name || !self.is_addressed(to, armed) {
                continue;
            }
            match (key, own) {
                (Some(key), Some(own)) if key == own => exact.push(armed.age),
                (Some(_), Some(_)) => {}
                (Some(_), None) => without_key.push(armed.age),
                (None, _) => exact.push(armed.age),
            }
        }
        let found = if exact.is_empty() { without_key } else { exact };
        match found[..] {
            [] => {}
            [one] => return Receiver::Waiting(one),
            _ => return Receiver::Several,
        }
        let starts: Vec<_> = self
            .starts(is_message(name))
            .into_iter()
            .filter(|(graph, node)| is_addressed(*graph, *node))
            .collect();
        match starts[..] {
            [] => Receiver::Nobody,
            [(graph, node)] => Receiver::Start(graph, node),
            _ => Receiver::Several,
        }
    }

    fn deliver(&mut self, receiver: Receiver, name: &str, variables: &BTreeMap<String, Value>) {
        match receiver {
            Receiver::Waiting(age) => self.occur(age, variables),
            Receiver::Start(graph, node) => self.start_at(graph, node, variables, is_message(name)),
            Receiver::Nobody | Receiver::Several => {}
        }
    }

    /// The names of the messages that somebody waits for, in order.
    pub fn awaited_messages(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .armed
            .iter()
            .filter(|armed| self.is_waiting(armed))
            .filter_map(|armed| match &armed.wait {
                Wait::Message { name, .. } => Some(name.clone()),
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// A signal: everybody gets it who waits for it now, and cases begin.
    pub(super) fn broadcast(&mut self, name: &str) {
        let waiting: Vec<usize> = self
            .armed
            .iter()
            .filter(|armed| armed.wait == Wait::Signal(name.to_owned()) && self.is_waiting(armed))
            .map(|armed| armed.age)
            .collect();
        for age in waiting {
            self.occur(age, &BTreeMap::new());
        }
        let is_it = |it: &EventDefinition| matches!(it, EventDefinition::Signal(Name::Literal(own)) if own == name);
        for (graph, node) in self.starts(is_it) {
            self.start_at(graph, node, &BTreeMap::new(), is_it);
        }
    }
}

fn is_message(name: &str) -> impl Fn(&EventDefinition) -> bool {
    move |it| matches!(it, EventDefinition::Message(message) if message.name.literal() == Some(name))
}
