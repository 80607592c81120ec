//! What a plugin may do: as its manifest asks for it, and as the administrator grants it. Both are the same form, and what
//! holds is what both say.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Entity;
use serde::{Deserialize, Serialize};

/// What a plugin may do at most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// What it does with records, by entity, with the rights of its caller.
    pub records: BTreeMap<Entity, RecordCapability>,
    /// What it does with cases and to-dos.
    pub processes: ProcessCapabilities,
    /// The ways in which it tells people something.
    pub messages: BTreeSet<MessageWay>,
    /// Whether it sends HTTP requests to the addresses the administrator allows.
    pub http: bool,
}

/// What it does with the records of one entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct RecordCapability {
    /// What it does.
    pub actions: BTreeSet<RecordAction>,
    /// With which fields; all of them when `None`.
    pub fields: Option<BTreeSet<String>>,
}

/// A list of actions, or a table with actions and fields.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a list of \"read\", \"create\", \"update\", \"delete\", \"transfer\", or { actions = […], fields = […] }"
)]
enum Written {
    Actions(BTreeSet<RecordAction>),
    Both(Both),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    actions: BTreeSet<RecordAction>,
    #[serde(default)]
    fields: Option<BTreeSet<String>>,
}

impl From<Written> for RecordCapability {
    fn from(written: Written) -> Self {
        match written {
            Written::Actions(actions) => Self { actions, fields: None },
            Written::Both(Both { actions, fields }) => Self { actions, fields },
        }
    }
}

/// Something a plugin does with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordAction {
    /// Gets it, finds it, counts it and adds it up.
    Read,
    /// Makes one.
    Create,
    /// Changes it.
    Update,
    /// Puts it into the trash.
    Delete,
    /// Makes somebody else responsible for it, or nobody.
    Transfer,
}

/// What a plugin does with cases and to-dos. A name `*` stands for all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProcessCapabilities {
    /// The keys of the processes it starts.
    pub start: BTreeSet<String>,
    /// The names of the messages it hands to cases.
    pub messages: BTreeSet<String>,
    /// The names of the signals it tells.
    pub signals: BTreeSet<String>,
    /// Whether it sees and finishes its caller's to-dos.
    pub tasks: bool,
}

/// A way in which people are told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageWay {
    /// A page that pops up.
    Page,
    /// A page that does not.
    Notice,
    /// E-mail.
    Mail,
    /// SMS.
    Sms,
}

impl RecordCapability {
    /// Whether a field may be read or written.
    pub fn has_field(&self, field: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(field))
    }

    fn within(&self, granted: &Self) -> Self {
        let fields = match (&self.fields, &granted.fields) {
            (Some(mine), Some(theirs)) => Some(mine & theirs),
            (Some(fields), None) | (None, Some(fields)) => Some(fields.clone()),
            (None, None) => None,
        };
        Self {
            actions: &self.actions & &granted.actions,
            fields,
        }
    }
}

impl ProcessCapabilities {
    /// Whether it does anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn within(&self, granted: &Self) -> Self {
        Self {
            start: names_within(&self.start, &granted.start),
            messages: names_within(&self.messages, &granted.messages),
            signals: names_within(&self.signals, &granted.signals),
            tasks: self.tasks && granted.tasks,
        }
    }
}

/// Whether a list of names holds a name.
pub(crate) fn names(list: &BTreeSet<String>, name: &str) -> bool {
    list.contains(name) || list.contains("*")
}

fn names_within(mine: &BTreeSet<String>, granted: &BTreeSet<String>) -> BTreeSet<String> {
    if granted.contains("*") {
        return mine.clone();
    }
    granted.iter().filter(|name| names(mine, name)).cloned().collect()
}

impl Capabilities {
    /// What both the manifest and the administrator say.
    #[must_use]
    pub fn within(&self, granted: &Self) -> Self {
        let records = self.records.iter().filter_map(|(entity, capability)| {
            let granted = granted.records.get(entity)?;
            Some((entity.clone(), capability.within(granted)))
        });
        Self {
            records: records.collect(),
            processes: self.processes.within(&granted.processes),
            messages: &self.messages & &granted.messages,
            http: self.http && granted.http,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Capabilities {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_holds_is_what_both_say() {
        let asked = read(
            "http = true\nmessages = ['mail', 'page']\nprocesses = { start = ['a', 'b'], messages = ['*'] }\n\
             records.'x.a' = ['read', 'update']\nrecords.'x.b' = { actions = ['read'], fields = ['name', 'level'] }",
        );
        let granted = read(
            "messages = ['mail', 'sms']\nprocesses = { start = ['*'], messages = ['m'], tasks = true }\n\
             records.'x.a' = { actions = ['read', 'delete'], fields = ['name'] }\nrecords.'x.b' = ['read']\nrecords.'x.c' = ['read']",
        );
        let expected = read(
            "messages = ['mail']\nprocesses = { start = ['a', 'b'], messages = ['m'] }\n\
             records.'x.a' = { actions = ['read'], fields = ['name'] }\n\
             records.'x.b' = { actions = ['read'], fields = ['level', 'name'] }",
        );
        assert_eq!(asked.within(&granted), expected);
        assert_eq!(asked.within(&asked), asked);
        assert_eq!(asked.within(&Capabilities::default()), Capabilities::default());
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let asked = read("records.'x.b' = { actions = ['read'], fields = ['name'] }\nmessages = ['sms']");
        let stored = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<Capabilities>(&stored).unwrap(), asked);
    }
}
