//! What leaves the engine: pages to people inside, mail and SMS to the world outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{InstanceId, OutboxId, PageId, PersonId, TaskId, Text, Timestamp};

/// Something a decision wants told. A closed list: the shell knows how to do each, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A page to a person who is (or will be) signed in. It is a row, so it is there as soon as its cause is.
    Page {
        /// To whom.
        to: PersonId,
        /// Which sort.
        kind: PageKind,
        /// What it says.
        text: Text,
        /// The task to open from it.
        task: Option<TaskId>,
        /// The case it belongs to.
        instance: Option<InstanceId>,
    },
    /// A message to the world outside, through the outbox.
    Send(Message),
}

/// A message to the world outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Message {
    /// An e-mail, sent by SMTP.
    Mail(Mail),
    /// An SMS, sent through a channel plugin.
    Sms(Sms),
}

/// The sorts of things that reach a person (R127–R129).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// 寻呼: instant, pops up, stays unread until opened.
    Page,
    /// 提示: overdue, near the due time.
    Prompt,
    /// 通知: something to know, such as a copy (抄送).
    Notice,
}

/// An e-mail to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// To whom; the address is looked up when it is sent.
    pub to: PersonId,
    /// Its subject, one line.
    pub subject: String,
    /// Its text.
    pub body: String,
}

/// An SMS to one person. Gateways send approved templates only, so text and template both travel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    /// To whom; the number is looked up when it is sent.
    pub to: PersonId,
    /// The gateway's template, by our name for it; the channel's settings map it to the gateway's id.
    pub template: String,
    /// The template's variables.
    pub variables: BTreeMap<String, String>,
    /// The whole text, for gateways that take it and for people who look into the outbox.
    pub text: String,
}

/// A page as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// To whom.
    pub to: PersonId,
    /// Which sort.
    pub kind: PageKind,
    /// What it says.
    pub text: Text,
    /// When it came.
    pub at: Timestamp,
    /// When it was opened.
    pub read_at: Option<Timestamp>,
    /// The task to open from it.
    pub task: Option<TaskId>,
    /// The case it belongs to.
    pub instance: Option<InstanceId>,
}

/// A message on its way out. It is in the same batch as its cause, so it is never lost, and its `id` is the stable key
/// it is sent with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its id: the Message-ID of a mail, the key of an SMS.
    pub id: OutboxId,
    /// What is sent.
    pub message: Message,
    /// When it was put here.
    pub created_at: Timestamp,
    /// How often sending was begun.
    pub attempts: u32,
    /// Where it stands.
    pub delivery: Delivery,
    /// The case that sends it.
    pub instance: Option<InstanceId>,
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Delivery {
    /// It will be sent at (or soon after) this moment; the reason says why it was not yet.
    Waiting {
        /// Not before.
        next: Timestamp,
        /// Why it waits, when it had to.
        reason: Option<Text>,
    },
    /// A sender has it. A lease that outlives its sender means that nobody knows whether it was sent.
    Leased {
        /// When the lease ends.
        until: Timestamp,
    },
    /// The other side took it.
    Sent {
        /// When.
        at: Timestamp,
        /// What the other side calls it.
        receipt: String,
    },
    /// The other side refused it for good, or it was tried too often.
    Failed {
        /// Why.
        reason: Text,
    },
    /// Nobody knows whether it was sent. An SMS stays here until a person decides; it never repeats by itself.
    Unknown {
        /// Since when.
        since: Timestamp,
    },
}
