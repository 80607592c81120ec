//! The plugins of one engine: what they declare, and how they are called.

mod counting;
mod intents;
mod package;
mod reading;
mod rehearsal;
mod services;
mod set;
#[cfg(test)]
mod tests;
mod trying;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
};

use kapok_notify::{HttpClient, HttpLimits};
use kapok_plugin_host::{Call, Limits, Manifest, Plugin, PluginFault, PluginHost, Session};
use kapok_protocol::{Entity, InstanceId, PersonId, Principal, Refusal, RefusalKind, Text};
use kapok_records::Definitions;
use kapok_store::View;
use kapok_tables::{Notes, PluginRow};
use tokio::runtime::Runtime;

pub(crate) use intents::{Intended, carry_out, carry_out_new};
pub use package::PluginPackage;
pub(crate) use set::{Entry, Set};
pub use set::{PluginOffer, PluginSetting, PluginState};

use crate::{Error, Outgoing, shared::Shared};
use services::Services;

/// A plugin as it is installed: its manifest, and its component unless it only declares entities.
#[derive(Debug, Clone)]
pub struct PluginSource {
    /// Where it comes from, for messages.
    pub origin: String,
    /// The text of its `plugin.toml`.
    pub manifest: String,
    /// Its component.
    pub component: Option<Vec<u8>>,
    /// The files of its frames, by their place in the package, such as `pages/map.html`.
    pub pages: BTreeMap<String, String>,
}

impl PluginSource {
    /// Reads every plugin of a folder: one folder each, with `plugin.toml` and, when it has code, `plugin.wasm`.
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>, Error> {
        let failed = |path: &Path, error: std::io::Error| Error::Data(format!("{}: {error}", path.display()));
        let mut sources = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            let manifest = path.join("plugin.toml");
            if !manifest.is_file() {
                continue;
            }
            let component = path.join("plugin.wasm");
            let component = match component.is_file() {
                true => Some(fs::read(&component).map_err(|error| failed(&component, error))?),
                false => None,
            };
            let text = fs::read_to_string(&manifest).map_err(|error| failed(&manifest, error))?;
            sources.push(Self {
                origin: manifest.display().to_string(),
                manifest: text,
                component,
                pages: Self::read_pages(&path)?,
            });
        }
        sources.sort_by(|a, b| a.origin.cmp(&b.origin));
        Ok(sources)
    }

    /// Reads the files of frames in a plugin's folder: `pages/*.html`.
    pub fn read_pages(folder: &Path) -> Result<BTreeMap<String, String>, Error> {
        let folder = folder.join("pages");
        let failed = |path: &Path, error: std::io::Error| Error::Data(format!("{}: {error}", path.display()));
        let mut pages = BTreeMap::new();
        if !folder.is_dir() {
            return Ok(pages);
        }
        for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|extension| extension == "html") {
                let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                pages.insert(format!("pages/{name}"), text);
            }
        }
        Ok(pages)
    }
}

/// The plugins of one engine. Which they are changes while it runs; each change replaces the whole [`Set`].
pub(crate) struct Plugins {
    set: RwLock<Arc<Set>>,
    changing: Mutex<()>,
    /// Those that come with the program, to come back when an installed one of their name is removed.
    built_in: Vec<PluginSource>,
    /// The settings of the configuration file, by plugin.
    configured: BTreeMap<String, BTreeMap<String, String>>,
    host: OnceLock<PluginHost>,
    client: HttpClient,
    runtime: OnceLock<Runtime>,
}

/// What a process was not granted, noted while a plugin works for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Denials(Arc<Mutex<Vec<Refusal>>>);

impl Denials {
    fn note(&self, refusal: Refusal) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.contains(&refusal) {
            noted.push(refusal);
        }
    }

    /// What was noted, as one text.
    pub(crate) fn text(&self) -> Option<Text> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let zh: Vec<&str> = noted.iter().map(|refusal| refusal.text.zh.as_str()).collect();
        let en: Vec<&str> = noted.iter().map(|refusal| refusal.text.en.as_str()).collect();
        (!noted.is_empty()).then(|| Text::new(zh.join(""), en.join(" ")))
    }
}

/// On whose behalf a plugin is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Person(PersonId),
    Process(InstanceId),
    System,
}

impl Caller {
    pub(crate) fn principal(self) -> Principal {
        match self {
            Self::Person(person) => Principal::Person(person),
            Self::Process(instance) => Principal::Process(instance),
            Self::System => Principal::System,
        }
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::Person(person) => Self::Person(person),
            Principal::Process(instance) => Self::Process(instance),
            Principal::System => Self::System,
        }
    }
}

