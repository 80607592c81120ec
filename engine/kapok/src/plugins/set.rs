//! Which plugins there are at one moment, running or not.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use kapok_model::cron;
use kapok_plugin_host::{Capabilities, Manifest, Plugin, Setting, SettingType};
use kapok_protocol::Text;
use kapok_records::Definitions;
use kapok_tables::PluginRow;

use super::{PluginPackage, PluginSource, Plugins, lines};
use crate::Error;

/// The folder of installed plugins, within that of the data.
pub(crate) const FOLDER: &str = "plugins";

/// The plugins at one moment, in the order of loading.
#[derive(Default)]
pub(crate) struct Set {
    entries: Vec<Entry>,
}

/// One plugin.
pub(crate) struct Entry {
    pub(crate) id: String,
    /// What it says of itself; `None` when its file cannot be read.
    pub(crate) manifest: Option<Manifest>,
    pub(crate) definitions: Option<Definitions>,
    /// The files of its frames, by their place in the package.
    pub(crate) pages: Arc<BTreeMap<String, String>>,
    /// The plugin itself, while it runs.
    pub(crate) plugin: Option<Plugin>,
    /// Why it does not run.
    pub(crate) fault: Option<Text>,
    /// Whether an administrator switched it off.
    pub(crate) is_disabled: bool,
    /// Whether it was installed here, rather than coming with the program.
    pub(crate) is_installed: bool,
    /// What the administrator has set on a page, by name.
    pub(crate) settings: BTreeMap<String, String>,
}

/// A plugin as the administrator sees it.
#[derive(Debug, Clone)]
pub struct PluginState {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its name.
    pub label: Text,
    /// What it offers to processes.
    pub handlers: Vec<String>,
    /// The ways to reach people that it offers.
    pub channels: Vec<String>,
    /// Everything that it offers.
    pub offers: Vec<PluginOffer>,
    /// What it may do.
    pub granted: Capabilities,
    /// Whether an administrator switched it off.
    pub is_disabled: bool,
    /// Whether it was installed here, rather than coming with the program.
    pub is_installed: bool,
    /// Why it does not run, when it does not.
    pub fault: Option<Text>,
    /// What the administrator can set.
    pub settings: Vec<PluginSetting>,
}

/// Something that the administrator sets for a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginSetting {
    /// Its name.
    pub name: String,
    /// What people call it, its kind and its bounds.
    pub setting: Setting,
    /// Its value; that of a secret is never shown.
    pub value: Option<String>,
    /// Whether it has a value.
    pub is_set: bool,
}

impl PluginSetting {
    /// Whether it is set on a page; all others stand in the configuration file.
    pub fn is_changeable(&self) -> bool {
        matches!(self.setting.kind, SettingType::Text | SettingType::Number)
    }
}

/// Something that a plugin offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginOffer {
    /// What sort of thing: `before-save`, `after-save`, `action`, `handler`, `assignee-rule`, `report`, `schedule`,
    /// `channel`, `identity-source`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
}

impl Set {
    /// Loads all.
    pub(crate) fn load(plugins: &Plugins, rows: &[PluginRow], folder: Option<&Path>) -> Result<Self, Error> {
        let mut entries = Vec::new();
        for source in plugins.built_in() {
            let manifest = Manifest::parse(&source.origin, &source.manifest)
                .map_err(|errors| Error::Data(lines(errors.iter())))?;
            let definitions = Definitions::parse(&source.origin, &source.manifest)
                .map_err(|errors| Error::Data(lines(errors.iter())))?;
            let row = rows.iter().find(|row| row.id == manifest.id);
            if row.is_some_and(|row| row.file.is_some()) {
                continue;
            }
            entries.push(Entry::load(plugins, manifest, definitions, source, row)?);
        }
        for row in rows {
            if let (Some(file), Some(folder)) = (&row.file, folder) {
                let read = PluginPackage::read_file(&folder.join(FOLDER).join(file)).and_then(|package| {
                    let is_same = Some(package.hash()) == row.hash;
                    is_same.then_some(package).ok_or_else(|| changed(file))
                });
                entries.push(match read {
                    Ok(package) => Entry::installed(plugins, &package, row)?,
                    Err(error) => Entry::unreadable(row, &error),
                });
            }
        }
        let mut set = Self { entries };
        set.check_needs();
        Ok(set)
    }

    /// The same with a plugin in the place of what had its id.
    pub(crate) fn with(&self, entry: Entry) -> Self {
        let mut entries: Vec<Entry> = self.entries.iter().map(Entry::again).collect();
        match entries.iter_mut().find(|known| known.id == entry.id) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
        let mut set = Self { entries };
        set.check_needs();
        set
    }

