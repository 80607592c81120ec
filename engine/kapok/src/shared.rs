//! What every part of one engine shares.

use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use kapok_process::Limits;
use kapok_records::Catalogue;
use kapok_store::Store;

use crate::{
    Error, Outgoing,
    bell::Bells,
    clock::Clock,
    decisions::DecisionCache,
    definitions::DefinitionCache,
    evaluate::Rules,
    external::Asked,
    files::FileStore,
    handlers::Handlers,
    hints::Hints,
    identity::LastRead,
    lists::ChoiceNames,
    operate::keeper::Operating,
    organisation::Organisation,
    plugins::{Plugins, lines},
    project::Projection,
    react::{ClockWatch, Retention},
};

/// How an engine behaves.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Bounds on processes.
    pub limits: Limits,
    /// Drawn durations are divided by this: 1 in real life, more in demonstrations.
    pub shorten: u32,
    /// How far company time is ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Whether a service task may name a handler that is not installed: only for checking models where nothing is.
    pub missing_handlers_are_unknown: bool,
    /// How long things are kept that nothing depends on any more.
    pub retention: Retention,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            shorten: 1,
            utc_offset_minutes: 8 * 60,
            missing_handlers_are_unknown: false,
            retention: Retention::default(),
        }
    }
}

/// One engine's parts.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) clock_watch: ClockWatch,
    pub(crate) settings: Settings,
    pub(crate) rules: Rules,
    pub(crate) definitions: DefinitionCache,
    pub(crate) decisions: DecisionCache,
    pub(crate) plugins: Plugins,
    pub(crate) handlers: Handlers,
    pub(crate) outgoing: Outgoing,
    pub(crate) hints: Hints,
    pub(crate) bells: Bells,
    pub(crate) asked: Asked,
    pub(crate) operating: Operating,
    pub(crate) files: FileStore,
    /// Held by who makes a small picture of a large one.
    pub(crate) previewing: Mutex<()>,
    /// Held by who reads a spreadsheet of many rows.
    pub(crate) reading_sheet: Mutex<()>,
    pub(crate) last_read: LastRead,
    pub(crate) projection: Projection,
    pub(crate) choice_names: ChoiceNames,
    own: OnceLock<Weak<Shared>>,
    organisation: RwLock<Arc<Organisation>>,
    catalogue: RwLock<Arc<Catalogue>>,
}

impl Shared {
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        settings: Settings,
        plugins: Plugins,
        handlers: Handlers,
        outgoing: Outgoing,
        operating: Operating,
    ) -> Result<Self, Error> {
        let catalogue =
            Catalogue::new(plugins.declared().iter().cloned()).map_err(|errors| Error::Data(lines(errors.iter())))?;
        Ok(Self {
            projection: Projection::new(operating.folder.as_deref(), store.view().seq()),
            choice_names: ChoiceNames::default(),
            definitions: DefinitionCache::new(store.clone()),
            store,
            clock_watch: ClockWatch::new(&*clock),
            clock,
            settings,
            rules: Rules::new(),
            decisions: DecisionCache::default(),
            plugins,
            handlers,
            outgoing,
            hints: Hints::new(),
            bells: Bells::default(),
            asked: Asked::default(),
            files: FileStore::new(operating.folder.as_deref()),
            previewing: Mutex::default(),
            reading_sheet: Mutex::default(),
            last_read: LastRead::default(),
            operating,
            own: OnceLock::new(),
            organisation: RwLock::default(),
            catalogue: RwLock::new(Arc::new(catalogue)),
        })
    }

    /// Lets [`Shared::weak`] find it: to be called once, as soon as it is shared.
    pub(crate) fn remember_itself(self: &Arc<Self>) {
        // Set twice it would be the same.
        let _ = self.own.set(Arc::downgrade(self));
    }

    /// Itself, for what outlives a borrow: the services of a plugin's call.
    pub(crate) fn weak(&self) -> Weak<Self> {
        self.own.get().cloned().unwrap_or_default()
    }

    /// Whether work of this name is done in this program.
    pub(crate) fn has_handler(&self, name: &str) -> bool {
        let is_rule = |rule| self.plugins.assignee_rule(rule).is_some();
        self.handlers.get(name).is_some()
            || self.plugins.has_handler(name)
            || name.strip_prefix(kapok_process::ASSIGNEE_JOB).is_some_and(is_rule)
    }

    /// The organisation as it is now.
    pub(crate) fn organisation(&self) -> Arc<Organisation> {
        self.organisation
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    /// What entities and roles there are now. Taken once at the beginning of a command and kept to its end: it is replaced
    /// as a whole when an administrator changes something.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    /// Replaces the catalogue, after the commit that changed the administrator's layer.
    pub(crate) fn replace_catalogue(&self, fresh: Catalogue) {
        *self.catalogue.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(fresh);
    }

    /// Reads the organisation again, after one of its records was saved: once for a commit, however many were.
    pub(crate) fn reload_organisation(&self) -> Result<(), Error> {
        let view = self.store.view();
        if self.organisation().as_of == Some(view.seq()) {
            return Ok(());
        }
        let mut fresh = Organisation::read(&view, self.settings.utc_offset_minutes)?;
        fresh.as_of = Some(view.seq());
        *self
            .organisation
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(fresh);
        Ok(())
    }
}
