//! What a plugin is called with.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::{Entity, PersonId, Principal, Record, RecordRef, Timestamp, Value};

use crate::HostServices;

/// On whose behalf, when, and with what a plugin is called.
#[derive(Clone)]
pub struct Call {
    /// Whose rights the call has.
    pub principal: Principal,
    /// The moment of the call; it stands still while the call lasts.
    pub now: Timestamp,
    /// The plugin's settings, secrets included. An entry of a map is named `setting.entry`.
    pub settings: Arc<BTreeMap<String, String>>,
    /// What the plugin can reach.
    pub services: Arc<dyn HostServices>,
}

/// A record on its way to the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Save {
    /// Its entity.
    pub entity: Entity,
    /// What is stored now; `None` when the record is new.
    pub before: Option<Record>,
    /// All its fields as they would be stored.
    pub after: BTreeMap<String, Value>,
}

/// A record that was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct AfterSave {
    /// Which.
    pub record: RecordRef,
    /// Whether it was new.
    pub is_created: bool,
    /// The fields that the save changed.
    pub changed: Vec<String>,
    /// The record as it is now.
    pub now: Option<Record>,
    /// The same in every attempt.
    pub key: String,
}

/// What a person asks for with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionCall {
    /// The action, such as `quotes.copy`.
    pub name: String,
    /// The record, as the person may see it.
    pub record: Record,
    /// What was filled in.
    pub inputs: BTreeMap<String, Value>,
    /// Never used for another one.
    pub key: String,
}

/// A service task for a plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceJob {
    /// The handler, such as `quotes.mark-approved`.
    pub handler: String,
    /// The same in every attempt of the job: its id.
    pub key: String,
    /// The inputs, as the model maps them.
    pub inputs: BTreeMap<String, Value>,
}

/// A plugin is asked who is to get a task.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCall {
    /// The rule, such as `quotes.by-region`.
    pub name: String,
    /// The record the case is about.
    pub record: Option<RecordRef>,
    /// Who started the case.
    pub initiator: Option<PersonId>,
    /// Variables of the case, as the model maps them.
    pub inputs: BTreeMap<String, Value>,
}

/// A plugin is asked for the rows of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportCall {
    /// The report, such as `quotes.by-month`.
    pub name: String,
    /// What is asked for.
    pub inputs: BTreeMap<String, Value>,
}

/// A message for a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelMessage {
    /// The channel, such as `sms`.
    pub channel: String,
    /// The same in every attempt of the message: the id of its outbox row.
    pub key: String,
    /// Notice or promotion.
    pub kind: MessageKind,
    /// The number or address.
    pub recipient: String,
    /// Who signs; `None` leaves it to the plugin's settings.
    pub signature: Option<String>,
    /// Kapok's name of the template.
    pub template: String,
    /// The template's variables.
    pub variables: BTreeMap<String, String>,
    /// The whole text.
    pub text: String,
}

/// What sort of message it is; gateways and the law treat them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Something the recipient has to know.
    Notice,
    /// Advertising.
    Promotion,
}
