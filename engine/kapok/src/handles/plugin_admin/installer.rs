//! Working out what a change of the plugins means, and carrying it out in one commit.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use kapok_plugin_host::{Capabilities, SettingType};
use kapok_protocol::{Principal, Refusal, RefusalKind, Text};
use kapok_records::{Catalogue, Change, DefinitionError, plan};
use kapok_tables::{PluginCall, PluginRow, Queries};

use super::{PluginPlan, names::named, pages};
use crate::{
    Error, Kapok, PluginPackage, PluginState,
    layers::{self, Items},
    plugins::{Entry, PluginSetting, Set, lines},
    shared::Shared,
    writer::Step,
};

/// The folder of installed plugins, within that of the data.
const FOLDER: &str = "plugins";
/// The longest text that is set, in characters.
const SETTING: usize = 1_000;

/// A change of the set of plugins, worked out and not yet done.
struct Prepared {
    set: Set,
    catalogue: Catalogue,
    seen: Items,
}

/// Whoever changes which plugins there are: an administrator, or the program that embeds the engine.
pub(super) struct Installer<'k> {
    pub(super) kapok: &'k Kapok,
    pub(super) actor: Principal,
}

impl Installer<'_> {
    pub(super) fn plan(&self, package: &PluginPackage) -> Result<PluginPlan, Error> {
        let manifest = package.manifest()?;
        let shared = &self.kapok.shared;
        let now = shared.plugins.now();
        let row = self.plugin_row(package, None)?;
        let entry = Entry::installed(&shared.plugins, package, &row)?;
        let from = now.find(&manifest.id).map(|known| known.version().to_owned());
        let mut reasons: Vec<Text> = Vec::new();
        if let Some(from) = from.as_deref().filter(|from| is_older(&manifest.version, from)) {
            reasons.push(Text::new(
                format!("已安装更新的版本 {from}。"),
                format!("A newer version, {from}, is installed."),
            ));
        }
        let set = now.with(entry);
        let entry = set.find(&manifest.id).ok_or(Error::Unknown)?;
        reasons.extend(entry.fault.clone());
        let plugin = shared.plugins.state_of(entry);
        let asked = &manifest.capabilities;
        let (changes, errors, names) = match self.catalogue_of(&set)? {
            (Ok(new), _) => {
                reasons.extend(pages::unfit(shared, &set, &new, package));
                (plan(&shared.catalogue(), &new), Vec::new(), named(asked, &new))
            }
            (Err(errors), _) => (Vec::new(), errors, named(asked, &shared.catalogue())),
        };
        Ok(PluginPlan {
            plugin,
            from,
            capabilities: manifest.capabilities,
            names,
            changes,
            errors,
            reasons,
            migrates: manifest.migrates,
            workflows: package.workflows().iter().map(|(name, _)| name.clone()).collect(),
        })
    }

    pub(super) fn install(
        &self,
        package: &PluginPackage,
        granted: Option<&Capabilities>,
        confirm: bool,
    ) -> Result<PluginState, Error> {
        let shared = &self.kapok.shared;
        let _one_at_a_time = shared.plugins.changing();
        let planned = self.plan(package)?;
        if let Some(reason) = planned.reasons.first() {
            return Err(cannot(&planned.plugin.id, reason));
        }
        if !planned.errors.is_empty() {
            let zh = lines(planned.errors.iter().map(|error| &error.text.zh));
            let en = lines(planned.errors.iter().map(|error| &error.text.en));
            return Err(cannot(&planned.plugin.id, &Text::new(zh, en)));
        }
        self.refuse_destructive(&planned.changes, confirm)?;
        let row = self.plugin_row(package, granted)?;
        let file = row.file.clone().unwrap_or_default();
        let before = Queries(&self.kapok.shared.store.view()).plugin(&row.id)?;
        self.keep_file(&file, package.bytes())?;
        let entry = Entry::installed(&shared.plugins, package, &row)?;
        let (id, from) = (row.id.clone(), planned.from.clone());
        let migrates = planned.migrates && from.as_deref().is_some_and(|from| from != row.version);
        self.change_plugins(shared.plugins.now().with(entry), move |step| {
            step.tx.put_plugin(&row)?;
            if let (true, Some(from)) = (migrates, from) {
                let call = PluginCall::Migrate { from, position: None };
                step.have_called(row.id.clone(), call, Principal::System, 0)?;
            }
            Ok(())
        })?;
        if let Some(old) = before.and_then(|row| row.file).filter(|old| *old != file) {
            self.drop_file(&old);
        }
        for (name, text) in package.workflows() {
            self.deploy_packaged(name, text)?;
        }
        self.plugin(&id)
    }

    pub(super) fn enable(&self, id: &str, enabled: bool) -> Result<PluginState, Error> {
        let shared = &self.kapok.shared;
        let _one_at_a_time = shared.plugins.changing();
        let row = Queries(&self.kapok.shared.store.view()).plugin(id)?;
        let mut row = row.ok_or_else(|| Error::not_found("插件", "plugin"))?;
        row.disabled = !enabled;
        row.changed_by = self.actor;
        row.changed_at = shared.clock.now();
        let entry = self.entry_of(&row)?;
        self.change_plugins(shared.plugins.now().with(entry), move |step| {
            Ok(step.tx.put_plugin(&row)?)
        })?;
        self.plugin(id)
    }

    pub(super) fn set(&self, id: &str, settings: &BTreeMap<String, String>) -> Result<PluginState, Error> {
        let shared = &self.kapok.shared;
        let _one_at_a_time = shared.plugins.changing();
        let known = self.plugin(id)?.settings;
        let mut refusals = Vec::new();
        for (name, value) in settings {
            let found = known.iter().find(|known| known.name == *name);
            refusals.extend(refused_setting(name, value.trim(), found));
        }
        if !refusals.is_empty() {
            return Err(refusals.into());
        }
        let row = Queries(&self.kapok.shared.store.view()).plugin(id)?;
        let mut row = row.ok_or_else(|| Error::not_found("插件", "plugin"))?;
        for (name, value) in settings {
            match value.trim() {
                "" => row.settings.remove(name),
                value => row.settings.insert(name.clone(), value.to_owned()),
            };
        }
        row.changed_by = self.actor;
        row.changed_at = shared.clock.now();
        let entry = self.entry_of(&row)?;
        self.change_plugins(shared.plugins.now().with(entry), move |step| {
            Ok(step.tx.put_plugin(&row)?)
        })?;
        self.plugin(id)
    }

    pub(super) fn remove(&self, id: &str, confirm: bool) -> Result<(), Error> {
        let shared = &self.kapok.shared;
        let _one_at_a_time = shared.plugins.changing();
        let row = Queries(&self.kapok.shared.store.view()).plugin(id)?;
        let row = row.ok_or_else(|| Error::not_found("插件", "plugin"))?;
        let now = shared.plugins.now();
        let Some(file) = row.file else {
            return Err(cannot(
                id,
                &Text::new(
                    "它随程序提供，不能删除，只能停用。",
                    "It comes with the program and cannot be removed, only switched off.",
                ),
            ));
        };
        // The one that comes with the program is there again.
        let built_in = shared.plugins.built_in_by_id(id);
        let set = match built_in {
            Some(source) => now.with(Entry::built_in(&shared.plugins, source, None)?),
            None => {
                let needing: Vec<&str> = now.needing(id).into_iter().map(|entry| entry.id.as_str()).collect();
                if !needing.is_empty() {
                    let needing = needing.join(", ");
                    return Err(cannot(
                        id,
                        &Text::new(
                            format!("还有插件需要它：{needing}。请先删除它们。"),
                            format!("Other plugins need it: {needing}. Remove them first."),
                        ),
                    ));
                }
                now.without(id)
            }
        };
        let (new, _) = self.catalogue_of(&set)?;
        if let Ok(new) = &new {
            self.refuse_destructive(&plan(&shared.catalogue(), new), confirm)?;
        }
        let id = id.to_owned();
        self.change_plugins(set, move |step| Ok(step.tx.delete_plugin(&id)?))?;
        self.drop_file(&file);
        Ok(())
    }

    /// One of the plugins.
    fn plugin(&self, id: &str) -> Result<PluginState, Error> {
        let plugins = &self.kapok.shared.plugins;
        let found = plugins.now().find(id).map(|entry| plugins.state_of(entry));
        found.ok_or_else(|| Error::not_found("插件", "plugin"))
    }

    /// The row of a package.
    fn plugin_row(&self, package: &PluginPackage, granted: Option<&Capabilities>) -> Result<PluginRow, Error> {
        let manifest = package.manifest()?;
        let granted = match granted {
            Some(granted) => manifest.capabilities.within(granted),
            None => manifest.capabilities.clone(),
        };
        let granted = serde_json::to_string(&granted).map_err(|error| Error::Data(error.to_string()))?;
        let hash = package.hash();
        let before = Queries(&self.kapok.shared.store.view()).plugin(&manifest.id)?;
        Ok(PluginRow {
            // A file is never written over: the one before may still be the one that counts after a crash.
            file: Some(format!(
                "{}-{}-{}.kapok",
                manifest.id,
                manifest.version,
                hash.get(..8).unwrap_or_default()
            )),
            hash: Some(hash),
            id: manifest.id,
            version: manifest.version,
            granted: Some(granted),
            disabled: false,
            settings: before.map(|row| row.settings).unwrap_or_default(),
            changed_at: self.kapok.shared.clock.now(),
            changed_by: self.actor,
        })
    }

    /// A plugin as its row says.
    fn entry_of(&self, row: &PluginRow) -> Result<Entry, Error> {
        let plugins = &self.kapok.shared.plugins;
        match &row.file {
            Some(file) => {
                let package = PluginPackage::read_file(&self.folder()?.join(file))?;
                Entry::installed(plugins, &package, row)
            }
            None => {
                let source = plugins.built_in_by_id(&row.id);
                let source = source.ok_or_else(|| Error::not_found("插件", "plugin"))?;
                Entry::built_in(plugins, source, Some(row))
            }
        }
    }

    /// The catalogue with other plugins, and the administrators' layer that is in it.
    #[allow(clippy::type_complexity, reason = "two things that belong together")]
    fn catalogue_of(&self, set: &Set) -> Result<(Result<Catalogue, Vec<DefinitionError>>, Items), Error> {
        let items = layers::items(&Queries(&self.kapok.shared.store.view()))?;
        Ok((layers::catalogue_with(set.declared().cloned(), &items), items))
    }

    /// Puts another set of plugins in the place of the present one, in one commit with the definitions.
    fn change_plugins(
        &self,
        set: Set,
        also: impl FnOnce(&mut Step<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let (catalogue, seen) = self.catalogue_of(&set)?;
        let catalogue = catalogue.map_err(|errors| {
            let zh = lines(errors.iter().map(|error| &error.text.zh));
            let en = lines(errors.iter().map(|error| &error.text.en));
            Error::from(Refusal::new(RefusalKind::Conflict, "plugin.definitions", zh, en))
        })?;
        let actor = self.actor;
        let prepared = Prepared { set, catalogue, seen };
        let done = self
            .kapok
            .writer
            .submit(move |step| {
                let done = step.change_set(actor, prepared)?;
                if done {
                    also(step)?;
                }
                Ok(done)
            })
            .wait()?;
        match done {
            true => Ok(()),
            false => Err(Refusal::new(
                RefusalKind::Conflict,
                "definition.busy",
                "其他管理员正在修改定义，请稍后再试。",
                "Another administrator is changing the definitions; try again in a moment.",
            )
            .into()),
        }
    }

    fn refuse_destructive(&self, changes: &[Change], confirm: bool) -> Result<(), Error> {
        let lost: Vec<_> = changes.iter().filter(|change| change.destructive).collect();
        if confirm || lost.is_empty() {
            return Ok(());
        }
        let zh: Vec<_> = lost.iter().map(|change| change.text.zh.as_str()).collect();
        let en: Vec<_> = lost.iter().map(|change| change.text.en.as_str()).collect();
        Err(Refusal::new(
            RefusalKind::Conflict,
            "definition.confirm",
            format!("这些修改会丢失数据或使数据不可见，请确认：{}", zh.join("")),
            format!("This loses data or takes it from sight; confirm it: {}", en.join(" ")),
        )
        .into())
    }

    fn deploy_packaged(&self, name: &str, text: &str) -> Result<(), Error> {
        let is_decision = Path::new(name).extension().is_some_and(|extension| extension == "dmn");
        match is_decision {
            true => self.kapok.deploy_decisions(text),
            false => self.kapok.deploy(text).map(drop),
        }
    }

    fn folder(&self) -> Result<std::path::PathBuf, Error> {
        let folder = self.kapok.shared.operating.folder.as_ref();
        folder.map(|folder| folder.join(FOLDER)).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Unavailable,
                "plugin.no-folder",
                "没有数据目录，不能安装插件。",
                "There is no data folder to install plugins in.",
            )
            .into()
        })
    }

    /// Writes a file whole, so that it is on the disk before a row can name it.
    fn keep_file(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let folder = self.folder()?;
        let path = folder.join(name);
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&folder)?;
            let partial = path.with_extension("partial");
            let mut file = fs::File::create(&partial)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&partial, &path)?;
            fs::File::open(&folder)?.sync_all()
        };
        write().map_err(|error| Error::Data(format!("{}: {error}", path.display())))
    }

    fn drop_file(&self, name: &str) {
        let removed = self.folder().map(|folder| fs::remove_file(folder.join(name)));
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, file = name, "the file of a plugin that is gone could not be removed");
        }
    }
}

