//! The rows of processes.

use kapok_process::state::{
    Arrival, Candidate, ElementInstance, ElementState, Event, EventKind, Incident, Instance, InstanceState, Job,
    JobLock, MessageChannel, Task, TaskState,
};
use kapok_protocol::{
    Decision, DefinitionId, Delivery, ElementInstanceId, IncidentId, InstanceId, JobId, Mail, Message, OutboxId,
    OutboxRow, Page, PageId, PageKind, PersonId, Principal, RecordRef, Sms, TaskId, Timestamp,
};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{self, CodecError, fields, variants},
    history::{WHOLE_VERSION, Whole},
};

fields!(Instance {
    0 => id, 1 => definition, 2 => state, 3 => title, 4 => started_at, 5 => ended_at, 6 => initiator,
    7 => business_key, 8 => record, 9 => depth, 10 => activations, 11 => live_children, 12 => joins, 13 => caller,
    14 => correspondent, 15 => timers, 16 => subscriptions, 17 => conditions, 18 => interrupted, 19 => handling,
    20 => side_rows,
});
variants!(InstanceState { 0 => Active, 1 => Completed, 2 => Rejected, 3 => Cancelled });
fields!(RecordRef { 0 => entity, 1 => id });
fields!(ElementInstance {
    0 => id, 1 => instance, 2 => node, 3 => scope, 4 => state, 5 => entered_at, 6 => left_at, 7 => causes,
    8 => arrivals, 9 => live_children, 10 => tasks, 11 => timers, 12 => job, 13 => incident, 14 => joins, 15 => part,
    16 => has_variables, 17 => sees, 18 => leaving, 19 => left, 20 => closing, 21 => undoing, 22 => opened_by,
    23 => offered, 24 => subscriptions, 25 => called, 26 => handling, 27 => handed_over,
});
variants!(ElementState { 0 => Active, 1 => Completed, 2 => Cancelled });
fields!(Arrival { 0 => flow, 1 => cause });
fields!(Task {
    0 => id, 1 => instance, 2 => definition, 3 => element, 4 => node, 5 => assignee, 6 => candidates, 7 => state,
    8 => created_at, 9 => due_at, 10 => escalated_from, 11 => reminders, 12 => urged_at, 13 => ended_at,
    14 => completed_by, 15 => decision, 16 => comment, 17 => timers,
});
variants!(TaskState { 0 => Open, 1 => Completed, 2 => Cancelled });
variants!(Candidate { 0 => Role(code), 1 => Department(code) });
variants!(Decision { 0 => Approve, 1 => Reject });
fields!(Job {
    0 => id, 1 => instance, 2 => element, 3 => handler, 4 => inputs, 5 => failures, 6 => ready, 7 => external,
    8 => lock, 9 => retries,
});
fields!(JobLock { 0 => worker, 1 => until });
fields!(Incident { 0 => id, 1 => instance, 2 => element, 3 => node, 4 => at, 5 => text });
fields!(Event { 0 => instance, 1 => sequence, 2 => at, 3 => actor, 4 => element, 5 => node, 6 => kind });
variants!(Principal { 0 => System, 1 => Person(id), 2 => Process(id) });
variants!(EventKind {
    0 => Started,
    1 => Ended(state),
    2 => Activated,
    3 => Completed,
    4 => Cancelled,
    5 => Failed(code),
    6 => TaskCreated { task, assignee },
    7 => TaskClaimed(task),
    8 => TaskReleased(task),
    9 => TaskCompleted { task, decision, comment },
    10 => Reminded { task, person, channels },
    11 => Urged { task, person },
    12 => Escalated { task, from, to },
    13 => Told { channel, person },
    14 => IncidentRaised(incident),
    15 => IncidentRetried(incident),
    16 => NobodyFound(task),
    17 => CancelRequested(reason),
    18 => Thrown(name),
});
variants!(MessageChannel { 0 => Page, 1 => Mail, 2 => Sms });
fields!(Page { 0 => id, 1 => to, 2 => kind, 3 => text, 4 => at, 5 => read_at, 6 => task, 7 => instance });
variants!(PageKind { 0 => Page, 1 => Prompt, 2 => Notice });
fields!(OutboxRow { 0 => id, 1 => message, 2 => created_at, 3 => attempts, 4 => delivery, 5 => instance });
variants!(Message { 0 => Mail(mail), 1 => Sms(sms) });
fields!(Mail { 0 => to, 1 => subject, 2 => body });
fields!(Sms { 0 => to, 1 => template, 2 => variables, 3 => text });
variants!(Delivery {
    0 => Waiting { next, reason },
    1 => Leased { until },
    2 => Sent { at, receipt },
    3 => Failed { reason },
    4 => Unknown { since },
});

/// A small one, and one that has ended, is written with everything of it: [`Whole`].
impl Row for Instance {
    type Id = InstanceId;
    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        match bytes.first() {
            Some(&WHOLE_VERSION) => Whole::instance_from_bytes(bytes),
            _ => codec::decode(Self::VERSION, bytes),
        }
    }
    fn key(id: &InstanceId) -> Key {
        Key::new(Prefix::Instance).number(id.get())
    }
    fn id(&self) -> InstanceId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.id.get();
        let active = u8::from(self.state != InstanceState::Active);
        let mut keys = vec![
            Key::new(Prefix::InstanceByDefinition)
                .number(self.definition.get())
                .byte(active)
                .newest(id)
                .number(id),
        ];
        if let Some(person) = self.initiator {
            keys.push(
                Key::new(Prefix::InstanceByInitiator)
                    .number(person.get())
                    .newest(id)
                    .number(id),
            );
        }
        if let Some(record) = &self.record {
            let key = Key::new(Prefix::InstanceByRecord)
                .text(record.entity.as_str())
                .number(record.id.get());
            keys.push(key.newest(id).number(id));
        }
        keys
    }
}

