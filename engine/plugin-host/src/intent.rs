//! What a plugin wants done. It is collected while the plugin runs, and carried out by whoever called it, with the rights
//! of the caller: all of it in one commit, or nothing.

use std::collections::BTreeMap;

use kapok_protocol::{Decision, Entity, PersonId, RecordRef, TaskId, Text, Value};

/// One thing that a plugin wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Make a record.
    Create {
        /// Its entity.
        entity: Entity,
        /// What stands for its id in the fields of what comes after it.
        stands_for: String,
        /// Its fields.
        fields: BTreeMap<String, Value>,
    },
    /// Set fields of a record.
    Update {
        /// Which record.
        record: RecordRef,
        /// The fields to set; the others stay.
        set: BTreeMap<String, Value>,
        /// Who is to be responsible for it, if that is to change: nobody when that is `None`.
        owner: Option<Option<PersonId>>,
    },
    /// Put a record into the trash.
    Delete(RecordRef),
    /// Start a case.
    Start {
        /// The key of its process.
        process: String,
        /// The record it is about.
        record: Option<RecordRef>,
        /// Its first variables.
        variables: BTreeMap<String, Value>,
    },
    /// Hand a message to a case.
    Message {
        /// Its name.
        name: String,
        /// Which of several cases is meant.
        key: Option<String>,
        /// What it brings.
        variables: BTreeMap<String, Value>,
    },
    /// Tell a signal.
    Signal {
        /// Its name.
        name: String,
        /// What it brings.
        variables: BTreeMap<String, Value>,
    },
    /// Finish a to-do.
    Complete {
        /// Which one.
        task: TaskId,
        /// How it is decided.
        decision: Option<Decision>,
        /// What is said about it.
        comment: Option<String>,
        /// New values of variables.
        variables: BTreeMap<String, Value>,
    },
    /// Page a person.
    Page {
        /// Whom.
        to: PersonId,
        /// Whether it pops up.
        urgent: bool,
        /// What it says.
        text: Text,
    },
    /// Send an e-mail.
    Mail {
        /// To whom.
        to: PersonId,
        /// Its subject.
        subject: String,
        /// Its text.
        body: String,
    },
    /// Send an SMS.
    Sms {
        /// To whom.
        to: PersonId,
        /// The gateway's template, by our name for it.
        template: String,
        /// The template's variables.
        variables: BTreeMap<String, String>,
        /// The whole text.
        text: String,
    },
}

/// What a plugin answered, and what it wants done.
#[derive(Debug, Clone, PartialEq)]
pub struct Done<T> {
    /// The answer.
    pub answer: T,
    /// In this order.
    pub intents: Vec<Intent>,
}
