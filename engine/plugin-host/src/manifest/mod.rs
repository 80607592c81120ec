//! `plugin.toml`: what a plugin is, what it offers and what it asks for.
//!
//! ```toml
//! [plugin]
//! id = "quotes"                       # small letters, digits and hyphens; names of the plugin start with it
//! version = "0.1.0"
//! label = { zh = "报价", en = "Quotes" }
//! needs = ["customers"]               # plugins that must be there
//!
//! [capabilities]                      # the upper bound; the administrator may grant less
//! records = true                      # read records with the caller's rights
//! http = true                         # send requests to the addresses the administrator allows
//!
//! [hooks]
//! before_save = ["quotes.quote"]      # entities whose records it checks before they are saved
//!
//! [handlers."quotes.mark-approved"]   # service tasks, shown in the designer
//! label = { zh = "标记为已批准", en = "Mark as approved" }
//! [handlers."quotes.mark-approved".inputs.quote]
//! label = { zh = "报价单", en = "Quote" }
//! type = "record"                     # text, number, boolean, date or record
//! entity = "quotes.quote"             # of a record
//! required = true
//! [handlers."quotes.mark-approved".records."quotes.quote"]    # what it does with records besides reading its inputs
//! update = ["status"]                 # read, update: fields, or "*" for all; create, delete: true
//!
//! [channels.sms]                      # ways to reach people
//! label = { zh = "短信", en = "SMS" }
//!
//! [settings.secret]                   # what the administrator sets
//! label = { zh = "密钥", en = "Secret" }
//! type = "secret"                     # text, secret or map
//! required = true
//! ```
//!
//! The same file declares entities, dictionaries, roles and permissions; the record layer reads those. Any other key is an
//! error.

mod parse;

use std::{collections::BTreeMap, fmt};

use kapok_protocol::{Entity, Text};
use serde::Deserialize;

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its id; the names of its entities and handlers start with it.
    pub id: String,
    /// Its version, such as `0.1.0`.
    pub version: String,
    /// Its name for people.
    pub label: Text,
    /// The ids of the plugins it needs.
    pub needs: Vec<String>,
    /// What it may do at most.
    pub capabilities: Capabilities,
    /// The entities whose records it checks before they are saved.
    pub before_save: Vec<Entity>,
    /// The service tasks it carries out, by name.
    pub handlers: BTreeMap<String, Handler>,
    /// The channels it offers, by name.
    pub channels: BTreeMap<String, Channel>,
    /// What the administrator can set, by name.
    pub settings: BTreeMap<String, Setting>,
}

/// What a plugin may do at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Read records with the caller's rights.
    pub records: bool,
    /// Send HTTP requests to the addresses the administrator allows.
    pub http: bool,
}

/// A service task, as the designer shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// Its name for people.
    pub label: Text,
    /// What it is given, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What it does with records, by entity, besides reading those that are among its inputs: what an administrator is
    /// asked to confirm for a process that calls it.
    #[serde(default)]
    pub records: BTreeMap<Entity, RecordNeeds>,
}

/// What a handler does with the records of an entity. `*` stands for all fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordNeeds {
    /// The fields it reads.
    pub read: Vec<String>,
    /// Whether it makes new ones.
    pub create: bool,
    /// The fields it changes.
    pub update: Vec<String>,
    /// Whether it removes them.
    pub delete: bool,
}

/// One input of a handler.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name for people.
    pub label: Text,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: InputType,
    /// Of which entity, when it takes a record.
    pub entity: Option<Entity>,
    /// Whether the handler needs it.
    #[serde(default)]
    pub required: bool,
}

/// The kinds of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputType {
    /// Text.
    Text,
    /// A decimal number.
    Number,
    /// True or false.
    Boolean,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// The id of a record.
    Record,
}

/// A way to reach people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name for people.
    pub label: Text,
}

/// Something the administrator sets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its name for people.
    pub label: Text,
    /// What kind of value it has.
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// Whether the plugin cannot work without it.
    #[serde(default)]
    pub required: bool,
}

/// The kinds of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingType {
    /// Text that anybody who configures may read.
    Text,
    /// Text that is never shown again.
    Secret,
    /// Names with texts; the plugin reads `setting.name`.
    Map,
}

/// Something wrong in a `plugin.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key at fault, as it is written there.
    pub key: Option<String>,
    /// What is wrong and what to do.
    pub text: Text,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

impl std::error::Error for ManifestError {}

impl Manifest {
    /// Whether it offers something that only a component can do.
    pub fn needs_component(&self) -> bool {
        !(self.before_save.is_empty() && self.handlers.is_empty() && self.channels.is_empty())
    }
}
