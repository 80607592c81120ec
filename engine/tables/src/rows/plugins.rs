//! Plugins: which are installed, and what they have still to do.

use std::collections::BTreeMap;

use kapok_protocol::{JobId, Principal, RecordRef, Text, Timestamp};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

/// A plugin that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginRow {
    /// Its id.
    pub id: String,
    /// The version that ran last.
    pub version: String,
    /// Its file among those of the data folder; `None` for one that comes with the program.
    pub file: Option<String>,
    /// The hash of that file.
    pub hash: Option<String>,
    /// What the administrator granted, as JSON; `None` grants what it asks for.
    pub granted: Option<String>,
    /// Whether it was switched off.
    pub disabled: bool,
    /// What the administrator has set for it, by name.
    pub settings: BTreeMap<String, String>,
    /// When it came, or was upgraded.
    pub changed_at: Timestamp,
    /// Through whom.
    pub changed_by: Principal,
}

/// A call of a plugin that is still to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginWork {
    /// Its id, which is the key of the call.
    pub id: JobId,
    /// The plugin.
    pub plugin: String,
    /// What it is called for.
    pub call: PluginCall,
    /// Whose rights it has.
    pub caller: Principal,
    /// Since when it waits.
    pub asked_at: Timestamp,
    /// How many calls of plugins caused one another before it.
    pub depth: u32,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before; `None` when it waits for a person.
    pub next: Option<Timestamp>,
    /// What went wrong the last time.
    pub problem: Option<Text>,
}

/// What a plugin is called for after a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginCall {
    /// A record was saved.
    AfterSave {
        /// Which.
        record: RecordRef,
        /// Whether it was new.
        created: bool,
        /// The fields that changed.
        changed: Vec<String>,
    },
    /// Something is scheduled.
    Schedule {
        /// Its name in the manifest.
        name: String,
    },
    /// It was upgraded.
    Migrate {
        /// From this version.
        from: String,
        /// Where it goes on, as the plugin said.
        position: Option<String>,
    },
}

/// When a plugin does next what is scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginSchedule {
    /// The plugin.
    pub plugin: String,
    /// The name of the schedule in its manifest.
    pub name: String,
    /// What its manifest said when the moment was worked out.
    pub cron: String,
    /// The moment.
    pub next: Timestamp,
}

fields!(PluginRow {
    0 => id, 1 => version, 2 => file, 3 => hash, 4 => granted, 5 => disabled, 6 => changed_at, 7 => changed_by,
    8 => settings,
});
fields!(PluginWork {
    0 => id, 1 => plugin, 2 => call, 3 => caller, 4 => asked_at, 5 => depth, 6 => attempts, 7 => next, 8 => problem,
});
variants!(PluginCall {
    0 => AfterSave { record, created, changed },
    1 => Schedule { name },
    2 => Migrate { from, position },
});
fields!(PluginSchedule { 0 => plugin, 1 => name, 2 => cron, 3 => next });

impl Row for PluginRow {
    type Id = String;
    fn key(id: &String) -> Key {
        Key::new(Prefix::Plugin).text(id)
    }
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Row for PluginWork {
    type Id = JobId;
    fn key(id: &JobId) -> Key {
        Key::new(Prefix::PluginWork).number(id.get())
    }
    fn id(&self) -> JobId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let due = self
            .next
            .map(|next| Key::new(Prefix::PluginWorkByMoment).moment(next).number(self.id.get()));
        due.into_iter().collect()
    }
}

impl Row for PluginSchedule {
    type Id = (String, String);
    fn key((plugin, name): &Self::Id) -> Key {
        Key::new(Prefix::PluginSchedule).text(plugin).text(name)
    }
    fn id(&self) -> Self::Id {
        (self.plugin.clone(), self.name.clone())
    }
}
