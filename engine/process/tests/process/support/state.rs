//! Rows in memory: the smallest true `State`.

use std::collections::BTreeMap;

use kapok_process::state::{
    Awaited, Changes, Compensation, CompensationKey, ElementInstance, ElementState, Gathering, GatheringKey, Incident,
    Instance, ItemKey, Job, KeptMessage, NodeIndex, State, StateError, Subscription, Task, Timer, TokenKey,
    VariableKey,
};
use kapok_protocol::{
    ElementInstanceId, IncidentId, InstanceId, JobId, MessageId, SubscriptionId, TaskId, TimerId, Value,
};

#[derive(Debug, Default, Clone, PartialEq)]
pub struct Memory {
    pub instances: BTreeMap<InstanceId, Instance>,
    pub elements: BTreeMap<(InstanceId, ElementInstanceId), ElementInstance>,
    pub variables: BTreeMap<VariableKey, Value>,
    pub items: BTreeMap<ItemKey, Value>,
    pub tokens: BTreeMap<TokenKey, u32>,
    pub compensations: BTreeMap<CompensationKey, Compensation>,
    pub subscriptions: BTreeMap<SubscriptionId, Subscription>,
    pub messages: BTreeMap<MessageId, KeptMessage>,
    pub gatherings: BTreeMap<GatheringKey, Gathering>,
    pub tasks: BTreeMap<TaskId, Task>,
    pub timers: BTreeMap<TimerId, Timer>,
    pub jobs: BTreeMap<JobId, Job>,
    pub incidents: BTreeMap<IncidentId, Incident>,
}

fn merge<K: Ord, R>(rows: &mut BTreeMap<K, R>, changes: Vec<(K, Option<R>)>) {
    for (key, row) in changes {
        match row {
            Some(row) => rows.insert(key, row),
            None => rows.remove(&key),
        };
    }
}

impl Memory {
    fn waiting(&self, limit: usize, waits: impl Fn(&Subscription) -> bool) -> Vec<SubscriptionId> {
        let waiting = self.subscriptions.values().filter(|row| waits(row));
        waiting.map(|row| row.id).take(limit).collect()
    }

    /// Makes changes visible.
    pub fn apply(&mut self, changes: Changes) {
        merge(&mut self.instances, changes.instances);
        merge(&mut self.elements, changes.elements);
        merge(&mut self.variables, changes.variables);
        merge(&mut self.items, changes.items);
        merge(&mut self.tokens, changes.tokens);
        merge(&mut self.compensations, changes.compensations);
        merge(&mut self.subscriptions, changes.subscriptions);
        merge(&mut self.messages, changes.messages);
        merge(&mut self.gatherings, changes.gatherings);
        merge(&mut self.tasks, changes.tasks);
        merge(&mut self.timers, changes.timers);
        merge(&mut self.jobs, changes.jobs);
        merge(&mut self.incidents, changes.incidents);
    }
}

impl State for Memory {
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError> {
        Ok(self.instances.get(&id).cloned())
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError> {
        Ok(self.elements.get(&(instance, id)).cloned())
    }

    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError> {
        let live = self
            .elements
            .values()
            .filter(|row| row.instance == instance && row.scope == scope && row.state == ElementState::Active);
        Ok(live.map(|row| row.id).collect())
    }

    fn variable(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        name: &str,
    ) -> Result<Option<Value>, StateError> {
        Ok(self.variables.get(&(instance, scope, name.to_owned())).cloned())
    }

    fn variables(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<(String, Value)>, StateError> {
        let own = self.variables.iter();
        let own = own.filter(|((at, around, _), _)| (*at, *around) == (instance, scope));
        Ok(own.map(|((.., name), value)| (name.clone(), value.clone())).collect())
    }

    fn item(&self, key: &ItemKey) -> Result<Option<Value>, StateError> {
        Ok(self.items.get(key).cloned())
    }

    fn tokens(&self, key: &TokenKey) -> Result<Option<u32>, StateError> {
        Ok(self.tokens.get(key).copied())
    }

    fn nodes_with_tokens(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        after: Option<NodeIndex>,
        limit: usize,
    ) -> Result<Vec<NodeIndex>, StateError> {
        let standing = self.tokens.keys();
        let standing = standing.filter(|(at, around, _)| (*at, *around) == (instance, scope));
        let standing = standing.map(|(.., node)| *node);
        Ok(standing.filter(|node| Some(*node) > after).take(limit).collect())
    }

    fn compensation(&self, key: &CompensationKey) -> Result<Option<Compensation>, StateError> {
        Ok(self.compensations.get(key).copied())
    }

    fn compensations(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<u64>, StateError> {
        let from = (instance, scope, 0);
        let earlier = self.compensations.range(from..(instance, scope, before)).rev();
        Ok(earlier.map(|((.., place), _)| *place).take(limit).collect())
    }

    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StateError> {
        Ok(self.subscriptions.get(&id).cloned())
    }

    fn message_subscriptions(
        &self,
        name: &str,
        key: Option<Option<&str>>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        Ok(self.waiting(limit, |row| match &row.awaited {
            Awaited::Message {
                name: own,
                key: awaited,
            } => own == name && key.is_none_or(|key| awaited.as_deref() == key),
            _ => false,
        }))
    }

    fn signal_subscriptions(
        &self,
        name: &str,
        after: Option<SubscriptionId>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        Ok(self.waiting(limit, |row| {
            matches!(&row.awaited, Awaited::Signal(own) if own == name) && Some(row.id) > after
        }))
    }

    fn conditions(&self, instance: InstanceId) -> Result<Vec<SubscriptionId>, StateError> {
        Ok(self.waiting(usize::MAX, |row| {
            row.waiting.instance == instance && matches!(row.awaited, Awaited::Condition { .. })
        }))
    }

    fn message(&self, id: MessageId) -> Result<Option<KeptMessage>, StateError> {
        Ok(self.messages.get(&id).cloned())
    }

    fn messages(&self, name: &str, limit: usize) -> Result<Vec<MessageId>, StateError> {
        let kept = self.messages.values().filter(|row| row.name == name);
        Ok(kept.map(|row| row.id).take(limit).collect())
    }

    fn gathering(&self, key: &GatheringKey) -> Result<Option<Gathering>, StateError> {
        Ok(self.gatherings.get(key).cloned())
    }

    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError> {
        Ok(self.tasks.get(&id).cloned())
    }

    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError> {
        Ok(self.timers.get(&id).cloned())
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StateError> {
        Ok(self.jobs.get(&id).cloned())
    }

    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError> {
        Ok(self.incidents.get(&id).cloned())
    }
}