/// The instances of plugins that the calls of one command, or of one import, share. Of one principal only.
#[derive(Default)]
pub(crate) struct Sessions(BTreeMap<String, (Plugin, Session)>);

impl Sessions {
    /// The instance of a plugin; a fresh one when the plugin was replaced meanwhile.
    pub(crate) fn of(&mut self, plugin: &Plugin) -> &mut Session {
        let id = &plugin.manifest().id;
        if self.0.get(id).is_some_and(|(known, _)| !known.is_same(plugin)) {
            self.0.remove(id);
        }
        let fresh = || (plugin.clone(), plugin.session());
        &mut self.0.entry(id.clone()).or_insert_with(fresh).1
    }
}

impl Plugins {
    /// Loads plugins: those that come with the program, and those whose rows say that they were installed. One that cannot
    /// run is shown with its reason, and the others go on; a manifest of the program's own that cannot be read is an error,
    /// because records depend on what it declares.
    pub(crate) fn load(
        built_in: Vec<PluginSource>,
        rows: &[PluginRow],
        folder: Option<&Path>,
        outgoing: &Outgoing,
    ) -> Result<Self, Error> {
        let client = HttpClient::new(&outgoing.allowed, HttpLimits::default());
        let client = client.map_err(|error| Error::Data(error.0.to_string()))?;
        let plugins = Self {
            set: RwLock::default(),
            changing: Mutex::default(),
            built_in,
            configured: outgoing.plugins.clone(),
            host: OnceLock::new(),
            client,
            runtime: OnceLock::new(),
        };
        let set = Set::load(&plugins, rows, folder)?;
        plugins.replace(set);
        Ok(plugins)
    }

    /// The plugins as they are now.
    pub(crate) fn now(&self) -> Arc<Set> {
        self.set.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn replace(&self, set: Set) {
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(set);
    }

    /// Held while the set is changed, so that no two changes begin from the same.
    pub(crate) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A plugin that comes with the program.
    pub(crate) fn built_in_by_id(&self, id: &str) -> Option<&PluginSource> {
        let is_it = |source: &&PluginSource| {
            let manifest = Manifest::parse(&source.origin, &source.manifest);
            manifest.is_ok_and(|manifest| manifest.id == id)
        };
        self.built_in.iter().find(is_it)
    }

    pub(crate) fn built_in(&self) -> &[PluginSource] {
        &self.built_in
    }

    /// What runs them; made when first needed.
    fn host(&self) -> Result<&PluginHost, Error> {
        if let Some(host) = self.host.get() {
            return Ok(host);
        }
        let host = PluginHost::new(Limits::default()).map_err(|error| Error::Data(error.text.to_string()))?;
        Ok(self.host.get_or_init(|| host))
    }

    pub(crate) fn states(&self) -> Vec<PluginState> {
        self.now().entries().map(|entry| self.state_of(entry)).collect()
    }

    /// What the plugins declare, in the order of loading: the lowest layer of definitions.
    pub(crate) fn declared(&self) -> Vec<Definitions> {
        self.now().declared().cloned().collect()
    }

    /// What plugins are called; one that is gone is called by its id.
    pub(crate) fn labels(&self, ids: &[String]) -> Vec<Text> {
        let set = self.now();
        let label = |id: &String| {
            let manifest = set.find(id).and_then(|entry| entry.manifest.as_ref());
            manifest.map_or_else(|| Text::new(id, id), |manifest| manifest.label.clone())
        };
        ids.iter().map(label).collect()
    }

    /// What an identity source is called: by the plugin's name, in the language of the office; its id when it is gone.
    pub(crate) fn source_name(&self, source: &str) -> String {
        let set = self.now();
        let found = source.split_once('.').and_then(|(plugin, name)| {
            let manifest = set.find(plugin)?.manifest.as_ref()?;
            Some(manifest.identity_sources.get(name)?.label.zh.clone())
        });
        found.unwrap_or_else(|| source.to_owned())
    }

    /// Those that run.
    pub(crate) fn running(&self) -> Vec<Plugin> {
        self.now().running().cloned().collect()
    }

    fn find(&self, offers: impl Fn(&Manifest) -> bool) -> Option<Plugin> {
        let set = self.now();
        let found = set.running().find(|plugin| offers(plugin.manifest()));
        found.cloned()
    }

    pub(crate) fn has_handler(&self, name: &str) -> bool {
        self.handler(name).is_some()
    }

    pub(crate) fn handler(&self, name: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.handlers.contains_key(name))
    }

