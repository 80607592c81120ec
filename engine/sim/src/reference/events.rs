//! Events that are waited for and events that occur (13.5.2), and those that are thrown.

use std::collections::BTreeMap;

use kapok_model::{CatchEvent, EventDefinition, Name, NodeIndex, NodeKind};
use kapok_protocol::Value;

use super::state::{Armed, Id, Wait, World};

impl World {
    /// An intermediate catch event is reached: it waits, or a link has just come out of it.
    pub(super) fn catch_event(&mut self, id: Id, catch: &CatchEvent) {
        if catch.triggers.iter().any(|it| matches!(it, EventDefinition::Link(_))) {
            return self.leave(id);
        }
        let armed = self.activations[id]
            .node
            .map_or(Ok(()), |event| self.arm_all(id, event, &catch.triggers));
        if let Err(text) = armed {
            self.incident(id, text);
        }
    }

    /// Waits for each of several triggers.
    pub(super) fn arm_all(&mut self, owner: Id, event: NodeIndex, triggers: &[EventDefinition]) -> Result<(), String> {
        let mut waits = Vec::new();
        for trigger in triggers {
            waits.extend(self.wait_for(owner, trigger)?);
        }
        for wait in waits {
            self.arm(owner, event, wait);
        }
        Ok(())
    }

    pub(super) fn arm(&mut self, owner: Id, event: NodeIndex, wait: Wait) {
        let age = self.tick();
        self.armed.push(Armed {
            age,
            owner,
            event,
            wait,
            happened: false,
        });
    }

    fn wait_for(&self, owner: Id, trigger: &EventDefinition) -> Result<Option<Wait>, String> {
        Ok(match trigger {
            EventDefinition::Message(message) => Some(self.wait_for_message(owner, message)?),
            EventDefinition::Timer(timer) => Some(self.wait_for_timer(owner, timer)?),
            EventDefinition::Signal(name) => Some(Wait::Signal(self.name(owner, name)?)),
            EventDefinition::Error(code) => Some(Wait::Error(code.clone())),
            EventDefinition::Escalation(code) => Some(Wait::Escalation(code.clone())),
            EventDefinition::Condition(condition) => Some(Wait::Condition {
                text: condition.text.clone(),
                held: false,
            }),
            EventDefinition::Cancel => Some(Wait::Cancel),
            EventDefinition::Compensation { .. }
            | EventDefinition::Link(_)
            | EventDefinition::Terminate
            | EventDefinition::Record(_) => None,
        })
    }

    /// A name that stands there, or is computed.
    pub(super) fn name(&self, from: Id, name: &Name) -> Result<String, String> {
        match name {
            Name::Literal(name) => Ok(name.clone()),
            Name::Computed(expression) => match self.value(from, expression)? {
                Value::Text(name) => Ok(name),
                other => Err(format!("{other} is not a name")),
            },
        }
    }

    /// Something that is waited for occurs. When all of several are needed, the last one counts.
    pub(super) fn occur(&mut self, age: usize, payload: &BTreeMap<String, Value>) {
        let Some(at) = self.armed.iter().position(|armed| armed.age == age) else {
            return;
        };
        let (owner, event) = (self.armed[at].owner, self.armed[at].event);
        let is_timer_at_its_end = self.next_firing(at);
        if self.needs_all(owner, event) {
            self.armed[at].happened = true;
            let mut group = self.armed.iter().filter(|it| it.owner == owner && it.event == event);
            if group.any(|armed| !armed.happened) {
                let names: Vec<_> = payload.clone().into_iter().collect();
                names
                    .into_iter()
                    .for_each(|(name, value)| self.set(owner, &name, value));
                return;
            }
            self.armed.retain(|it| it.owner != owner || it.event != event);
            self.event_occurs(owner, event, payload);
            return self.arm_anew(owner, event);
        }
        if is_timer_at_its_end {
            self.armed.remove(at);
        }
        self.event_occurs(owner, event, payload);
    }

    /// An event that needed all of several, and does not interrupt, waits for all of them again.
    fn arm_anew(&mut self, owner: Id, event: NodeIndex) {
        let graph = self.graph_of(owner);
        let triggers = match graph.node(event).map(|node| &node.kind) {
            Some(NodeKind::BoundaryEvent {
                catch,
                interrupting: false,
                ..
            }) => &catch.triggers,
            Some(NodeKind::StartEvent(start)) if !start.interrupting => &start.triggers,
            _ => return,
        };
        if self.is_active(owner)
            && let Err(text) = self.arm_all(owner, event, triggers)
        {
            self.incident(owner, text);
        }
    }

    fn needs_all(&self, owner: Id, event: NodeIndex) -> bool {
        match self.graph_of(owner).node(event).map(|node| &node.kind) {
            Some(NodeKind::BoundaryEvent { catch, .. } | NodeKind::IntermediateCatch(catch)) => catch.parallel,
            Some(NodeKind::StartEvent(start)) => start.parallel,
            _ => false,
        }
    }