    /// The same without a plugin.
    pub(crate) fn without(&self, id: &str) -> Self {
        let kept = self.entries.iter().filter(|entry| entry.id != id);
        let mut set = Self {
            entries: kept.map(Entry::again).collect(),
        };
        set.check_needs();
        set
    }

    /// Stops those whose needs are not there.
    fn check_needs(&mut self) {
        let there: Vec<String> = self.entries.iter().map(|entry| entry.id.clone()).collect();
        for entry in &mut self.entries {
            let needs = entry.manifest.iter().flat_map(|manifest| &manifest.needs);
            let missing: Vec<&str> = needs.filter(|need| !there.contains(need)).map(String::as_str).collect();
            if !missing.is_empty() {
                let missing = missing.join(", ");
                entry.plugin = None;
                entry.fault = Some(Text::new(
                    format!("缺少它需要的插件：{missing}。请先安装。"),
                    format!("It needs plugins that are not installed: {missing}. Install them first."),
                ));
            }
        }
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Plugin> {
        self.entries.iter().filter_map(|entry| entry.plugin.as_ref())
    }

    pub(crate) fn stopped(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.plugin.is_none())
    }

    pub(crate) fn declared(&self) -> impl Iterator<Item = &Definitions> {
        self.entries.iter().filter_map(|entry| entry.definitions.as_ref())
    }

    /// The plugins that need a plugin.
    pub(crate) fn needing(&self, id: &str) -> Vec<&Entry> {
        let needs = |entry: &&Entry| {
            let manifest = entry.manifest.as_ref();
            manifest.is_some_and(|manifest| manifest.needs.iter().any(|need| need == id))
        };
        self.entries.iter().filter(needs).collect()
    }
}

impl Entry {
    /// Makes a plugin of a package ready to be called.
    pub(crate) fn installed(plugins: &Plugins, package: &PluginPackage, row: &PluginRow) -> Result<Self, Error> {
        let manifest = package.manifest()?;
        let definitions = package.definitions()?;
        let entry = Self::load(plugins, manifest, definitions, package.source(), Some(row))?;
        Ok(Self {
            is_installed: true,
            ..entry
        })
    }

    /// One that comes with the program.
    pub(crate) fn built_in(plugins: &Plugins, source: &PluginSource, row: Option<&PluginRow>) -> Result<Self, Error> {
        let manifest =
            Manifest::parse(&source.origin, &source.manifest).map_err(|errors| Error::Data(lines(errors.iter())))?;
        let definitions =
            Definitions::parse(&source.origin, &source.manifest).map_err(|errors| Error::Data(lines(errors.iter())))?;
        Self::load(plugins, manifest, definitions, source, row)
    }

    fn load(
        plugins: &Plugins,
        manifest: Manifest,
        definitions: Definitions,
        source: &PluginSource,
        row: Option<&PluginRow>,
    ) -> Result<Self, Error> {
        let granted = match row.and_then(|row| row.granted.as_deref()) {
            Some(granted) => serde_json::from_str(granted)
                .map_err(|error| Error::Data(format!("what the plugin {} was granted: {error}", manifest.id)))?,
            None => manifest.capabilities.clone(),
        };
        let is_disabled = row.is_some_and(|row| row.disabled);
        let wrong_cron = manifest
            .schedules
            .iter()
            .find(|(_, schedule)| !cron::is_valid(&schedule.cron));
        let (plugin, fault) = if let Some((name, schedule)) = wrong_cron {
            let fault = Text::new(
                format!("[schedules.{name}] 的 cron 写法不对：{}", schedule.cron),
                format!("The cron of [schedules.{name}] means no moment: {}", schedule.cron),
            );
            (None, Some(fault))
        } else if is_disabled {
            let fault = Text::new(
                "管理员已停用。它的记录可以查看，但不能保存。",
                "An administrator switched it off. Its records can be read but not saved.",
            );
            (None, Some(fault))
        } else {
            match plugins
                .host()?
                .load(manifest.clone(), &granted, source.component.as_deref())
            {
                Ok(plugin) => (Some(plugin), None),
                Err(error) => {
                    tracing::error!(plugin = manifest.id, "{}", error.text);
                    (None, Some(error.text))
                }
            }
        };
        Ok(Self {
            id: manifest.id.clone(),
            manifest: Some(manifest),
            definitions: Some(definitions),
            pages: Arc::new(source.pages.clone()),
            plugin,
            fault,
            is_disabled,
            is_installed: false,
            settings: row.map(|row| row.settings.clone()).unwrap_or_default(),
        })
    }

