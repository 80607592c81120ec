//! Rows in memory: the smallest true `State`.

use std::collections::BTreeMap;

use kapok_model::NodeIndex;
use kapok_process::state::{
    Awaited, Changes, Compensation, CompensationKey, ElementInstance, ElementState, Gathering, GatheringKey, Incident,
    Instance, ItemKey, Job, KeptMessage, State, StateError, Subscription, Task, Timer, TokenKey, VariableKey,
};
use kapok_protocol::{
    ElementInstanceId, IncidentId, InstanceId, JobId, MessageId, SubscriptionId, TaskId, TimerId, Value,
};

type Read<T> = Result<T, StateError>;

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
    fn instance(&self, id: InstanceId) -> Read<Option<Instance>> {
        Ok(self.instances.get(&id).cloned())
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Read<Option<ElementInstance>> {
        Ok(self.elements.get(&(instance, id)).cloned())
    }

    fn live_elements(&self, instance: InstanceId, scope: Option<ElementInstanceId>) -> Read<Vec<ElementInstanceId>> {
        let live = self
            .elements
            .values()
            .filter(|row| row.instance == instance && row.scope == scope && row.state == ElementState::Active);
        Ok(live.map(|row| row.id).collect())
    }

    fn variable(&self, instance: InstanceId, scope: Option<ElementInstanceId>, name: &str) -> Read<Option<Value>> {
        Ok(self.variables.get(&(instance, scope, name.to_owned())).cloned())
    }

    fn variables(&self, instance: InstanceId, scope: Option<ElementInstanceId>) -> Read<Vec<(String, Value)>> {
        let all = self.variables.iter();
        let here = all.filter(|((case, at, _), _)| *case == instance && *at == scope);
        Ok(here.map(|((.., name), value)| (name.clone(), value.clone())).collect())
    }

    fn item(&self, key: &ItemKey) -> Read<Option<Value>> {
        Ok(self.items.get(key).cloned())
    }

    fn tokens(&self, key: &TokenKey) -> Read<Option<u32>> {
        Ok(self.tokens.get(key).copied())
    }

    fn nodes_with_tokens(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        after: Option<NodeIndex>,
        limit: usize,
    ) -> Read<Vec<NodeIndex>> {
        let here = self
            .tokens
            .keys()
            .filter(|(case, at, _)| *case == instance && *at == scope);
        let here = here.map(|(_, _, node)| *node);
        Ok(here.filter(|node| Some(*node) > after).take(limit).collect())
    }

    fn compensation(&self, key: &CompensationKey) -> Read<Option<Compensation>> {
        Ok(self.compensations.get(key).copied())
    }

    fn compensations(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        before: u64,
        limit: usize,
    ) -> Read<Vec<u64>> {
        let here = self
            .compensations
            .keys()
            .filter(|(case, at, place)| *case == instance && *at == scope && *place < before);
        let mut places: Vec<u64> = here.map(|(.., place)| *place).collect();
        places.sort_by(|one, other| other.cmp(one));
        places.truncate(limit);
        Ok(places)
    }

    fn subscription(&self, id: SubscriptionId) -> Read<Option<Subscription>> {
        Ok(self.subscriptions.get(&id).cloned())
    }

    fn message_subscriptions(&self, name: &str, key: Option<Option<&str>>, limit: usize) -> Read<Vec<SubscriptionId>> {
        let waits = |row: &&Subscription| match &row.awaited {
            Awaited::Message { name: own, key: given } => own == name && key.is_none_or(|key| given.as_deref() == key),
            _ => false,
        };
        Ok(self
            .subscriptions
            .values()
            .filter(waits)
            .map(|row| row.id)
            .take(limit)
            .collect())
    }

    fn signal_subscriptions(
        &self,
        name: &str,
        after: Option<SubscriptionId>,
        limit: usize,
    ) -> Read<Vec<SubscriptionId>> {
        let waits = |row: &&Subscription| {
            row.awaited == Awaited::Signal(name.to_owned()) && after.is_none_or(|after| row.id > after)
        };
        Ok(self
            .subscriptions
            .values()
            .filter(waits)
            .map(|row| row.id)
            .take(limit)
            .collect())
    }

    fn conditions(&self, instance: InstanceId) -> Read<Vec<SubscriptionId>> {
        let waits =
            |row: &&Subscription| row.waiting.instance == instance && matches!(row.awaited, Awaited::Condition { .. });
        Ok(self.subscriptions.values().filter(waits).map(|row| row.id).collect())
    }

    fn message(&self, id: MessageId) -> Read<Option<KeptMessage>> {
        Ok(self.messages.get(&id).cloned())
    }

    fn messages(&self, name: &str, limit: usize) -> Read<Vec<MessageId>> {
        let named = self.messages.values().filter(|row| row.name == name);
        Ok(named.map(|row| row.id).take(limit).collect())
    }

    fn gathering(&self, key: &GatheringKey) -> Read<Option<Gathering>> {
        Ok(self.gatherings.get(key).cloned())
    }

    fn task(&self, id: TaskId) -> Read<Option<Task>> {
        Ok(self.tasks.get(&id).cloned())
    }

    fn timer(&self, id: TimerId) -> Read<Option<Timer>> {
        Ok(self.timers.get(&id).cloned())
    }

    fn job(&self, id: JobId) -> Read<Option<Job>> {
        Ok(self.jobs.get(&id).cloned())
    }

    fn incident(&self, id: IncidentId) -> Read<Option<Incident>> {
        Ok(self.incidents.get(&id).cloned())
    }
}
