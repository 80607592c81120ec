//! The plugins of one engine: what they declare, and how they are called.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

use kapok_notify::{FetchError as ClientError, HttpClient, HttpLimits};
use kapok_plugin_host::{
    Call, FetchError, HostServices, HttpRequest, HttpResponse, Limits, LogLevel, Manifest, Plugin, PluginHost,
};
use kapok_protocol::{Entity, InstanceId, PersonId, Principal, Record, RecordRef, Refusal, Text};
use kapok_records::{Action, Catalogue, Definitions, FieldSet, Rights, Viewer, as_seen};
use kapok_store::Store;
use kapok_tables::Queries;
use tokio::runtime::Runtime;

use crate::{
    Error, Outgoing, grants,
    organisation::today,
    rights::{self, Parents},
    shared::Shared,
};

/// A plugin as it is installed: its manifest, and its component unless it only declares entities.
#[derive(Debug, Clone)]
pub struct PluginSource {
    /// Where it comes from, for messages.
    pub origin: String,
    /// The text of its `plugin.toml`.
    pub manifest: String,
    /// Its component.
    pub component: Option<Vec<u8>>,
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
            });
        }
        sources.sort_by(|a, b| a.origin.cmp(&b.origin));
        Ok(sources)
    }
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
    /// Why it does not run, when it does not.
    pub fault: Option<Text>,
}

/// The plugins of one engine.
pub(crate) struct Plugins {
    loaded: Vec<Plugin>,
    failed: Vec<PluginState>,
    declared: Vec<Definitions>,
    client: HttpClient,
    runtime: OnceLock<Runtime>,
}

/// What a plugin's caller may see.
enum Sight {
    Everything,
    Of(Box<Viewer>, Arc<Catalogue>),
    Nothing,
}

/// What a process was not granted, noted while a plugin works for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Denials(Arc<Mutex<Vec<Refusal>>>);

impl Denials {
    fn note(&self, refusal: Refusal) {
        let mut noted = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !noted.contains(&refusal) {
            noted.push(refusal);
        }
    }

    /// What was noted, as one text.
    pub(crate) fn text(&self) -> Option<Text> {
        let noted = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let zh: Vec<&str> = noted.iter().map(|refusal| refusal.text.zh.as_str()).collect();
        let en: Vec<&str> = noted.iter().map(|refusal| refusal.text.en.as_str()).collect();
        (!noted.is_empty()).then(|| Text::new(zh.join(""), en.join(" ")))
    }
}

/// On whose behalf a plugin is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Caller {
    Person(PersonId),
    Process(InstanceId),
    System,
}

impl Plugins {
    /// Loads plugins. One that cannot run is shown with its reason, and the others go on; a manifest that cannot be read
    /// is an error, because records depend on what it declares.
    pub(crate) fn load(sources: Vec<PluginSource>, outgoing: &Outgoing) -> Result<Self, Error> {
        let (mut declared, mut loaded, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        let mut host = None;
        for source in sources {
            let manifest = Manifest::parse(&source.origin, &source.manifest)
                .map_err(|errors| Error::Data(lines(errors.iter())))?;
            declared.push(
                Definitions::parse(&source.origin, &source.manifest)
                    .map_err(|errors| Error::Data(lines(errors.iter())))?,
            );
            let host = match &host {
                Some(host) => host,
                None => host
                    .insert(PluginHost::new(Limits::default()).map_err(|error| Error::Data(error.text.to_string()))?),
            };
            let state = state_of(&manifest, None);
            match host.load(manifest, source.component.as_deref()) {
                Ok(plugin) => loaded.push(plugin),
                Err(error) => {
                    tracing::error!(plugin = state.id, "{}", error.text);
                    failed.push(PluginState {
                        fault: Some(error.text),
                        ..state
                    });
                }
            }
        }
        let client = HttpClient::new(&outgoing.allowed, HttpLimits::default());
        let client = client.map_err(|error| Error::Data(error.0.to_string()))?;
        Ok(Self {
            loaded,
            failed,
            declared,
            client,
            runtime: OnceLock::new(),
        })
    }

    pub(crate) fn states(&self) -> Vec<PluginState> {
        let running = self.loaded.iter().map(|plugin| state_of(plugin.manifest(), None));
        running.chain(self.failed.iter().cloned()).collect()
    }

    /// What the plugins declare, in the order of loading: the lowest layer of definitions.
    pub(crate) fn declared(&self) -> &[Definitions] {
        &self.declared
    }

    /// What plugins are called; one that is gone is called by its id.
    pub(crate) fn labels(&self, ids: &[String]) -> Vec<Text> {
        let label = |id: &String| {
            let plugin = self.loaded.iter().find(|plugin| plugin.manifest().id == *id);
            plugin.map_or_else(|| Text::new(id, id), |plugin| plugin.manifest().label.clone())
        };
        ids.iter().map(label).collect()
    }

    pub(crate) fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.loaded.iter().map(Plugin::manifest)
    }

    pub(crate) fn has_handler(&self, name: &str) -> bool {
        self.handler(name).is_some()
    }

    pub(crate) fn handler(&self, name: &str) -> Option<Plugin> {
        self.loaded
            .iter()
            .find(|plugin| plugin.manifest().handlers.contains_key(name))
            .cloned()
    }

    pub(crate) fn channel(&self, name: &str) -> Option<Plugin> {
        self.loaded
            .iter()
            .find(|plugin| plugin.manifest().channels.contains_key(name))
            .cloned()
    }