    fn unreadable(row: &PluginRow, error: &Error) -> Self {
        tracing::error!(plugin = row.id, "{error}");
        Self {
            id: row.id.clone(),
            manifest: None,
            definitions: None,
            pages: Arc::default(),
            plugin: None,
            fault: Some(Text::new(
                format!("插件文件无法读取，请重新安装：{error}"),
                format!("The plugin's file cannot be read; install it again: {error}"),
            )),
            is_disabled: row.disabled,
            is_installed: true,
            settings: row.settings.clone(),
        }
    }

    fn again(&self) -> Self {
        Self {
            id: self.id.clone(),
            manifest: self.manifest.clone(),
            definitions: self.definitions.clone(),
            pages: self.pages.clone(),
            plugin: self.plugin.clone(),
            fault: self.fault.clone(),
            is_disabled: self.is_disabled,
            is_installed: self.is_installed,
            settings: self.settings.clone(),
        }
    }

    pub(crate) fn version(&self) -> &str {
        self.manifest.as_ref().map_or("", |manifest| &manifest.version)
    }

    /// The settings as they are: by the page, and otherwise by the configuration file.
    fn settings_of(&self, manifest: &Manifest, configured: &BTreeMap<String, String>) -> Vec<PluginSetting> {
        let settings = manifest.settings.iter().map(|(name, setting)| {
            let value = self.settings.get(name).or_else(|| configured.get(name));
            let entries = format!("{name}.");
            let has_entries = || configured.keys().any(|key| key.starts_with(&entries));
            PluginSetting {
                name: name.clone(),
                setting: setting.clone(),
                is_set: value.is_some() || (setting.kind == SettingType::Map && has_entries()),
                value: value.filter(|_| setting.kind != SettingType::Secret).cloned(),
            }
        });
        settings.collect()
    }

    /// The plugin as the administrator sees it; `configured` are its settings in the configuration file.
    pub(crate) fn state(&self, configured: &BTreeMap<String, String>) -> PluginState {
        let manifest = self.manifest.as_ref();
        let granted = match (&self.plugin, manifest) {
            (Some(plugin), _) => plugin.granted().clone(),
            (None, Some(manifest)) => manifest.capabilities.clone(),
            (None, None) => Capabilities::default(),
        };
        PluginState {
            id: self.id.clone(),
            version: self.version().to_owned(),
            label: manifest.map_or_else(|| Text::new(&self.id, &self.id), |manifest| manifest.label.clone()),
            handlers: manifest
                .map(|manifest| manifest.handlers.keys().cloned().collect())
                .unwrap_or_default(),
            channels: manifest
                .map(|manifest| manifest.channels.keys().cloned().collect())
                .unwrap_or_default(),
            offers: manifest.map(offers).unwrap_or_default(),
            granted,
            is_disabled: self.is_disabled,
            is_installed: self.is_installed,
            fault: self.fault.clone(),
            settings: manifest
                .map(|manifest| self.settings_of(manifest, configured))
                .unwrap_or_default(),
        }
    }
}

/// Everything that a plugin offers besides what it declares of records.
pub(crate) fn offers(manifest: &Manifest) -> Vec<PluginOffer> {
    let offer = |kind, name: &str, label: Text| PluginOffer {
        kind,
        name: name.to_owned(),
        label,
    };
    let entity = |kind| {
        move |entity: &kapok_protocol::Entity| PluginOffer {
            kind,
            name: entity.to_string(),
            label: Text::new(entity.as_str(), entity.as_str()),
        }
    };
    let mut offers: Vec<PluginOffer> = manifest.before_save.iter().map(entity("before-save")).collect();
    offers.extend(manifest.after_save.iter().map(entity("after-save")));
    offers.extend(
        manifest
            .actions
            .iter()
            .map(|(name, action)| offer("action", name, action.label.clone())),
    );
    offers.extend(
        manifest
            .handlers
            .iter()
            .map(|(name, handler)| offer("handler", name, handler.label.clone())),
    );
    offers.extend(
        manifest
            .assignee_rules
            .iter()
            .map(|(name, rule)| offer("assignee-rule", name, rule.label.clone())),
    );
    offers.extend(
        manifest
            .reports
            .iter()
            .map(|(name, report)| offer("report", name, report.label.clone())),
    );
    offers.extend(
        manifest
            .schedules
            .iter()
            .map(|(name, schedule)| offer("schedule", name, schedule.label.clone())),
    );
    offers.extend(
        manifest
            .channels
            .iter()
            .map(|(name, channel)| offer("channel", name, channel.label.clone())),
    );
    offers.extend(
        manifest
            .identity_sources
            .iter()
            .map(|(name, source)| offer("identity-source", name, source.label.clone())),
    );
    offers
}

fn changed(file: &str) -> Error {
    Error::Data(format!("{file} is not the file that was installed"))
}
