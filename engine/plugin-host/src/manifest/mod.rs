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
//! http = true                         # send requests to the addresses the administrator allows
//! messages = ["page", "mail"]         # tell people: page, notice, mail, sms
//!
//! [capabilities.records]              # with the rights of whoever calls the plugin
//! "quotes.quote" = ["read", "update"] # read, create, update, delete, transfer
//! "customers.customer" = { actions = ["read"], fields = ["name", "level"] }
//!
//! [capabilities.processes]
//! start = ["quote-approval"]          # processes by key; "*" stands for all
//! messages = ["payment"]              # messages and signals by name
//! signals = ["price-list"]
//! tasks = true                        # see and finish the caller's to-dos
//!
//! [hooks]
//! before_save = ["quotes.quote"]      # entities whose records it checks before they are saved
//! after_save = ["quotes.quote"]       # entities whose saves it reacts to
//! migrate = true                      # it puts its data in order after an upgrade
//!
//! [actions."quotes.copy"]             # what people can do with a record, in its menu
//! entity = "quotes.quote"
//! label = { zh = "复制", en = "Copy" }
//! when = { field = "status", op = "=", value = "approved" }   # of which records; all when absent
//! roles = ["sales"]                   # whom it is offered to; everybody who sees the record when absent
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
//! [assignee_rules."quotes.by-region"] # who gets a task; named by <kapok:plugin rule="…"/> among a task's assignees
//! label = { zh = "按地区", en = "By region" }
//! inputs.region = { label = { zh = "地区", en = "Region" }, type = "text" }     # as of handlers
//! records."quotes.region".read = ["name"]     # what it reads besides the process's own record and its inputs
//!
//! [reports."quotes.by-month"]         # tables that the plugin computes; inputs as of handlers
//! label = { zh = "按月", en = "By month" }
//! roles = ["sales-manager"]           # whom it is offered to; everybody when absent
//! columns.month = { pos = 1, label = { zh = "月份", en = "Month" }, type = "text" }
//! columns.total = { pos = 2, label = { zh = "合计", en = "Total" }, type = "number" }
//!
//! [schedules.nightly]                 # what it does by itself, in company time
//! label = { zh = "每晚", en = "Every night" }
//! cron = "0 2 * * *"
//!
//! [channels.sms]                      # ways to reach people
//! label = { zh = "短信", en = "SMS" }
//!
//! [identity_sources.wecom]            # says who somebody is, and who works here; at least one of the two
//! label = { zh = "企业微信", en = "WeCom" }
//! sign_in = true                      # people sign in there
//! organisation = true                 # it has the departments and the people
//!
//! [settings.secret]                   # what the administrator sets
//! label = { zh = "密钥", en = "Secret" }
//! type = "secret"                     # text, number (with min and max), secret or map
//! required = true
//! ```
//!
//! Actions take inputs like handlers. The same file declares entities, dictionaries, roles, permissions and pages; the record layer
//! reads those. Any other key is an error.

mod capabilities;
mod parse;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use kapok_protocol::{Entity, Filter, Text};
use serde::Deserialize;

pub(crate) use capabilities::names;
pub use capabilities::{Capabilities, MessageWay, ProcessCapabilities, RecordAction, RecordCapability};

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq)]
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
    /// The entities whose saves it reacts to.
    pub after_save: Vec<Entity>,
    /// Whether it puts its data in order after an upgrade.
    pub migrates: bool,
    /// What people can do with records, by name.
    pub actions: BTreeMap<String, Action>,
    /// The service tasks it carries out, by name.
    pub handlers: BTreeMap<String, Handler>,
    /// The rules by which it says who gets a task, by name.
    pub assignee_rules: BTreeMap<String, AssigneeRule>,
    /// The tables it computes, by name.
    pub reports: BTreeMap<String, Report>,
    /// What it does by itself, by name.
    pub schedules: BTreeMap<String, Schedule>,
    /// The channels it offers, by name.
    pub channels: BTreeMap<String, Channel>,
    /// Where it knows who somebody is, by name.
    pub identity_sources: BTreeMap<String, IdentitySource>,
    /// What the administrator can set, by name.
    pub settings: BTreeMap<String, Setting>,
}

/// Something that people can do with a record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// With records of this entity.
    pub entity: Entity,
    /// Its name for people.
    pub label: Text,
    /// With which of them; with all when `None`.
    #[serde(default)]
    pub when: Option<Filter>,
    /// To people with one of these roles; to everybody who sees the record when there is none.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// What the person fills in, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
}

/// A rule that says who gets a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssigneeRule {
    /// Its name for people.
    pub label: Text,
    /// What it is given besides the record and who started the case, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What it reads of records, by entity, besides the process's own and those that are among its inputs: what an
    /// administrator is asked to confirm for a process that asks it.
    #[serde(default)]
    pub records: BTreeMap<Entity, RuleNeeds>,
}

/// What a rule reads of the records of an entity. `*` stands for all fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleNeeds {
    /// The fields it reads.
    pub read: Vec<String>,
}

/// A table that the plugin computes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Its name for people.
    pub label: Text,
    /// For people with one of these roles; for everybody when there is none.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// What is asked for, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// Its columns, by name.
    pub columns: BTreeMap<String, Column>,
}

/// A column of a report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Columns stand in the order of this number.
    pub pos: i64,
    /// Its name for people.
    pub label: Text,
    /// What kind of value it has.
    #[serde(rename = "type")]
    pub kind: InputType,
}

/// Something that the plugin does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name for people.
    pub label: Text,
    /// When, in company time: minute, hour, day of the month, month, day of the week.
    pub cron: String,
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

/// A place that knows who somebody is, or who works here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySource {
    /// Its name for people.
    pub label: Text,
    /// Whether people sign in there.
    #[serde(default)]
    pub sign_in: bool,
    /// Whether it has the departments and the people.
    #[serde(default)]
    pub organisation: bool,
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
    /// The least number that can be set, of one that is a number.
    #[serde(default)]
    pub min: Option<i64>,
    /// The greatest.
    #[serde(default)]
    pub max: Option<i64>,
}

/// The kinds of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingType {
    /// Text that anybody who configures may read.
    Text,
    /// A whole number, which the plugin reads as text.
    Number,
    /// Text that is never shown again.
    Secret,
    /// Names with texts; the plugin reads `setting.name`.
    Map,
}

/// Something wrong in a `plugin.toml`.
#[derive(Debug, Clone, PartialEq)]
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
        self.migrates
            || !(self.before_save.is_empty()
                && self.after_save.is_empty()
                && self.actions.is_empty()
                && self.handlers.is_empty()
                && self.assignee_rules.is_empty()
                && self.reports.is_empty()
                && self.schedules.is_empty()
                && self.channels.is_empty()
                && self.identity_sources.is_empty())
    }

    /// Whether the administrator sets something secret for it.
    pub fn has_secrets(&self) -> bool {
        self.settings
            .values()
            .any(|setting| setting.kind == SettingType::Secret)
    }
}
