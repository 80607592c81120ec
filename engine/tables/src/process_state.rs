//! The process engine's rows, read through its own port and written from its own changes.

use std::{borrow::Cow, collections::BTreeMap};

use kapok_process::state::{
    Changes, Compensation, CompensationKey, ElementInstance, Event, Gathering, GatheringKey, Incident, Instance,
    ItemKey, Job, KeptMessage, NodeIndex, State, StateError, Subscription, Task, Timer, TokenKey,
};
use kapok_protocol::{
    ElementInstanceId, IncidentId, InstanceId, JobId, MessageId, SubscriptionId, TaskId, TimerId, Value,
};

use crate::{
    Key, Prefix, Read, TableError, Transaction,
    codec::{self, Field},
    finishing::{Finishing, finished_case},
    history::Events,
    read,
    rows::{
        compensation_key, compensations_of, gathering_key, item_key, kept_key, message_key, signal_key, tokens_in,
        tokens_key,
    },
};

/// Rows as the process engine asks for them.
pub struct ProcessState<'a>(pub &'a dyn Read);

/// More live elements than this in one scope are not read at once; a model cannot reach it within its other limits.
const LIVE: usize = 1_000_000;

impl State for ProcessState<'_> {
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError> {
        read::row(self.0, &(instance, id)).map_err(failed)
    }

    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError> {
        let prefix = Key::new(Prefix::LiveElement)
            .number(instance.get())
            .optional(scope.map(ElementInstanceId::get));
        let ids = read::ids(self.0, &prefix, None, LIVE).map_err(failed)?;
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
        value(self.0, &variable_key(instance, scope).text(name))
    }

    fn variables(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<(String, Value)>, StateError> {
        live_variables(self.0, instance, scope, LIVE).map_err(failed)
    }

    fn item(&self, key: &ItemKey) -> Result<Option<Value>, StateError> {
        value(self.0, &item_key(key))
    }

    fn tokens(&self, key: &TokenKey) -> Result<Option<u32>, StateError> {
        value(self.0, &tokens_key(key))
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
        let nodes = read::ids(self.0, &prefix, after.as_deref(), limit).map_err(failed)?;
        Ok(nodes
            .into_iter()
            .filter_map(|(_, node)| u32::try_from(node).ok().map(NodeIndex))
            .collect())
    }

    fn compensation(&self, key: &CompensationKey) -> Result<Option<Compensation>, StateError> {
        value(self.0, &compensation_key(key))
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
        let places = read::ids(self.0, &prefix, Some(&after), limit).map_err(failed)?;
        Ok(places.into_iter().map(|(_, place)| !place).collect())
    }

    fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn message_subscriptions(
        &self,
        name: &str,
        key: Option<Option<&str>>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        listed(self.0, &message_key(name, key), None, limit)
    }

    fn signal_subscriptions(
        &self,
        name: &str,
        after: Option<SubscriptionId>,
        limit: usize,
    ) -> Result<Vec<SubscriptionId>, StateError> {
        let prefix = signal_key(name);
        let after = after.map(|after| prefix.clone().number(after.get()).into_bytes());
        listed(self.0, &prefix, after.as_deref(), limit)
    }

    fn conditions(&self, instance: InstanceId) -> Result<Vec<SubscriptionId>, StateError> {
        let prefix = Key::new(Prefix::ConditionByInstance).number(instance.get());
        listed(self.0, &prefix, None, LIVE)
    }

    fn message(&self, id: MessageId) -> Result<Option<KeptMessage>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn messages(&self, name: &str, limit: usize) -> Result<Vec<MessageId>, StateError> {
        let ids = read::ids(self.0, &kept_key(name), None, limit).map_err(failed)?;
        Ok(ids.into_iter().filter_map(|(_, id)| MessageId::new(id)).collect())
    }

    fn gathering(&self, key: &GatheringKey) -> Result<Option<Gathering>, StateError> {
        value(self.0, &gathering_key(key))
    }

    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError> {
        read::row(self.0, &id).map_err(failed)
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

fn variable_key(instance: InstanceId, scope: Option<ElementInstanceId>) -> Key {
    Key::new(Prefix::Variable)
        .number(instance.get())
        .optional(scope.map(ElementInstanceId::get))
}

impl Transaction<'_> {
    /// Writes what a decision changed. Effects are the shell's: they come back in its own rows.
    ///
    /// A case that ends becomes one row; nothing else of it is written, and what had been is erased.
    pub fn write_process(&mut self, changes: &Changes) -> Result<(), TableError> {
        let mut finishing = Finishing::begin(self, changes)?;
        for (id, row) in &changes.instances {
            if !finishing.has(*id) {
                self.put_or_delete(id, row.as_ref())?;
            }
        }
        for (id, row) in &changes.elements {
            match finishing.case(id.0) {
                Some(case) => place_in(&mut case.elements, id.1, row.as_ref()),
                None => self.put_or_delete(id, row.as_ref())?,
            }
        }
        for ((instance, scope, name), value) in &changes.variables {
            match finishing.case(*instance) {
                Some(case) => place_in(&mut case.variables, (*scope, name.clone()), value.as_ref()),
                None => self.place(variable_key(*instance, *scope).text(name), value.as_ref()),
            }
        }
        // What follows is of use only while a case goes on.
        for (key, value) in changes.items.iter().filter(|(key, _)| !finishing.has(key.0)) {
            self.place(item_key(key), value.as_ref());
        }
        for (key, count) in changes.tokens.iter().filter(|(key, _)| !finishing.has(key.0)) {
            self.place(tokens_key(key), count.as_ref());
        }
        for (key, row) in changes.compensations.iter().filter(|(key, _)| !finishing.has(key.0)) {
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
            match finishing.case(event.instance) {
                Some(case) => case.events.push(Cow::Borrowed(event)),
                None => events.entry(event.instance).or_default().push(event.clone()),
            }
        }
        for (instance, events) in events {
            self.put_new(&Events { instance, events });
        }
        finishing.cases().try_for_each(|case| self.put_finished(case))
    }

    /// Writes or erases a row that is found by its place alone.
    fn place<T: Field>(&mut self, key: Key, value: Option<&T>) {
        match value {
            Some(value) => self.write(key, codec::encode(VALUE_VERSION, value)),
            None => self.erase(key.into_bytes()),
        }
    }

    fn put_or_delete<R: crate::rows::Row>(&mut self, id: &R::Id, row: Option<&R>) -> Result<(), TableError> {
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

/// The variables of a scope, by name, whether the case goes on or has ended.
pub fn variables(
    read: &dyn Read,
    instance: InstanceId,
    scope: Option<ElementInstanceId>,
    limit: usize,
) -> Result<Vec<(String, Value)>, TableError> {
    let finished = finished_case(read, instance)?;
    let of_scope = finished.into_iter().flat_map(|case| case.variables);
    let of_scope = of_scope.filter(|((at, _), _)| *at == scope);
    let mut variables: Vec<_> = of_scope
        .map(|((_, name), value)| (name, value.into_owned()))
        .take(limit)
        .collect();
    if variables.is_empty() {
        variables = live_variables(read, instance, scope, limit)?;
    }
    Ok(variables)
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
    codec::decode(VALUE_VERSION, bytes).map_err(|error| TableError::Codec {
        key: read::hexadecimal(key),
        error,
    })
}