    fn event_occurs(&mut self, owner: Id, event: NodeIndex, payload: &BTreeMap<String, Value>) {
        let graph = self.graph_of(owner);
        let is_gateway = |kind: &NodeKind| matches!(kind, NodeKind::EventBasedGateway { .. });
        match graph.node(event).map(|node| &node.kind) {
            Some(NodeKind::BoundaryEvent { interrupting, .. }) => {
                self.boundary_event_occurs(owner, event, *interrupting, payload);
            }
            Some(NodeKind::StartEvent(start)) => {
                self.event_sub_process_starts(owner, event, start.interrupting, payload);
            }
            _ if self.node_of(owner).is_some_and(|node| is_gateway(&node.kind)) => {
                self.gateway_event_occurs(owner, event, payload);
            }
            _ => self.finish_catch(owner, payload),
        }
    }

    /// A catching event, or a receive task, has what it waited for.
    pub(super) fn finish_catch(&mut self, id: Id, payload: &BTreeMap<String, Value>) {
        self.disarm(id);
        let Some(node) = self.node_of(id).cloned() else { return };
        if node.kind.is_activity() {
            self.take_results(id, payload);
            return self.finish_work(id);
        }
        if node.data.outputs.is_empty() {
            self.take_results(id, payload);
        } else {
            self.activations[id].variables.extend(payload.clone());
            if let Err(text) = self.give_outputs(id) {
                return self.incident(id, text);
            }
        }
        self.leave(id);
    }

    /// The conditions that hold and did not, or do not hold any more.
    pub(super) fn conditions_that_changed(&self) -> Vec<usize> {
        self.armed
            .iter()
            .filter(|armed| match &armed.wait {
                Wait::Condition { text, held } => self.holds_now(armed.owner, text) != *held && self.is_waiting(armed),
                _ => false,
            })
            .map(|armed| armed.age)
            .collect()
    }

    /// A condition that cannot be computed does not hold yet: its names may come.
    fn holds_now(&self, from: Id, text: &str) -> bool {
        self.text_value(from, text) == Ok(Value::Bool(true))
    }

    pub(super) fn look_at_condition(&mut self, age: usize) {
        let Some(at) = self.armed.iter().position(|armed| armed.age == age) else {
            return;
        };
        let owner = self.armed[at].owner;
        let text = match &self.armed[at].wait {
            Wait::Condition { text, .. } => text.clone(),
            _ => return,
        };
        let holds = self.holds_now(owner, &text);
        self.armed[at].wait = Wait::Condition { text, held: holds };
        if holds {
            self.occur(age, &BTreeMap::new());
        }
    }

    /// An intermediate throw event does what it does, one after the other, and goes on (13.5.2).
    pub(super) fn throw_event(&mut self, id: Id, results: &[EventDefinition]) {
        if let Err(text) = self.take_inputs(id) {
            return self.incident(id, text);
        }
        for result in results {
            if let Err(text) = self.throw(id, result) {
                return self.incident(id, text);
            }
            if !self.is_active(id) || self.activations[id].incident.is_some() {
                return; // What it threw has ended what it stands in.
            }
        }
        for result in results {
            match result {
                EventDefinition::Link(name) => return self.jump(id, name),
                EventDefinition::Compensation { activity, wait } => {
                    if !wait {
                        self.activations[id].left = true;
                        let flows: Vec<_> = self.flows_out_of(id).into_iter().map(|(flow, _)| flow).collect();
                        self.send_by(id, &flows);
                    }
                    return self.compensate(id, *activity);
                }
                _ => {}
            }
        }
        self.leave(id);
    }

    /// A link: the token goes on at the event of this name (10.5.1).
    fn jump(&mut self, id: Id, name: &str) {
        let Some(scope) = self.activations[id].scope else {
            return;
        };
        match self.graph_of(id).link_target(self.activations[scope].node, name) {
            Some(target) => {
                self.leave(id);
                self.place(target, None, scope, Some(id));
            }
            None => self.incident(id, "the link leads nowhere"),
        }
    }

    /// Throws something on behalf of an activation. What concerns its own way (a link, an undoing, the end of its scope)
    /// is its own business.
    pub(super) fn throw(&mut self, id: Id, what: &EventDefinition) -> Result<(), String> {
        match what {
            EventDefinition::Message(message) => self.throw_message(id, message)?,
            EventDefinition::Signal(name) => {
                let name = self.name(id, name)?;
                self.signals.push(name);
            }
            EventDefinition::Escalation(code) => self.escalate(id, code.as_deref().unwrap_or_default()),
            EventDefinition::Error(code) => self.throw_error(id, code.as_deref().unwrap_or_default()),
            _ => {}
        }
        Ok(())
    }
}
