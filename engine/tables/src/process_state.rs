//! The process engine's rows, read through its own port and written from its own changes.

use std::{borrow::Cow, cell::RefCell, collections::BTreeMap, rc::Rc};

use kapok_process::state::{
    Changes, Compensation, CompensationKey, ElementInstance, ElementState, Event, Gathering, GatheringKey, Incident,
    Instance, ItemKey, Job, KeptMessage, NodeIndex, State, StateError, Subscription, Task, Timer, TokenKey,
};
use kapok_protocol::{
    ElementInstanceId, IncidentId, InstanceId, JobId, MessageId, SubscriptionId, TaskId, TimerId, Value,
};

use crate::{
    Key, Prefix, Read, TableError, Transaction,
    codec::{self, CodecError, Field},
    gathered::{Gathered, whole_case},
    history::{Events, Whole},
    read,
    rows::{
        Row, compensation_key, compensations_of, gathering_key, item_key, kept_key, message_key, signal_key, tokens_in,
        tokens_key,
    },
};

/// Rows as the process engine asks for them.
pub struct ProcessState<'a> {
    read: &'a dyn Read,
    /// The cases that were asked for, as far as they go on and lie in one row.
    cases: RefCell<BTreeMap<InstanceId, Option<Rc<Whole<'static>>>>>,
}

impl<'a> ProcessState<'a> {
    /// The rows as of one moment.
    pub fn new(read: &'a dyn Read) -> Self {
        Self {
            read,
            cases: RefCell::default(),
        }
    }

    /// A case that goes on and lies in one row. Of what has ended nothing is asked but the case itself.
    fn whole(&self, id: InstanceId) -> Result<Option<Rc<Whole<'static>>>, StateError> {
        if let Some(known) = self.cases.borrow().get(&id) {
            return Ok(known.clone());
        }
        State::instance(self, id)?;
        Ok(self.cases.borrow().get(&id).cloned().flatten())
    }
}

/// More live elements than this in one scope are not read at once; a model cannot reach it within its other limits.
const LIVE: usize = 1_000_000;