impl Row for ElementInstance {
    type Id = (InstanceId, ElementInstanceId);
    fn key((instance, id): &Self::Id) -> Key {
        Key::new(Prefix::Element).number(instance.get()).number(id.get())
    }
    fn id(&self) -> Self::Id {
        (self.instance, self.id)
    }
    fn indexes(&self) -> Vec<Key> {
        if self.state != ElementState::Active {
            return Vec::new();
        }
        let scope = self.scope.map(ElementInstanceId::get);
        vec![
            Key::new(Prefix::LiveElement)
                .number(self.instance.get())
                .optional(scope)
                .number(self.id.get()),
        ]
    }
}

impl Row for Task {
    type Id = TaskId;
    fn key(id: &TaskId) -> Key {
        Key::new(Prefix::Task).number(id.get())
    }
    fn id(&self) -> TaskId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.id.get();
        let due = self.due_at.unwrap_or(Timestamp::from_millis(i64::MAX));
        let mut keys = vec![Key::new(Prefix::TaskByInstance).number(self.instance.get()).number(id)];
        match (self.state, self.assignee) {
            (TaskState::Open, Some(person)) => {
                keys.push(
                    Key::new(Prefix::TaskByAssignee)
                        .number(person.get())
                        .moment(due)
                        .number(id),
                );
            }
            (TaskState::Open, None) => {
                keys.extend(
                    self.candidates
                        .iter()
                        .map(|group| candidate_key(group).moment(due).number(id)),
                );
            }
            (TaskState::Completed, _) => {
                if let (Some(person), Some(at)) = (self.completed_by, self.ended_at) {
                    keys.push(
                        Key::new(Prefix::TaskByFinisher)
                            .number(person.get())
                            .newest(moment(at))
                            .number(id),
                    );
                }
            }
            (TaskState::Cancelled, _) => {}
        }
        keys
    }
}

fn moment(at: Timestamp) -> u64 {
    at.millis().max(0).unsigned_abs()
}

/// The index rows of the open tasks of a group begin with this.
pub(crate) fn candidate_key(group: &Candidate) -> Key {
    let (kind, code) = match group {
        Candidate::Role(code) => (0, code),
        Candidate::Department(code) => (1, code),
    };
    Key::new(Prefix::TaskByCandidate).byte(kind).text(code)
}

impl Row for Job {
    type Id = JobId;
    fn key(id: &JobId) -> Key {
        Key::new(Prefix::Job).number(id.get())
    }
    fn id(&self) -> JobId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        match (self.ready, self.external) {
            (false, _) => Vec::new(),
            (true, false) => vec![Key::new(Prefix::JobReady).number(self.id.get())],
            (true, true) => {
                let free_at = self.lock.as_ref().map_or(Timestamp::from_millis(0), |lock| lock.until);
                vec![topic_key(&self.handler).moment(free_at).number(self.id.get())]
            }
        }
    }
}

/// What outside workers fetch under a topic, in the order in which it is free.
pub(crate) fn topic_key(topic: &str) -> Key {
    Key::new(Prefix::JobByTopic).text(topic)
}

impl Row for Incident {
    type Id = IncidentId;
    fn key(id: &IncidentId) -> Key {
        Key::new(Prefix::Incident).number(id.get())
    }
    fn id(&self) -> IncidentId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        vec![
            Key::new(Prefix::IncidentByInstance)
                .number(self.instance.get())
                .number(self.id.get()),
        ]
    }
}

impl Row for Page {
    type Id = (PersonId, PageId);
    fn key((person, id): &Self::Id) -> Key {
        Key::new(Prefix::Page).number(person.get()).newest(id.get())
    }
    fn id(&self) -> Self::Id {
        (self.to, self.id)
    }
    fn indexes(&self) -> Vec<Key> {
        if self.read_at.is_some() {
            return Vec::new();
        }
        vec![
            Key::new(Prefix::PageUnread)
                .number(self.to.get())
                .newest(self.id.get())
                .number(self.id.get()),
        ]
    }
}

impl Row for OutboxRow {
    type Id = OutboxId;
    fn key(id: &OutboxId) -> Key {
        Key::new(Prefix::Outbox).newest(id.get())
    }
    fn id(&self) -> OutboxId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let moment = match &self.delivery {
            Delivery::Waiting { next, .. } => *next,
            Delivery::Leased { until } => *until,
            Delivery::Sent { .. } | Delivery::Failed { .. } | Delivery::Unknown { .. } => return Vec::new(),
        };
        vec![Key::new(Prefix::OutboxByMoment).moment(moment).number(self.id.get())]
    }
}

/// The index rows of a definition's cases begin with this.
pub(crate) fn instances_of(definition: DefinitionId, active: bool) -> Key {
    Key::new(Prefix::InstanceByDefinition)
        .number(definition.get())
        .byte(u8::from(!active))
}
