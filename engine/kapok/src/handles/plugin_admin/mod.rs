//! Installing plugins, upgrading them, switching them off and removing them, while the engine runs.

mod installer;
mod names;
mod pages;

use std::collections::BTreeMap;

use kapok_plugin_host::Capabilities;
use kapok_protocol::{JobId, Principal, Text, Timestamp};
use kapok_records::{Change, DefinitionError};
use kapok_tables::Queries;

use super::Administrator;
use crate::{Error, Kapok, PluginPackage, PluginState, react::called, writer::Step};
use installer::Installer;

/// Calls that are shown.
const SHOWN: usize = 200;

/// What installing a plugin would do.
#[derive(Debug, Clone)]
pub struct PluginPlan {
    /// The plugin as it would be.
    pub plugin: PluginState,
    /// The version that is there now.
    pub from: Option<String>,
    /// What it asks for.
    pub capabilities: Capabilities,
    /// What people call what it asks for: entities, and fields as `entity.field`.
    pub names: BTreeMap<String, Text>,
    /// What changes for records.
    pub changes: Vec<Change>,
    /// Why the definitions do not fit together.
    pub errors: Vec<DefinitionError>,
    /// Why it cannot be installed besides that.
    pub reasons: Vec<Text>,
    /// Whether its own code puts its data in order afterwards.
    pub migrates: bool,
    /// The processes and decisions that come with it.
    pub workflows: Vec<String>,
}

/// A call of a plugin that is still to be made.
#[derive(Debug, Clone)]
pub struct PluginWorkView {
    /// Its id.
    pub id: JobId,
    /// The plugin.
    pub plugin: String,
    /// What it is called for.
    pub call: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is made next; `None` when it waits for a person.
    pub next: Option<Timestamp>,
    /// What went wrong the last time.
    pub problem: Option<Text>,
}

impl Administrator {
    fn installer(&self) -> Installer<'_> {
        Installer {
            kapok: &self.kapok,
            actor: self.principal(),
        }
    }

    /// What installing a package would do.
    pub fn plan_plugin(&self, package: &PluginPackage) -> Result<PluginPlan, Error> {
        self.installer().plan(package)
    }

    /// Installs a package, or upgrades what is there, in one commit. The plugin may do what its manifest asks for and
    /// `granted` says; `None` grants all of it. What loses data, or takes it from sight, is only done when it is confirmed.
    pub fn install_plugin(
        &self,
        package: &PluginPackage,
        granted: Option<&Capabilities>,
        confirm: bool,
    ) -> Result<PluginState, Error> {
        self.installer().install(package, granted, confirm)
    }

    /// What people call the entities that capabilities name, and their fields as `entity.field`.
    pub fn names_in(&self, capabilities: &Capabilities) -> BTreeMap<String, Text> {
        names::named(capabilities, &self.kapok.shared.catalogue())
    }

    /// Switches a plugin off, or on again. While it is off its records can be read but not saved.
    pub fn enable_plugin(&self, id: &str, enabled: bool) -> Result<PluginState, Error> {
        self.installer().enable(id, enabled)
    }

    /// Sets what a plugin lets the administrator set on a page, by name; an empty text takes the value away. What is not
    /// named stays.
    pub fn set_plugin(&self, id: &str, settings: &BTreeMap<String, String>) -> Result<PluginState, Error> {
        self.installer().set(id, settings)
    }

    /// Removes an installed plugin. Its records stay in the data, and are there again when it is installed again; until then
    /// nobody sees them. One that comes with the program can only be switched off.
    pub fn remove_plugin(&self, id: &str, confirm: bool) -> Result<(), Error> {
        self.installer().remove(id, confirm)
    }

    /// Calls of plugins that are still to be made, those that wait for a person too.
    pub fn plugin_work(&self) -> Result<Vec<PluginWorkView>, Error> {
        let rows = Queries(&self.view()).all_plugin_work(SHOWN)?.into_iter();
        let view = rows.map(|row| PluginWorkView {
            id: row.id,
            call: called(&row.call),
            plugin: row.plugin,
            attempts: row.attempts,
            next: row.next,
            problem: row.problem,
        });
        Ok(view.collect())
    }

    /// Has a call of a plugin made again now.
    pub fn retry_plugin_work(&self, id: JobId) -> Result<(), Error> {
        self.submit(move |step| {
            known_work(step, id)?;
            let now = step.now;
            step.change_work(id, |work| {
                work.next = Some(now);
                work.attempts = 0;
            })
        })
    }

    /// Gives a call of a plugin up.
    pub fn discard_plugin_work(&self, id: JobId) -> Result<(), Error> {
        self.submit(move |step| {
            known_work(step, id)?;
            Ok(step.tx.delete_plugin_work(id)?)
        })
    }
}

impl Kapok {
    fn installer(&self) -> Installer<'_> {
        Installer {
            kapok: self,
            actor: Principal::System,
        }
    }

    /// The plugins, running or not.
    pub fn plugins(&self) -> Vec<PluginState> {
        self.shared.plugins.states()
    }

    /// What installing a package would do.
    pub fn plan_plugin(&self, package: &PluginPackage) -> Result<PluginPlan, Error> {
        self.installer().plan(package)
    }

    /// As [`Administrator::install_plugin`], in the name of the system.
    pub fn install_plugin(
        &self,
        package: &PluginPackage,
        granted: Option<&Capabilities>,
        confirm: bool,
    ) -> Result<PluginState, Error> {
        self.installer().install(package, granted, confirm)
    }

    /// As [`Administrator::enable_plugin`], in the name of the system.
    pub fn enable_plugin(&self, id: &str, enabled: bool) -> Result<PluginState, Error> {
        self.installer().enable(id, enabled)
    }

    /// As [`Administrator::remove_plugin`], in the name of the system.
    pub fn remove_plugin(&self, id: &str, confirm: bool) -> Result<(), Error> {
        self.installer().remove(id, confirm)
    }
}

fn known_work(step: &Step<'_>, id: JobId) -> Result<(), Error> {
    match step.queries().plugin_work(id)? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("插件任务", "call of a plugin")),
    }
}