impl State for ProcessState<'_> {
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError> {
        let key = Instance::key(&id);
        let Some(bytes) = self.read.get(key.as_bytes()).map_err(failed)? else {
            self.cases.borrow_mut().insert(id, None);
            return Ok(None);
        };
        let (instance, whole) =
            Whole::live_from_bytes(&bytes).map_err(|error| failed(codec_error(key.as_bytes(), error)))?;
        self.cases.borrow_mut().insert(id, whole.map(Rc::new));
        Ok(Some(instance))
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError> {
        match self.whole(instance)? {
            Some(case) => Ok(case.elements.get(&id).map(|row| row.as_ref().clone())),
            None => read::row(self.read, &(instance, id)).map_err(failed),
        }
    }

    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError> {
        if let Some(case) = self.whole(instance)? {
            let live = |row: &&ElementInstance| row.scope == scope && row.state == ElementState::Active;
            let rows = case.elements.values().map(Cow::as_ref);
            return Ok(rows.filter(live).map(|row| row.id).collect());
        }
        let prefix = Key::new(Prefix::LiveElement)
            .number(instance.get())
            .optional(scope.map(ElementInstanceId::get));
        let ids = read::ids(self.read, &prefix, None, LIVE).map_err(failed)?;
        Ok(ids
            .into_iter()
            .filter_map(|(_, id)| ElementInstanceId::new(id))
            .collect())
    }

    fn variable(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        name: &str,
    ) -> Result<Option<Value>, StateError> {
        match self.whole(instance)? {
            Some(case) => Ok(case.variable(scope, name).cloned()),
            None => value(self.read, &variable_key(instance, scope).text(name)),
        }
    }

    fn variables(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<(String, Value)>, StateError> {
        match self.whole(instance)? {
            Some(case) => Ok(case
                .variables_of(scope)
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect()),
            None => live_variables(self.read, instance, scope, LIVE).map_err(failed),
        }
    }

    fn item(&self, key: &ItemKey) -> Result<Option<Value>, StateError> {
        value(self.read, &item_key(key))
    }

    fn tokens(&self, key: &TokenKey) -> Result<Option<u32>, StateError> {
        value(self.read, &tokens_key(key))
    }

    fn nodes_with_tokens(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        after: Option<NodeIndex>,
        limit: usize,
    ) -> Result<Vec<NodeIndex>, StateError> {
        let after = after.map(|after| tokens_key(&(instance, scope, after)).into_bytes());
        let prefix = tokens_in(instance.get(), scope);
        let nodes = read::ids(self.read, &prefix, after.as_deref(), limit).map_err(failed)?;
        Ok(nodes
            .into_iter()
            .filter_map(|(_, node)| u32::try_from(node).ok().map(NodeIndex))
            .collect())
    }

    fn compensation(&self, key: &CompensationKey) -> Result<Option<Compensation>, StateError> {
        value(self.read, &compensation_key(key))
    }

    fn compensations(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<u64>, StateError> {
        let prefix = compensations_of(instance.get(), scope);
        let after = prefix.clone().newest(before).into_bytes();
        let places = read::ids(self.read, &prefix, Some(&after), limit).map_err(failed)?;
        Ok(places.into_iter().map(|(_, place)| !place).collect())
    }

    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }

    fn message_subscriptions(
        &self,
        name: &str,
        key: Option<Option<&str>>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        listed(self.read, &message_key(name, key), None, limit)
    }

    fn signal_subscriptions(
        &self,
        name: &str,
        after: Option<SubscriptionId>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        let prefix = signal_key(name);
        let after = after.map(|after| prefix.clone().number(after.get()).into_bytes());
        listed(self.read, &prefix, after.as_deref(), limit)
    }

    fn conditions(&self, instance: InstanceId) -> Result<Vec<SubscriptionId>, StateError> {
        let prefix = Key::new(Prefix::ConditionByInstance).number(instance.get());
        listed(self.read, &prefix, None, LIVE)
    }

    fn message(&self, id: MessageId) -> Result<Option<KeptMessage>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }

    fn messages(&self, name: &str, limit: usize) -> Result<Vec<MessageId>, StateError> {
        let ids = read::ids(self.read, &kept_key(name), None, limit).map_err(failed)?;
        Ok(ids.into_iter().filter_map(|(_, id)| MessageId::new(id)).collect())
    }

    fn gathering(&self, key: &GatheringKey) -> Result<Option<Gathering>, StateError> {
        value(self.read, &gathering_key(key))
    }

    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }

    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }

    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError> {
        read::row(self.read, &id).map_err(failed)
    }
}

fn codec_error(key: &[u8], error: CodecError) -> TableError {
    TableError::Codec {
        key: read::hexadecimal(key),
        error,
    }
}

fn failed(error: TableError) -> StateError {
    StateError(error.to_string())
}

/// Rows that are found by their place alone: variables, items, counts, what can be undone.
const VALUE_VERSION: u8 = 1;

fn value<T: Field>(read: &dyn Read, key: &Key) -> Result<Option<T>, StateError> {
    let bytes = read.get(key.as_bytes()).map_err(failed)?;
    bytes
        .map(|bytes| decode_value(key.as_bytes(), &bytes))
        .transpose()
        .map_err(failed)
}

