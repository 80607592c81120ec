//! The rows a command has read and changed.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

use kapok_model::NodeIndex;
use kapok_protocol::{
    Effect, ElementInstanceId, IncidentId, InstanceId, JobId, MessageId, Principal, SubscriptionId, TaskId, TimerId,
    Value,
};

use super::{
    Compensation, CompensationKey, ElementInstance, Event, Gathering, GatheringKey, Incident, Instance, ItemKey, Job,
    KeptMessage, Subscription, Task, Timer, TokenKey,
};
use crate::agenda::Agenda;

/// A row that could not be read: a damaged disk, a row of a newer version. No command goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateError(pub String);

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StateError {}

/// Committed rows, as of one moment.
pub trait State {
    /// A case.
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError>;
    /// An activation.
    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError>;
    /// The live activations directly in a scope, by id.
    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError>;
    /// A variable of a scope.
    fn variable(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        name: &str,
    ) -> Result<Option<Value>, StateError>;
    /// The variables of a scope, by name.
    fn variables(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<(String, Value)>, StateError>;
    /// An item of a multi-instance activity.
    fn item(&self, key: &ItemKey) -> Result<Option<Value>, StateError>;
    /// How many tokens stand at a node.
    fn tokens(&self, key: &TokenKey) -> Result<Option<u32>, StateError>;
    /// The nodes of a scope at which tokens stand, in their order, behind this one, at most `limit`.
    fn nodes_with_tokens(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        after: Option<NodeIndex>,
        limit: usize,
    ) -> Result<Vec<NodeIndex>, StateError>;
    /// Something that can be undone.
    fn compensation(&self, key: &CompensationKey) -> Result<Option<Compensation>, StateError>;
    /// The places in a scope's order of completion before `before` of what can be undone, the latest first, at most
    /// `limit`.
    fn compensations(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<u64>, StateError>;
    /// A subscription.
    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StateError>;
    /// Those who wait for a message of this name, by id; `key` narrows it down to those with exactly this key (or none).
    fn message_subscriptions(
        &self,
        name: &str,
        key: Option<Option<&str>>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError>;
    /// Those who wait for a signal, by id, after this one.
    fn signal_subscriptions(
        &self,
        name: &str,
        after: Option<SubscriptionId>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError>;
    /// The conditions a case waits for, by id.
    fn conditions(&self, instance: InstanceId) -> Result<Vec<SubscriptionId>, StateError>;
    /// A message that nobody has taken yet.
    fn message(&self, id: MessageId) -> Result<Option<KeptMessage>, StateError>;
    /// The messages of this name that nobody has taken yet, the oldest first.
    fn messages(&self, name: &str, limit: usize) -> Result<Vec<MessageId>, StateError>;
    /// What a parallel multiple start event has gathered.
    fn gathering(&self, key: &GatheringKey) -> Result<Option<Gathering>, StateError>;
    /// A task.
    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError>;
    /// A timer.
    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError>;
    /// A job.
    fn job(&self, id: JobId) -> Result<Option<Job>, StateError>;
    /// An incident.
    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError>;
}

/// Where a variable lives: its case, its scope (`None` = the case itself) and its name.
pub type VariableKey = (InstanceId, Option<ElementInstanceId>, String);

/// Rows of one kind: what was read, and what was changed.
#[derive(Debug, Clone)]
pub struct Table<K, R> {
    rows: BTreeMap<K, (Option<R>, bool)>,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, R> Table<K, R> {
    /// The row, read at most once.
    pub fn get(
        &mut self,
        key: &K,
        read: impl FnOnce() -> Result<Option<R>, StateError>,
    ) -> Result<Option<&R>, StateError> {
        if !self.rows.contains_key(key) {
            self.rows.insert(key.clone(), (read()?, false));
        }
        Ok(self.rows.get(key).and_then(|(row, _)| row.as_ref()))
    }

    /// The row for changing, read at most once.
    pub fn edit(
        &mut self,
        key: &K,
        read: impl FnOnce() -> Result<Option<R>, StateError>,
    ) -> Result<Option<&mut R>, StateError> {
        if !self.rows.contains_key(key) {
            self.rows.insert(key.clone(), (read()?, false));
        }
        Ok(self.rows.get_mut(key).and_then(|(row, changed)| {
            *changed |= row.is_some();
            row.as_mut()
        }))
    }

    /// What this set knows of a row, without reading: `None` = it was not asked for yet, `Some(None)` = there is none.
    pub fn peek(&self, key: &K) -> Option<Option<&R>> {
        self.rows.get(key).map(|(row, _)| row.as_ref())
    }

    /// Writes a row.
    pub fn put(&mut self, key: K, row: R) {
        self.rows.insert(key, (Some(row), true));
    }

    /// Deletes a row.
    pub fn delete(&mut self, key: K) {
        self.rows.insert(key, (None, true));
    }

    /// The rows of this set, changed or only read; `None` = deleted or not there.
    pub fn seen(&self) -> impl Iterator<Item = (&K, Option<&R>)> {
        self.rows.iter().map(|(key, (row, _))| (key, row.as_ref()))
    }

    /// The keys of a list as this set has left it: those that were committed, without the rows that no longer belong to
    /// it and with those that now do.
    pub fn merged(&self, committed: Vec<K>, belongs: impl Fn(&K, &R) -> bool) -> BTreeSet<K> {
        let mut keys: BTreeSet<K> = committed.into_iter().collect();
        for (key, row) in self.seen() {
            if row.is_some_and(|row| belongs(key, row)) {
                keys.insert(key.clone());
            } else {
                keys.remove(key);
            }
        }
        keys
    }

    /// The changed rows, in the order of keys.
    pub fn into_changes(self) -> Vec<(K, Option<R>)> {
        self.rows
            .into_iter()
            .filter_map(|(key, (row, changed))| changed.then_some((key, row)))
            .collect()
    }
}

/// The rows one command has read and changed, and what it wants told.
pub struct Work<'a> {
    /// The committed rows beneath.
    pub state: &'a dyn State,
    /// Cases.
    pub instances: Table<InstanceId, Instance>,
    /// Activations.
    pub elements: Table<(InstanceId, ElementInstanceId), ElementInstance>,
    /// Variables.
    pub variables: Table<VariableKey, Value>,
    /// Items of multi-instance activities.
    pub items: Table<ItemKey, Value>,
    /// How many tokens stand at a node; kept where a gateway looks upstream.
    pub tokens: Table<TokenKey, u32>,
    /// What can be undone.
    pub compensations: Table<CompensationKey, Compensation>,
    /// Subscriptions.
    pub subscriptions: Table<SubscriptionId, Subscription>,
    /// Messages nobody has taken yet.
    pub messages: Table<MessageId, KeptMessage>,
    /// What parallel multiple start events have gathered.
    pub gatherings: Table<GatheringKey, Gathering>,
    /// Tasks.
    pub tasks: Table<TaskId, Task>,
    /// Timers.
    pub timers: Table<TimerId, Timer>,
    /// Jobs.
    pub jobs: Table<JobId, Job>,
    /// Incidents.
    pub incidents: Table<IncidentId, Incident>,
    /// History, in order.
    pub events: Vec<Event>,
    /// What is to be told, in order, by which case and on whose behalf.
    pub effects: Vec<(Option<InstanceId>, Principal, Effect)>,
    /// What other cases have to do because of this command, in order.
    pub(crate) agenda: VecDeque<Agenda>,
    /// Elements entered by this command, in all cases.
    pub(crate) steps: u32,
}

/// What a command changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// Cases.
    pub instances: Vec<(InstanceId, Option<Instance>)>,
    /// Activations.
    pub elements: Vec<((InstanceId, ElementInstanceId), Option<ElementInstance>)>,
    /// Variables.
    pub variables: Vec<(VariableKey, Option<Value>)>,
    /// Items of multi-instance activities.
    pub items: Vec<(ItemKey, Option<Value>)>,
    /// How many tokens stand at a node.
    pub tokens: Vec<(TokenKey, Option<u32>)>,
    /// What can be undone.
    pub compensations: Vec<(CompensationKey, Option<Compensation>)>,
    /// Subscriptions.
    pub subscriptions: Vec<(SubscriptionId, Option<Subscription>)>,
    /// Messages nobody has taken yet.
    pub messages: Vec<(MessageId, Option<KeptMessage>)>,
    /// What parallel multiple start events have gathered.
    pub gatherings: Vec<(GatheringKey, Option<Gathering>)>,
    /// Tasks.
    pub tasks: Vec<(TaskId, Option<Task>)>,
    /// Timers.
    pub timers: Vec<(TimerId, Option<Timer>)>,
    /// Jobs.
    pub jobs: Vec<(JobId, Option<Job>)>,
    /// Incidents.
    pub incidents: Vec<(IncidentId, Option<Incident>)>,
    /// History, in order.
    pub events: Vec<Event>,
    /// What is to be told, in order.
    pub effects: Vec<(Option<InstanceId>, Principal, Effect)>,
}

impl<'a> Work<'a> {
    /// An empty set above committed rows.
    pub fn new(state: &'a dyn State) -> Self {
        Self {
            state,
            instances: Table::default(),
            elements: Table::default(),
            variables: Table::default(),
            items: Table::default(),
            tokens: Table::default(),
            compensations: Table::default(),
            subscriptions: Table::default(),
            messages: Table::default(),
            gatherings: Table::default(),
            tasks: Table::default(),
            timers: Table::default(),
            jobs: Table::default(),
            incidents: Table::default(),
            events: Vec::new(),
            effects: Vec::new(),
            agenda: VecDeque::new(),
            steps: 0,
        }
    }

    /// What was changed.
    pub fn into_changes(self) -> Changes {
        Changes {
            instances: self.instances.into_changes(),
            elements: self.elements.into_changes(),
            variables: self.variables.into_changes(),
            items: self.items.into_changes(),
            tokens: self.tokens.into_changes(),
            compensations: self.compensations.into_changes(),
            subscriptions: self.subscriptions.into_changes(),
            messages: self.messages.into_changes(),
            gatherings: self.gatherings.into_changes(),
            tasks: self.tasks.into_changes(),
            timers: self.timers.into_changes(),
            jobs: self.jobs.into_changes(),
            incidents: self.incidents.into_changes(),
            events: self.events,
            effects: self.effects,
        }
    }
}