    /// The plugins that check records of an entity before they are saved, in the order of loading.
    pub(crate) fn before_save(&self, entity: &Entity) -> Vec<Plugin> {
        self.loaded
            .iter()
            .filter(|plugin| plugin.manifest().before_save.contains(entity))
            .cloned()
            .collect()
    }

    /// The plugin whose code should check an entity's records, but is not running.
    pub(crate) fn missing_check(&self, entity: &Entity) -> Option<&PluginState> {
        let owner = entity.as_str().split_once('.').map(|(plugin, _)| plugin)?;
        self.failed.iter().find(|state| state.id == owner)
    }

    /// What a call of a plugin is given.
    pub(crate) fn call(&self, shared: &Shared, plugin: &Plugin, caller: Caller) -> Call {
        self.call_noting(shared, plugin, caller, &Denials::default())
    }

    /// The same, and notes what the caller may not do.
    pub(crate) fn call_noting(&self, shared: &Shared, plugin: &Plugin, caller: Caller, denials: &Denials) -> Call {
        let settings = shared
            .outgoing
            .plugins
            .get(&plugin.manifest().id)
            .cloned()
            .unwrap_or_default();
        Call {
            principal: match caller {
                Caller::Person(person) => Principal::Person(person),
                Caller::Process(instance) => Principal::Process(instance),
                Caller::System => Principal::System,
            },
            now: shared.clock.now(),
            settings: Arc::new(settings),
            services: Arc::new(Services {
                store: shared.store.clone(),
                client: self.client.clone(),
                runtime: self.runtime().map(|runtime| runtime.handle().clone()),
                sight: self.sight(shared, caller),
                denials: denials.clone(),
            }),
        }
    }

    /// The one way out over HTTP.
    pub(crate) fn client(&self) -> &HttpClient {
        &self.client
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

    fn sight(&self, shared: &Shared, caller: Caller) -> Sight {
        match caller {
            Caller::System => Sight::Everything,
            Caller::Process(instance) => {
                let view = shared.store.view();
                match grants::viewer(shared, &Queries(&view), instance) {
                    Ok(viewer) => Sight::Of(Box::new(viewer), shared.catalogue()),
                    Err(error) => {
                        tracing::error!(%error, "what a plugin's caller may see is unknown, so it sees nothing");
                        Sight::Nothing
                    }
                }
            }
            Caller::Person(person) => {
                let (organisation, catalogue) = (shared.organisation(), shared.catalogue());
                let today = today(shared.clock.now(), shared.settings.utc_offset_minutes).to_string();
                let view = shared.store.view();
                let viewer = rights::viewer(
                    shared,
                    &organisation,
                    &catalogue,
                    &Queries(&view),
                    person,
                    shared.clock.now(),
                    &today,
                );
                match viewer {
                    Ok(Some(viewer)) => Sight::Of(Box::new(viewer), catalogue),
                    Ok(None) => Sight::Nothing,
                    Err(error) => {
                        tracing::error!(%error, "what a plugin's caller may see is unknown, so it sees nothing");
                        Sight::Nothing
                    }
                }
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

fn state_of(manifest: &Manifest, fault: Option<Text>) -> PluginState {
    PluginState {
        id: manifest.id.clone(),
        version: manifest.version.clone(),
        label: manifest.label.clone(),
        handlers: manifest.handlers.keys().cloned().collect(),
        channels: manifest.channels.keys().cloned().collect(),
        fault,
    }
}

pub(crate) fn lines<T: std::fmt::Display>(errors: impl Iterator<Item = T>) -> String {
    errors.map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
}

/// What a plugin reaches during one call.
struct Services {
    store: Store,
    client: HttpClient,
    runtime: Option<tokio::runtime::Handle>,
    sight: Sight,
    denials: Denials,
}

impl HostServices for Services {
    fn record(&self, record: &RecordRef) -> Option<Record> {
        let view = self.store.view();
        let row = Queries(&view).record(&record.entity, record.id).ok()??;
        match &self.sight {
            Sight::Everything => Some(row.record),
            Sight::Nothing => None,
            Sight::Of(viewer, catalogue) => {
                let definition = catalogue.entity(record.entity.as_str())?;
                let parents = Parents::new(Queries(&view));
                let rights = Rights::new(viewer, catalogue, &parents);
                let access = rights.decide(Action::Read, definition, Some(&row.record));
                if !access.is_granted() && viewer.person.is_none() {
                    self.denials
                        .note(grants::refused(catalogue, &record.entity, Action::Read, &FieldSet::All));
                }
                access.is_granted().then(|| as_seen(definition, &row.record, &access))
            }
        }
    }

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let Some(runtime) = &self.runtime else {
            return Err(FetchError::NotSent("there is no way out just now".into()));
        };
        let HttpRequest {
            method,
            url,
            headers,
            body,
        } = request;
        let request = kapok_notify::HttpRequest {
            method,
            url,
            headers,
            body,
        };
        match self.client.fetch_blocking(runtime, request) {
            Ok(response) => Ok(HttpResponse {
                status: response.status,
                headers: response.headers,
                body: response.body,
            }),
            Err(ClientError::Refused(reason)) => Err(FetchError::Refused(reason)),
            Err(ClientError::NotSent(reason)) => Err(FetchError::NotSent(reason)),
            Err(ClientError::Unknown(reason)) => Err(FetchError::Unknown(reason)),
        }
    }

    fn log(&self, plugin: &str, level: LogLevel, message: &str) {
        match level {
            LogLevel::Debug => tracing::debug!(plugin, "{message}"),
            LogLevel::Info => tracing::info!(plugin, "{message}"),
            LogLevel::Warn => tracing::warn!(plugin, "{message}"),
            LogLevel::Error => tracing::error!(plugin, "{message}"),
        }
    }
}
