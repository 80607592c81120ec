//! Plugins that react to a saved record: each gets a row in the commit of the save, and is called after it.

use std::collections::BTreeMap;

use kapok_protocol::{JobId, Principal, Record, RecordRef, Text};
use kapok_records::Fields;
use kapok_tables::{PluginCall, PluginRow, PluginWork};

use super::difference;
use crate::{Error, writer::Step};

/// So many calls of plugins may cause one another.
const DEPTH: u32 = 16;

impl Step<'_> {
    /// Has the plugins called that react to a saved record.
    pub(super) fn tell_plugins(
        &mut self,
        actor: Principal,
        reference: &RecordRef,
        before: Option<&Record>,
        fields: &Fields,
        depth: u32,
    ) -> Result<(), Error> {
        let plugins = self.shared.plugins.after_save(&reference.entity);
        if plugins.is_empty() {
            return Ok(());
        }
        let nothing = Fields::new();
        let (changed, _) = difference(before.map_or(&nothing, |record| &record.fields), fields);
        for plugin in plugins {
            if depth >= DEPTH {
                let text = Text::new(
                    format!(
                        "插件 {plugin}（after-save {}）反复引起自己，已停止。请联系插件的作者。",
                        reference.entity
                    ),
                    format!(
                        "The plugin {plugin} (after-save {}) keeps causing itself and was stopped. Tell its author.",
                        reference.entity
                    ),
                );
                self.page_administrators(&text, None)?;
                continue;
            }
            let call = PluginCall::AfterSave {
                record: reference.clone(),
                created: before.is_none(),
                changed: changed.keys().cloned().collect(),
            };
            self.have_called(plugin, call, actor, depth + 1)?;
        }
        Ok(())
    }

    /// Notes the version of a plugin that comes with the program; one that follows another version puts its data in order.
    pub(crate) fn note_plugin(
        &mut self,
        actor: Principal,
        id: &str,
        version: &str,
        migrates: bool,
    ) -> Result<(), Error> {
        let known = self.queries().plugin(id)?;
        if let Some(known) = known.as_ref().filter(|known| migrates && known.version != version) {
            let call = PluginCall::Migrate {
                from: known.version.clone(),
                position: None,
            };
            self.have_called(id.to_owned(), call, Principal::System, 0)?;
        }
        let row = PluginRow {
            version: version.to_owned(),
            changed_at: self.now,
            changed_by: actor,
            ..known.unwrap_or_else(|| PluginRow {
                id: id.to_owned(),
                version: version.to_owned(),
                file: None,
                hash: None,
                granted: None,
                disabled: false,
                settings: BTreeMap::new(),
                changed_at: self.now,
                changed_by: actor,
            })
        };
        Ok(self.tx.put_plugin(&row)?)
    }

    /// Has a plugin called after the commit.
    pub(crate) fn have_called(
        &mut self,
        plugin: String,
        call: PluginCall,
        caller: Principal,
        depth: u32,
    ) -> Result<JobId, Error> {
        let id = JobId::from(self.next_id());
        self.tx.put_plugin_work(&PluginWork {
            id,
            plugin,
            call,
            caller,
            asked_at: self.now,
            depth,
            attempts: 0,
            next: Some(self.now),
            problem: None,
        })?;
        Ok(id)
    }
}
