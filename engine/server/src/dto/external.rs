use std::collections::BTreeMap;

use kapok::{ExternalTask, TopicRequest, TopicView, WorkerFailure, protocol::Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an outside worker asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchRequest {
    /// What the worker calls itself; two that run at once have different names.
    pub(crate) worker: String,
    /// The topics, the most urgent first.
    pub(crate) topics: Vec<FetchTopic>,
    /// At most so many tasks: 1 to 100, 1 when absent.
    pub(crate) limit: Option<usize>,
    /// How long to wait when there is nothing: 0 to 25, not at all when absent.
    pub(crate) wait_seconds: Option<u64>,
}

/// A topic that a worker asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchTopic {
    topic: String,
    /// How long the worker has each task: 1 to 86400, 60 when absent.
    lock_seconds: Option<u32>,
    /// The variables it wants; all that the step sees when absent. Inputs that are drawn always come.
    variables: Option<Vec<String>>,
}

impl From<FetchTopic> for TopicRequest {
    fn from(asked: FetchTopic) -> Self {
        Self {
            topic: asked.topic,
            lock_millis: i64::from(asked.lock_seconds.unwrap_or(60)) * 1000,
            variables: asked.variables,
        }
    }
}

/// A task that a worker has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExternalTaskView {
    /// The same in every attempt: a good key for what must not happen twice.
    id: String,
    topic: String,
    instance: String,
    /// The key of the process.
    process: String,
    business_key: Option<String>,
    /// The step's BPMN id.
    element: String,
    /// The step's name.
    name: String,
    #[schema(value_type = Object)]
    variables: BTreeMap<String, Value>,
    /// How often it has failed.
    failures: u32,
    /// How many tries are left after this one.
    retries: u32,
    /// When others may have it.
    lock_until: String,
}

impl From<ExternalTask> for ExternalTaskView {
    fn from(task: ExternalTask) -> Self {
        Self {
            id: task.id.to_string(),
            topic: task.topic,
            instance: task.instance.to_string(),
            process: task.process,
            business_key: task.business_key,
            element: task.element,
            name: task.name,
            variables: task.variables,
            failures: task.failures,
            retries: task.retries,
            lock_until: task.lock_until.to_string(),
        }
    }
}

/// A worker keeps a task longer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendRequest {
    pub(crate) worker: String,
    /// From now: 1 to 86400.
    pub(crate) lock_seconds: u32,
}

/// Until when a worker has a task.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Extended {
    pub(crate) lock_until: String,
}

/// A worker has done a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteExternal {
    pub(crate) worker: String,
    /// What becomes variables.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
}

/// A worker could not do a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailExternal {
    pub(crate) worker: String,
    /// What went wrong, in a sentence.
    pub(crate) message: String,
    /// All there is to say about it.
    pub(crate) details: Option<String>,
    /// How many tries are left: 0 hands it to a person; as many as the model says when absent.
    pub(crate) retries: Option<u32>,
    /// How long the next try waits; as the model says when absent.
    pub(crate) retry_seconds: Option<u32>,
}

impl FailExternal {
    pub(crate) fn split(self) -> (String, WorkerFailure) {
        let failure = WorkerFailure {
            message: self.message,
            details: self.details,
            retries: self.retries,
            wait_millis: self.retry_seconds.map(|seconds| i64::from(seconds) * 1000),
        };
        (self.worker, failure)
    }
}

/// A task ended in an error that the model may catch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorExternal {
    pub(crate) worker: String,
    /// The error's code.
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
    /// What becomes variables.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
}

/// A topic of outside workers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopicState {
    topic: String,
    /// Tasks that nobody has, counted to 10,000.
    waiting: usize,
    /// Since when the one of them waits that came first.
    oldest: Option<String>,
    /// Tasks that a worker has.
    locked: usize,
    /// Whether a plugin does them.
    plugin: bool,
    /// When a worker last asked, since the program was started.
    asked_at: Option<String>,
    /// The worker that asked last.
    asked_by: Option<String>,
}

impl From<TopicView> for TopicState {
    fn from(topic: TopicView) -> Self {
        Self {
            topic: topic.topic,
            waiting: topic.waiting,
            oldest: topic.oldest.map(|at| at.to_string()),
            locked: topic.locked,
            plugin: topic.has_handler,
            asked_at: topic.asked_at.map(|at| at.to_string()),
            asked_by: topic.asked_by,
        }
    }
}