impl Step<'_> {
    /// Changes which plugins there are, when the administrators' layer is still what it was seen to be.
    fn change_set(&mut self, actor: Principal, prepared: Prepared) -> Result<bool, Error> {
        let Prepared { set, catalogue, seen } = prepared;
        if layers::items(&self.queries())? != seen {
            return Ok(false);
        }
        self.add_roles(&catalogue)?;
        self.settle(actor, &catalogue)?;
        self.hint(crate::HintKind::Definition, 0, crate::Audience::Administrators);
        self.after_commit(move |shared: &Shared| {
            shared.plugins.replace(set);
            shared.replace_catalogue(catalogue);
        });
        Ok(true)
    }
}

/// Why something is not set to a value.
fn refused_setting(name: &str, value: &str, setting: Option<&PluginSetting>) -> Option<Refusal> {
    let refuse = |zh: String, en: String| {
        Some(Refusal::new(RefusalKind::Invalid, "plugin.setting", zh, en).at(format!("settings.{name}")))
    };
    let Some(known) = setting.filter(|setting| setting.is_changeable()) else {
        return refuse(
            format!("“{name}”不能在这里设置；密钥和对照表写在配置文件里。"),
            format!("“{name}” is not set here; secrets and maps stand in the configuration file."),
        );
    };
    let (label, kind) = (&known.setting.label, known.setting.kind);
    if value.chars().count() > SETTING {
        return refuse(
            format!("“{}”太长，最多 {SETTING} 个字符。", label.zh),
            format!("“{}” is too long: {SETTING} characters at most.", label.en),
        );
    }
    let (min, max) = (
        known.setting.min.unwrap_or(i64::MIN),
        known.setting.max.unwrap_or(i64::MAX),
    );
    let fits = value.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number));
    if kind == SettingType::Number && !value.is_empty() && !fits {
        return refuse(
            format!("“{}”应为 {min} 到 {max} 的整数。", label.zh),
            format!("“{}” must be a whole number from {min} to {max}.", label.en),
        );
    }
    None
}

/// Whether a version comes before another.
fn is_older(version: &str, than: &str) -> bool {
    let parts = |text: &str| -> Vec<u32> { text.split('.').map(|part| part.parse().unwrap_or(0)).collect() };
    parts(version) < parts(than)
}

fn cannot(id: &str, reason: &Text) -> Error {
    Refusal::new(
        RefusalKind::Conflict,
        "plugin.cannot",
        format!("插件 {id}：{}", reason.zh),
        format!("The plugin {id}: {}", reason.en),
    )
    .into()
}
