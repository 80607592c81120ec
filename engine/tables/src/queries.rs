//! The questions the product asks of its rows. Each reads what it answers and little more: lists are index rows.

use std::{borrow::Cow, sync::Arc};

use kapok_process::state::{ElementInstance, Event, Incident, Instance, Job, Subscription, Task, Timer};
use kapok_protocol::{
    DefinitionId, Entity, IncidentId, InstanceId, JobId, OutboxId, OutboxRow, PersonId, Principal, RecordId,
    SubscriptionId, TaskId, TimerId, Timestamp,
};

use crate::{
    InstanceList, Key, Prefix, Read, RecordList, Slice, TableError, TaskList,
    gathered::whole_case,
    history::Events,
    key::last_number,
    read::{self, Pair},
    rows::{
        self, Credential, DecisionFile, Definition, HistoryEntry, Preference, RecordRow, Session, StoredAnswer, Token,
        topic_key,
    },
    writes::xml_key,
};

/// The questions.
pub struct Queries<'a>(pub &'a dyn Read);

type Answer<T> = Result<T, TableError>;

impl Queries<'_> {
    /// A version of a process.
    pub fn definition(&self, id: DefinitionId) -> Answer<Option<Definition>> {
        read::row(self.0, &id)
    }

    /// All versions of all processes, in the order of their deployment.
    pub fn definitions(&self) -> Answer<Vec<Definition>> {
        read::rows(self.0, &Key::new(Prefix::Definition), None, usize::MAX)
    }

    /// All files of decisions, in the order of their deployment.
    pub fn decision_files(&self) -> Answer<Vec<DecisionFile>> {
        read::rows(self.0, &Key::new(Prefix::DecisionFile), None, usize::MAX)
    }

    /// The versions of a process, newest first.
    pub fn versions(&self, key: &str, limit: usize) -> Answer<Vec<Definition>> {
        let prefix = Key::new(Prefix::DefinitionByKey).text(key);
        self.follow(&prefix, None, limit, DefinitionId::new)
            .map(|page| page.items)
    }

    /// The XML of a version, byte for byte as it was deployed.
    pub fn definition_xml(&self, id: DefinitionId) -> Answer<Option<String>> {
        let key = xml_key(id);
        Ok(self
            .0
            .get(key.as_bytes())?
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A case.
    pub fn instance(&self, id: InstanceId) -> Answer<Option<Instance>> {
        read::row(self.0, &id)
    }

    /// A page of cases.
    pub fn instances(&self, list: &InstanceList, after: Option<&[u8]>, limit: usize) -> Answer<Slice<Instance>> {
        if let InstanceList::All = list {
            // Later cases have larger ids.
            let pairs = self.0.scan_back(list.prefix().as_bytes(), after, limit)?;
            return slice(pairs, limit, |(key, value)| read::decode(key, value));
        }
        self.follow(&list.prefix(), after, limit, InstanceId::new)
    }

    /// How many cases are in a list, counting no further than `limit`.
    pub fn count_instances(&self, list: &InstanceList, limit: usize) -> Answer<usize> {
        self.count(&list.prefix(), limit)
    }

    /// The activations of a case, oldest first.
    pub fn elements(&self, instance: InstanceId, limit: usize) -> Answer<Vec<ElementInstance>> {
        if let Some(case) = whole_case(self.0, instance)? {
            let rows = case.elements.into_values().map(Cow::into_owned);
            return Ok(rows.take(limit).collect());
        }
        let prefix = Key::new(Prefix::Element).number(instance.get());
        read::rows(self.0, &prefix, None, limit)
    }

    /// The history of a case, oldest first.
    pub fn events(&self, instance: InstanceId, limit: usize) -> Answer<Vec<Event>> {
        if let Some(case) = whole_case(self.0, instance)? {
            let events = case.events.into_iter().map(Cow::into_owned);
            return Ok(events.take(limit).collect());
        }
        let prefix = Key::new(Prefix::Event).number(instance.get());
        let rows = read::rows::<Events>(self.0, &prefix, None, limit)?;
        let mut events: Vec<_> = rows.into_iter().flat_map(|row| row.events).collect();
        events.truncate(limit);
        Ok(events)
    }

    /// A task.
    pub fn task(&self, id: TaskId) -> Answer<Option<Task>> {
        read::row(self.0, &id)
    }

    /// A page of tasks.
    pub fn tasks(&self, list: &TaskList, after: Option<&[u8]>, limit: usize) -> Answer<Slice<Task>> {
        self.follow(&list.prefix(), after, limit, TaskId::new)
    }

    /// The ids of the tasks of a list, at most `limit`: enough to count tasks that stand in several lists.
    pub fn task_ids(&self, list: &TaskList, limit: usize) -> Answer<Vec<TaskId>> {
        let ids = read::ids(self.0, &list.prefix(), None, limit)?;
        Ok(ids.into_iter().filter_map(|(_, id)| TaskId::new(id)).collect())
    }

    /// A timer.
    pub fn timer(&self, id: TimerId) -> Answer<Option<Timer>> {
        read::row(self.0, &id)
    }

    /// Something that waits for a message, a signal or a condition.
    pub fn subscription(&self, id: SubscriptionId) -> Answer<Option<Subscription>> {
        read::row(self.0, &id)
    }

    /// All timers, soonest first.
    pub fn timers(&self, after: Option<&[u8]>, limit: usize) -> Answer<Slice<Timer>> {
        self.follow(&Key::new(Prefix::TimerByDue), after, limit, TimerId::new)
    }

    /// The timers that start cases of a version.
    pub fn start_timers(&self, definition: DefinitionId) -> Answer<Vec<TimerId>> {
        let prefix = Key::new(Prefix::TimerByDefinition).number(definition.get());
        let ids = read::ids(self.0, &prefix, None, usize::MAX)?;
        Ok(ids.into_iter().filter_map(|(_, id)| TimerId::new(id)).collect())
    }

    /// The timers due by `now`, in the order in which they fire.
    pub fn due_timers(&self, now: Timestamp, limit: usize) -> Answer<Vec<TimerId>> {
        self.until(Prefix::TimerByDue, now, limit, TimerId::new)
    }

    /// When the next timer is due.
    pub fn next_timer(&self) -> Answer<Option<Timestamp>> {
        self.next_moment(Prefix::TimerByDue)
    }

    /// A job.
    pub fn job(&self, id: JobId) -> Answer<Option<Job>> {
        read::row(self.0, &id)
    }

    /// Jobs that may run now, oldest first.
    pub fn ready_jobs(&self, limit: usize) -> Answer<Vec<Job>> {
        self.follow(&Key::new(Prefix::JobReady), None, limit, JobId::new)
            .map(|page| page.items)
    }

    /// Jobs of a topic that outside workers may fetch now, longest free first.
    pub fn external_jobs(&self, topic: &str, now: Timestamp, limit: usize) -> Answer<Vec<Job>> {
        let prefix = topic_key(topic);
        let last = prefix.clone().moment(now).number(u64::MAX).into_bytes();
        let pairs = self.0.scan(prefix.as_bytes(), None, limit)?;
        let free = pairs.iter().take_while(|(key, _)| key.as_ref() <= last.as_slice());
        let ids = free.filter_map(|(key, _)| last_number(key).and_then(JobId::new));
        let jobs = ids.map(|id| self.job(id)).collect::<Answer<Vec<_>>>()?;
        Ok(jobs.into_iter().flatten().collect())
    }

    /// Jobs that outside workers fetch, of all topics, whether or not somebody has them.
    pub fn all_external_jobs(&self, limit: usize) -> Answer<Vec<Job>> {
        self.follow(&Key::new(Prefix::JobByTopic), None, limit, JobId::new)
            .map(|page| page.items)
    }

    /// An incident.
    pub fn incident(&self, id: IncidentId) -> Answer<Option<Incident>> {
        read::row(self.0, &id)
    }

    /// All incidents, oldest first.
    pub fn incidents(&self, limit: usize) -> Answer<Vec<Incident>> {
        read::rows(self.0, &Key::new(Prefix::Incident), None, limit)
    }

    /// The incidents of a case.
    pub fn incidents_of(&self, instance: InstanceId, limit: usize) -> Answer<Vec<Incident>> {
        let prefix = Key::new(Prefix::IncidentByInstance).number(instance.get());
        self.follow(&prefix, None, limit, IncidentId::new)
            .map(|page| page.items)
    }

    /// A message on its way out.
    pub fn outbox_row(&self, id: OutboxId) -> Answer<Option<OutboxRow>> {
        read::row(self.0, &id)
    }

    /// The messages on their way out or gone, newest first.
    pub fn outbox(&self, after: Option<&[u8]>, limit: usize) -> Answer<Slice<OutboxRow>> {
        let pairs = self.0.scan(Key::new(Prefix::Outbox).as_bytes(), after, limit)?;
        slice(pairs, limit, |(key, value)| read::decode(key, value))
    }

    /// The messages to be looked at by `now`: waiting ones to be sent, leased ones whose lease has run out.
    pub fn due_messages(&self, now: Timestamp, limit: usize) -> Answer<Vec<OutboxRow>> {
        let ids = self.until(Prefix::OutboxByMoment, now, limit, OutboxId::new)?;
        Ok(ids
            .iter()
            .map(|id| self.outbox_row(*id))
            .collect::<Answer<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// When a message is to be looked at next.
    pub fn next_message(&self) -> Answer<Option<Timestamp>> {
        self.next_moment(Prefix::OutboxByMoment)
    }

    /// A record.
    pub fn record(&self, entity: &Entity, id: RecordId) -> Answer<Option<RecordRow>> {
        read::row(self.0, &(entity.clone(), id))
    }

    /// A page of records.
    pub fn records(&self, list: &RecordList, after: Option<&[u8]>, limit: usize) -> Answer<Slice<RecordRow>> {
        let prefix = list.prefix();
        match list {
            RecordList::All(_) => {
                let pairs = self.0.scan(prefix.as_bytes(), after, limit)?;
                slice(pairs, limit, |(key, value)| read::decode(key, value))
            }
            RecordList::OwnedBy(entity, _) | RecordList::Naming(entity, ..) => {
                self.follow(&prefix, after, limit, |id| {
                    RecordId::new(id).map(|id| (entity.clone(), id))
                })
            }
        }
    }

    /// The ids of the records of a list, newest first, from behind a record on.
    pub fn record_ids(&self, list: &RecordList, behind: Option<RecordId>, limit: usize) -> Answer<Vec<RecordId>> {
        let after = behind.map(|record| list.behind(record));
        let ids = read::ids(self.0, &list.prefix(), after.as_deref(), limit)?.into_iter();
        let id = |(_, number): read::Pointer| match list {
            RecordList::All(_) => RecordId::new(!number),
            RecordList::OwnedBy(..) | RecordList::Naming(..) => RecordId::new(number),
        };
        Ok(ids.filter_map(id).collect())
    }

    /// The record that has a unique value.
    pub fn record_with(&self, entity: &Entity, field: &str, value: &str) -> Answer<Option<RecordId>> {
        let prefix = rows::unique_key(entity, field, value);
        Ok(read::ids(self.0, &prefix, None, 1)?
            .first()
            .and_then(|(_, id)| RecordId::new(*id)))
    }

    /// Who changed what in a record, oldest first.
    pub fn record_history(&self, entity: &Entity, id: RecordId, limit: usize) -> Answer<Vec<HistoryEntry>> {
        read::rows(
            self.0,
            &Key::new(Prefix::RecordHistory).text(entity.as_str()).number(id.get()),
            None,
            limit,
        )
    }

    /// How a person signs in.
    pub fn credential(&self, person: PersonId) -> Answer<Option<Credential>> {
        read::row(self.0, &person)
    }

    /// A browser's session.
    pub fn session(&self, hash: &str) -> Answer<Option<Session>> {
        read::row(self.0, &hash.to_owned())
    }

    /// A program's token.
    pub fn token(&self, hash: &str) -> Answer<Option<Token>> {
        read::row(self.0, &hash.to_owned())
    }

    /// The answer kept for a repeated request.
    pub fn stored_answer(&self, principal: Principal, key: &str) -> Answer<Option<StoredAnswer>> {
        read::row(self.0, &(principal, key.to_owned()))
    }

    /// What a person chose.
    pub fn preference(&self, person: PersonId) -> Answer<Option<Preference>> {
        read::row(self.0, &person)
    }

    pub(crate) fn count(&self, prefix: &Key, limit: usize) -> Answer<usize> {
        Ok(self.0.scan(prefix.as_bytes(), None, limit)?.len())
    }

    /// Reads the rows that a page of index rows points at.
    pub(crate) fn follow<R: rows::Row>(
        &self,
        prefix: &Key,
        after: Option<&[u8]>,
        limit: usize,
        id: impl Fn(u64) -> Option<R::Id>,
    ) -> Answer<Slice<R>> {
        let found = read::ids(self.0, prefix, after, limit)?;
        let next = (found.len() == limit)
            .then(|| found.last().map(|(key, _)| key.to_vec()))
            .flatten();
        let mut items = Vec::with_capacity(found.len());
        for (_, number) in found {
            if let Some(id) = id(number)
                && let Some(row) = read::row(self.0, &id)?
            {
                items.push(row);
            }
        }
        Ok(Slice { items, next })
    }

    /// The ids of an index by moment, up to and including `now`.
    fn until<T>(&self, prefix: Prefix, now: Timestamp, limit: usize, id: impl Fn(u64) -> Option<T>) -> Answer<Vec<T>> {
        let last = Key::new(prefix).moment(now).number(u64::MAX).into_bytes();
        let pairs = self.0.scan(Key::new(prefix).as_bytes(), None, limit)?;
        let due = pairs.iter().take_while(|(key, _)| key.as_ref() <= last.as_slice());
        Ok(due.filter_map(|(key, _)| last_number(key).and_then(&id)).collect())
    }

    fn next_moment(&self, prefix: Prefix) -> Answer<Option<Timestamp>> {
        let pairs = self.0.scan(Key::new(prefix).as_bytes(), None, 1)?;
        Ok(pairs.first().and_then(|(key, _)| {
            let bytes: [u8; 8] = key.get(1..9)?.try_into().ok()?;
            Some(Timestamp::from_millis((u64::from_be_bytes(bytes) ^ (1 << 63)) as i64))
        }))
    }
}

pub(crate) fn slice<T>(
    pairs: Vec<Pair>,
    limit: usize,
    item: impl Fn(&(Arc<[u8]>, Arc<[u8]>)) -> Answer<T>,
) -> Answer<Slice<T>> {
    let next = (pairs.len() == limit)
        .then(|| pairs.last().map(|(key, _)| key.to_vec()))
        .flatten();
    Ok(Slice {
        items: pairs.iter().map(item).collect::<Answer<_>>()?,
        next,
    })
}
