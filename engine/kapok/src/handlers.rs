//! Service task handlers and ways out for messages that the embedding program supplies in Rust.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use kapok_plugin_host::{ChannelFailure, ChannelMessage, Receipt};
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

/// A way out for messages in Rust. What it answers decides whether a message may be sent again: see [`ChannelFailure`].
pub type ChannelSender = Arc<dyn Fn(&ChannelMessage) -> Result<Receipt, ChannelFailure> + Send + Sync>;

/// The handlers and channels by name.
#[derive(Clone, Default)]
pub(crate) struct Handlers {
    handlers: HashMap<String, Handler>,
    channels: HashMap<String, ChannelSender>,
}

impl Handlers {
    pub(crate) fn add(&mut self, name: String, handler: Handler) {
        self.handlers.insert(name, handler);
    }

    pub(crate) fn add_channel(&mut self, name: String, sender: ChannelSender) {
        self.channels.insert(name, sender);
    }

    pub(crate) fn get(&self, name: &str) -> Option<Handler> {
        self.handlers.get(name).cloned()
    }

    /// What can be carried out.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.handlers.keys().map(String::as_str)
    }

    pub(crate) fn channel(&self, name: &str) -> Option<ChannelSender> {
        self.channels.get(name).cloned()
    }
}