fn listed(
    read: &dyn Read,
    prefix: &Key,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<SubscriptionId>, StateError> {
    let ids = read::ids(read, prefix, after, limit).map_err(failed)?;
    Ok(ids.into_iter().filter_map(|(_, id)| SubscriptionId::new(id)).collect())
}

pub(crate) fn variable_key(instance: InstanceId, scope: Option<ElementInstanceId>) -> Key {
    Key::new(Prefix::Variable)
        .number(instance.get())
        .optional(scope.map(ElementInstanceId::get))
}

impl Transaction<'_> {
    /// Writes what a decision changed. Effects are the shell's: they come back in its own rows.
    ///
    /// What lies in one row with its case ([`Gathered`]) is written there, and rows that it has had are erased.
    pub fn write_process(&mut self, changes: &Changes) -> Result<(), TableError> {
        let mut cases = Gathered::begin(self, changes)?;
        for (id, row) in changes.instances.iter().filter(|(id, _)| !cases.has(*id)) {
            match row {
                Some(row) => self.replace_row(row, cases.indexes(*id)),
                None => self.delete::<Instance>(id)?,
            }
        }
        for (id, row) in &changes.elements {
            match cases.case(id.0) {
                Some(case) => place_in(&mut case.elements, id.1, row.as_ref()),
                None => self.put_or_delete(id, row.as_ref())?,
            }
        }
        for ((instance, scope, name), value) in &changes.variables {
            match cases.case(*instance) {
                Some(case) => place_in(&mut case.variables, (*scope, name.clone()), value.as_ref()),
                None => self.place(variable_key(*instance, *scope).text(name), value.as_ref()),
            }
        }
        // What follows is of use only while a case goes on.
        for (key, value) in changes.items.iter().filter(|(key, _)| !cases.has_ended(key.0)) {
            self.place(item_key(key), value.as_ref());
        }
        for (key, count) in changes.tokens.iter().filter(|(key, _)| !cases.has_ended(key.0)) {
            self.place(tokens_key(key), count.as_ref());
        }
        for (key, row) in changes.compensations.iter().filter(|(key, _)| !cases.has_ended(key.0)) {
            self.place(compensation_key(key), row.as_ref());
        }
        for (key, row) in &changes.gatherings {
            self.place(gathering_key(key), row.as_ref());
        }
        for (id, row) in &changes.subscriptions {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.messages {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.tasks {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.timers {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.jobs {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.incidents {
            self.put_or_delete(id, row.as_ref())?;
        }
        let mut events: BTreeMap<InstanceId, Vec<Event>> = BTreeMap::new();
        for event in &changes.events {
            match cases.case(event.instance) {
                Some(case) => case.events.push(Cow::Borrowed(event)),
                None => events.entry(event.instance).or_default().push(event.clone()),
            }
        }
        for (instance, events) in events {
            self.put_new(&Events { instance, events });
        }
        cases.write(self);
        Ok(())
    }

    /// Writes or erases a row that is found by its place alone.
    pub(crate) fn place<T: Field>(&mut self, key: Key, value: Option<&T>) {
        match value {
            Some(value) => self.write(key, codec::encode(VALUE_VERSION, value)),
            None => self.erase(key.into_bytes()),
        }
    }

    fn put_or_delete<R: Row>(&mut self, id: &R::Id, row: Option<&R>) -> Result<(), TableError> {
        match row {
            Some(row) => self.put(row),
            None => self.delete::<R>(id),
        }
    }
}

fn place_in<'a, K: Ord, V: Clone>(rows: &mut BTreeMap<K, Cow<'a, V>>, key: K, row: Option<&'a V>) {
    match row {
        Some(row) => rows.insert(key, Cow::Borrowed(row)),
        None => rows.remove(&key),
    };
}

/// The variables of a scope, by name, however the case lies.
pub fn variables(
    read: &dyn Read,
    instance: InstanceId,
    scope: Option<ElementInstanceId>,
    limit: usize,
) -> Result<Vec<(String, Value)>, TableError> {
    let Some(case) = whole_case(read, instance)? else {
        return live_variables(read, instance, scope, limit);
    };
    let of_scope = case.variables.into_iter().filter(|((at, _), _)| *at == scope);
    Ok(of_scope
        .map(|((_, name), value)| (name, value.into_owned()))
        .take(limit)
        .collect())
}

/// The variables of a scope that lie in rows of their own, by name.
pub(crate) fn live_variables(
    read: &dyn Read,
    instance: InstanceId,
    scope: Option<ElementInstanceId>,
    limit: usize,
) -> Result<Vec<(String, Value)>, TableError> {
    let prefix = variable_key(instance, scope);
    let pairs = read.scan(prefix.as_bytes(), None, limit)?;
    pairs
        .iter()
        .map(|(key, bytes)| Ok((name_in(key), decode_value(key, bytes)?)))
        .collect()
}

/// The name at the end of a variable's key.
pub(crate) fn name_in(key: &[u8]) -> String {
    // A prefix byte, the case, the scope; then the name and its two bytes of end.
    let name = key.get(17..key.len().saturating_sub(2)).unwrap_or_default();
    // A zero byte is followed by 0xff in keys (`Key::text`), which is no UTF-8 and becomes the replacement character.
    String::from_utf8_lossy(name).replace("\u{0}\u{fffd}", "\u{0}")
}

/// The value of a row that is found by its place alone.
pub(crate) fn decode_value<T: Field>(key: &[u8], bytes: &[u8]) -> Result<T, TableError> {
    codec::decode(VALUE_VERSION, bytes).map_err(|error| codec_error(key, error))
}
