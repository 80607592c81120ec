//! Reading and writing the rows of plugins.

use kapok_protocol::{JobId, Timestamp};

use crate::{
    Key, Prefix, Queries, TableError, Transaction, read,
    rows::{PluginRow, PluginSchedule, PluginWork},
};

impl Queries<'_> {
    /// The plugins that are known here.
    pub fn plugins(&self) -> Result<Vec<PluginRow>, TableError> {
        read::rows(self.0, &Key::new(Prefix::Plugin), None, usize::MAX)
    }

    /// One of them.
    pub fn plugin(&self, id: &str) -> Result<Option<PluginRow>, TableError> {
        read::row(self.0, &id.to_owned())
    }

    /// A call of a plugin that is still to be made.
    pub fn plugin_work(&self, id: JobId) -> Result<Option<PluginWork>, TableError> {
        read::row(self.0, &id)
    }

    /// Calls that are due, in the order of their moments.
    pub fn due_plugin_work(&self, now: Timestamp, limit: usize) -> Result<Vec<PluginWork>, TableError> {
        let page = self.follow(&Key::new(Prefix::PluginWorkByMoment), None, limit, JobId::new)?;
        let is_due = |work: &PluginWork| work.next.is_some_and(|next| next <= now);
        Ok(page.items.into_iter().filter(is_due).collect())
    }

    /// Calls that are still to be made, those that wait for a person too, the first asked for first.
    pub fn all_plugin_work(&self, limit: usize) -> Result<Vec<PluginWork>, TableError> {
        read::rows(self.0, &Key::new(Prefix::PluginWork), None, limit)
    }

    /// When a plugin does next what is scheduled.
    pub fn plugin_schedule(&self, plugin: &str, name: &str) -> Result<Option<PluginSchedule>, TableError> {
        read::row(self.0, &(plugin.to_owned(), name.to_owned()))
    }
}

impl Transaction<'_> {
    /// Writes what is known of a plugin.
    pub fn put_plugin(&mut self, row: &PluginRow) -> Result<(), TableError> {
        self.put(row)
    }

    /// Forgets a plugin.
    pub fn delete_plugin(&mut self, id: &str) -> Result<(), TableError> {
        self.delete::<PluginRow>(&id.to_owned())
    }

    /// Writes a call that is to be made.
    pub fn put_plugin_work(&mut self, row: &PluginWork) -> Result<(), TableError> {
        self.put(row)
    }

    /// Takes a call away that was made, or is not to be made any more.
    pub fn delete_plugin_work(&mut self, id: JobId) -> Result<(), TableError> {
        self.delete::<PluginWork>(&id)
    }

    /// Writes when a plugin does next what is scheduled.
    pub fn put_plugin_schedule(&mut self, row: &PluginSchedule) -> Result<(), TableError> {
        self.put(row)
    }
}
