//! The contract's types with their fields readable, and the trait that a plugin implements.

use crate::{Actor, ChannelFailure, Fields, Message, Receipt, RecordRef, Refusal, Text};

/// A plugin. Implement what its `plugin.toml` declares; the rest answers by itself.
pub trait Plugin {
    /// Checks a record before it is saved, and answers all its fields, changed or not.
    ///
    /// It may be called more than once for one save, so nothing can be sent from here.
    ///
    /// # Errors
    /// What is wrong with the record; at least one refusal.
    fn before_save(actor: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let _ = actor;
        Ok(save.after)
    }

    /// Carries out a service task.
    ///
    /// # Errors
    /// See [`ServiceFailure`].
    fn run_service(actor: Actor, job: Job) -> Result<Answer, ServiceFailure> {
        let _ = actor;
        Err(ServiceFailure::permanent(format!(
            "the handler {} is declared but not there",
            job.handler
        )))
    }

    /// Hands a message to the world outside.
    ///
    /// # Errors
    /// See [`ChannelFailure`]. Say `Retry` only when the message surely was not taken.
    fn send_message(message: Message) -> Result<Receipt, ChannelFailure> {
        let channel = message.channel;
        Err(ChannelFailure::Refused(Text {
            zh: format!("插件声明了通道 {channel}，但没有实现它。"),
            en: format!("The plugin declares the channel {channel} but does not have it."),
        }))
    }
}

/// A record on its way to the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Save {
    /// Such as `quotes.quote`.
    pub entity: String,
    /// What is stored now; `None` when the record is new.
    pub before: Option<StoredRecord>,
    /// All fields as they would be stored.
    pub after: Fields,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// Its id.
    pub id: u64,
    /// Counts its saves from 1.
    pub version: u64,
    /// Its fields.
    pub fields: Fields,
}

/// A service task to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The handler's name in `plugin.toml`.
    pub handler: String,
    /// The same in every attempt of the same job.
    pub key: String,
    /// Its inputs.
    pub inputs: Fields,
}

/// What a service task brings back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Become variables of the process, as the model maps them.
    pub variables: Fields,
    /// Saved after the call, with the caller's rights.
    pub changes: Vec<RecordChange>,
}

/// Fields of one record to be set; the others stay.
#[derive(Debug, Clone)]
pub struct RecordChange {
    /// Which record.
    pub record: RecordRef,
    /// The fields to set.
    pub set: Fields,
}

/// How a service task failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceFailure {
    /// Something that an error event in the model can catch.
    Error {
        /// Its code.
        code: String,
        /// What happened.
        message: String,
    },
    /// A technical failure.
    Failed {
        /// What happened, for the person who repairs it.
        message: String,
        /// Whether trying again can help.
        retry: bool,
    },
}

impl ServiceFailure {
    /// An error that the model may catch.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Error {
            code: code.into(),
            message: message.into(),
        }
    }

    /// A technical failure that trying again does not mend.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            retry: false,
        }
    }

    /// A technical failure that may be over later.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            retry: true,
        }
    }
}

impl Text {
    /// A sentence from its two languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

impl Refusal {
    /// A refusal from its code and its sentence in both languages.
    pub fn new(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: Text::new(zh, en),
            field: None,
        }
    }

    /// The same refusal, pointing at a field; a path such as `lines.2.quantity`, counted from 0.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
