//! Service task handlers that the embedding program supplies in Rust.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use kapok_protocol::{InstanceId, JobId, JobOutcome, Value};

/// What a handler is given.
#[derive(Debug, Clone)]
pub struct HandlerCall {
    /// The job: the same in every attempt, so it is a good key for what must not happen twice.
    pub job: JobId,
    /// The case.
    pub instance: InstanceId,
    /// The inputs drawn in the model.
    pub inputs: BTreeMap<String, Value>,
}

/// A handler in Rust. It runs after the commit, on a thread of its own, and may be called again after a crash.
pub type Handler = Arc<dyn Fn(HandlerCall) -> JobOutcome + Send + Sync>;

/// The handlers by name.
#[derive(Clone, Default)]
pub(crate) struct Handlers(HashMap<String, Handler>);

impl Handlers {
    pub(crate) fn add(&mut self, name: String, handler: Handler) {
        self.0.insert(name, handler);
    }

    pub(crate) fn get(&self, name: &str) -> Option<Handler> {
        self.0.get(name).cloned()
    }
}
