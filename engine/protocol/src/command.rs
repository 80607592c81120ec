//! What can be asked of the process engine. Commands are imperative; who asks travels beside them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DefinitionId, IncidentId, InstanceId, JobId, PersonId, RecordRef, TaskId, TimerId, Value};

/// A request to the process engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start a case.
    Start(StartRequest),
    /// Take a task that several could do.
    Claim(TaskId),
    /// Give a claimed task back to its candidates.
    Release(TaskId),
    /// Finish a task.
    Complete {
        /// Which task.
        task: TaskId,
        /// How it was decided; approvals need it, plain work must not have it.
        decision: Option<Decision>,
        /// What the person said about it.
        comment: Option<String>,
        /// New values of variables.
        variables: BTreeMap<String, Value>,
    },
    /// Nudge the present handlers of a task (催办, R123).
    Urge(TaskId),
    /// A timer has fallen due.
    FireTimer(TimerId),
    /// A job is over.
    FinishJob {
        /// Which job.
        job: JobId,
        /// How it ended.
        outcome: JobOutcome,
    },
    /// Hand a message to the case that waits for it, or start one.
    Publish(PublishedMessage),
    /// Tell a signal to everybody who waits for it.
    Broadcast {
        /// Its name.
        signal: String,
        /// What it brings.
        variables: BTreeMap<String, Value>,
    },
    /// Look again at the conditions a case waits for: something outside of it has changed.
    Reconsider(InstanceId),
    /// Try the step of an incident again.
    Retry(IncidentId),
    /// End a case from outside.
    Cancel {
        /// Which case.
        instance: InstanceId,
        /// Why.
        reason: String,
    },
}

/// What a case starts with.
#[derive(Debug, Clone, PartialEq)]
pub struct StartRequest {
    /// Which version of which process.
    pub definition: DefinitionId,
    /// The id of the start event; `None` for the process's none start event.
    pub start_event: Option<String>,
    /// Its first variables.
    pub variables: BTreeMap<String, Value>,
    /// A name of the caller's own for it.
    pub business_key: Option<String>,
    /// The record it is about.
    pub record: Option<RecordRef>,
    /// The person it is done for; `None` when nobody started it.
    pub initiator: Option<PersonId>,
}

/// A message from outside, for one case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PublishedMessage {
    /// Its name, as drawn.
    pub name: String,
    /// Which of several cases is meant.
    pub key: Option<String>,
    /// What it brings.
    pub variables: BTreeMap<String, Value>,
    /// How long it may wait for somebody who wants it, in milliseconds; without it, it is refused when nobody does.
    pub ttl_millis: Option<i64>,
}

/// How an approval was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// 同意.
    Approve,
    /// 拒绝.
    Reject,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// It is done; its results become variables.
    Completed(BTreeMap<String, Value>),
    /// It failed for a technical reason: tried again later, then an incident.
    Failed {
        /// What went wrong, for the person who repairs it.
        message: String,
        /// Whether trying again can help.
        retry: bool,
    },
    /// It ended in an error that the model may catch (BPMN error event).
    Error {
        /// The error code.
        code: String,
        /// What happened.
        message: String,
        /// What becomes variables before the error is thrown.
        variables: BTreeMap<String, Value>,
    },
    /// An outside worker could not do it, and says itself whether and when it is worth another try.
    GivenBack {
        /// What went wrong, for the person who repairs it.
        message: String,
        /// How many tries are left; none: as many as the model says.
        retries: Option<u32>,
        /// How long the next try waits, in milliseconds; none: as the model says.
        wait_millis: Option<i64>,
    },
}

/// What happened to a record that may start a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordEvent {
    /// It was saved for the first time.
    Created,
    /// It was saved again.
    Updated,
}