    pub(crate) fn assignee_rule(&self, name: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.assignee_rules.contains_key(name))
    }

    pub(crate) fn action(&self, name: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.actions.contains_key(name))
    }

    pub(crate) fn report(&self, name: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.reports.contains_key(name))
    }

    pub(crate) fn channel(&self, name: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.channels.contains_key(name))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<Plugin> {
        self.find(|manifest| manifest.id == id)
    }

    /// The plugins that check records of an entity before they are saved, in the order of loading.
    pub(crate) fn before_save(&self, entity: &Entity) -> Vec<Plugin> {
        let set = self.now();
        let checks = |plugin: &&Plugin| plugin.manifest().before_save.contains(entity);
        set.running().filter(checks).cloned().collect()
    }

    /// The ids of the plugins that react to saved records of an entity.
    pub(crate) fn after_save(&self, entity: &Entity) -> Vec<String> {
        let set = self.now();
        let reacts = |plugin: &&Plugin| plugin.manifest().after_save.contains(entity);
        set.running()
            .filter(reacts)
            .map(|plugin| plugin.manifest().id.clone())
            .collect()
    }

    /// The plugin whose code should check an entity's records, but is not running.
    pub(crate) fn missing_check(&self, entity: &Entity) -> Option<PluginState> {
        let owner = entity.as_str().split_once('.').map(|(plugin, _)| plugin)?;
        let set = self.now();
        let checks = |entry: &&Entry| {
            let manifest = entry.manifest.as_ref();
            entry.id == owner || manifest.is_some_and(|manifest| manifest.before_save.contains(entity))
        };
        set.stopped().find(checks).map(|entry| self.state_of(entry))
    }

    /// What a call of a plugin is given.
    pub(crate) fn call(&self, shared: &Shared, plugin: &Plugin, caller: Caller) -> Call {
        self.call_noting(shared, plugin, caller, &Denials::default())
    }

    /// The same, and notes what the caller may not do.
    pub(crate) fn call_noting(&self, shared: &Shared, plugin: &Plugin, caller: Caller, denials: &Denials) -> Call {
        self.call_with(shared, plugin, caller, (shared.store.view(), None), denials)
    }

    /// The one way out over HTTP.
    pub(crate) fn client(&self) -> &HttpClient {
        &self.client
    }

    /// The same on a view, with what is read noted.
    pub(crate) fn call_on(
        &self,
        shared: &Shared,
        plugin: &Plugin,
        caller: Caller,
        view: View,
        notes: Option<Arc<Notes>>,
    ) -> Call {
        self.call_with(shared, plugin, caller, (view, notes), &Denials::default())
    }

    fn call_with(
        &self,
        shared: &Shared,
        plugin: &Plugin,
        caller: Caller,
        (view, notes): (View, Option<Arc<Notes>>),
        denials: &Denials,
    ) -> Call {
        let id = &plugin.manifest().id;
        let mut settings = self.configured.get(id).cloned().unwrap_or_default();
        // What is set on a page stands above the configuration file.
        if let Some(entry) = self.now().find(id) {
            settings.extend(entry.settings.clone());
        }
        Call {
            principal: caller.principal(),
            now: shared.clock.now(),
            settings: Arc::new(settings),
            services: Arc::new(Services {
                shared: shared.weak(),
                caller,
                view,
                notes,
                client: self.client.clone(),
                runtime: self.runtime().map(|runtime| runtime.handle().clone()),
                viewer: OnceLock::new(),
                denials: denials.clone(),
            }),
        }
    }

    /// A plugin as the administrator sees it.
    pub(crate) fn state_of(&self, entry: &Entry) -> PluginState {
        let nothing = BTreeMap::new();
        entry.state(self.configured.get(&entry.id).unwrap_or(&nothing))
    }

    /// The runtime that messages leave through; made when first needed.
    pub(crate) fn runtime(&self) -> Option<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Some(runtime);
        }
        let made = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        match made {
            Ok(runtime) => Some(self.runtime.get_or_init(|| runtime)),
            Err(error) => {
                tracing::error!(%error, "no runtime for messages");
                None
            }
        }
    }
}

impl Drop for Plugins {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn lines<T: std::fmt::Display>(errors: impl Iterator<Item = T>) -> String {
    errors.map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
}

/// A call that did not end as the contract says, for whoever waited for it.
pub(crate) fn faulty(fault: PluginFault) -> Error {
    tracing::error!(%fault, "a plugin's call failed");
    Refusal::new(
        RefusalKind::Unavailable,
        "plugin.fault",
        format!(
            "插件 {}（{}）出错，什么都没有做。{}",
            fault.plugin, fault.call, fault.text.zh
        ),
        format!(
            "The plugin {} ({}) failed, and nothing was done. {}",
            fault.plugin, fault.call, fault.text.en
        ),
    )
    .into()
}
