//! Putting an engine together, and what has to be in order before anybody uses it.

use std::{path::Path, sync::Arc};

use kapok_plugin_host::{ChannelFailure, ChannelMessage, Receipt};
use kapok_protocol::{JobOutcome, Principal, Text};
use kapok_store::Store;

use crate::{
    BackupSettings, Error, HandlerCall, Kapok, Outgoing, PluginSource, Settings,
    clock::{Clock, SystemClock},
    handlers::Handlers,
    layers,
    operate::{self, keeper::Operating},
    plugins::{Entry, Plugins},
    project::{self, Projection},
    react,
    shared::Shared,
    writer::Writer,
};

/// Puts an engine together. [`Kapok::open`] and [`Kapok::memory`] are the short ways.
pub struct Builder {
    settings: Settings,
    clock: Arc<dyn Clock>,
    plugins: Vec<PluginSource>,
    handlers: Handlers,
    outgoing: Outgoing,
    backup: Option<BackupSettings>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            clock: Arc::new(SystemClock),
            plugins: Vec::new(),
            handlers: Handlers::default(),
            outgoing: Outgoing::default(),
            backup: None,
        }
    }
}

impl Builder {
    /// Behaves as these settings say.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Loads these plugins.
    #[must_use]
    pub fn plugins(mut self, plugins: Vec<PluginSource>) -> Self {
        self.plugins.extend(plugins);
        self
    }

    /// Lets messages leave, and plugins call out, in these ways.
    #[must_use]
    pub fn outgoing(mut self, outgoing: Outgoing) -> Self {
        self.outgoing = outgoing;
        self
    }

    /// Makes backups by itself, when the engine has a folder.
    #[must_use]
    pub fn backup(mut self, settings: BackupSettings) -> Self {
        self.backup = Some(settings);
        self
    }

    /// Carries out service tasks of this name with a function. It runs on a thread of its own after the commit, and may
    /// be called again with the same job after a crash.
    #[must_use]
    pub fn handler(
        mut self,
        name: impl Into<String>,
        handler: impl Fn(HandlerCall) -> JobOutcome + Send + Sync + 'static,
    ) -> Self {
        self.handlers.add(name.into(), Arc::new(handler));
        self
    }

    /// Lets messages of a channel leave by a function, before a plugin is asked; now there is one channel, `sms`. It is
    /// called after the commit that says that the message is about to leave.
    #[must_use]
    pub fn channel(
        mut self,
        name: impl Into<String>,
        sender: impl Fn(&ChannelMessage) -> Result<Receipt, ChannelFailure> + Send + Sync + 'static,
    ) -> Self {
        self.handlers.add_channel(name.into(), Arc::new(sender));
        self
    }

    /// Opens an engine over a folder, which is made when it is not there.
    pub fn open(self, folder: impl AsRef<Path>) -> Result<Kapok, Error> {
        let options = kapok_store::Options {
            keep_from: Projection::needs_from(folder.as_ref()),
            ..kapok_store::Options::default()
        };
        let store = Store::open_folder(folder.as_ref(), options)?;
        if let Some(kept) = operate::format::keep_older(&store, folder.as_ref())? {
            tracing::info!("the data as it was before the upgrade is in {}", kept.display());
        }
        self.start(store, Some(folder.as_ref()))
    }

    /// Opens an engine over a store that was opened already: one with sizes and times of its own, or on a
    /// [`Disk`](crate::store::Disk) of one's own. It is closed with the engine, unless the caller keeps a clone; only one
    /// engine may write to it. It makes no backups by itself, since it does not know where the data lies.
    pub fn open_store(self, store: Store) -> Result<Kapok, Error> {
        self.start(store, None)
    }

    /// An engine over memory, gone when it is dropped.
    pub fn memory(self) -> Result<Kapok, Error> {
        self.start(Store::memory(), None)
    }

    fn start(self, store: Store, folder: Option<&Path>) -> Result<Kapok, Error> {
        operate::format::settle(&store, self.clock.now())?;
        let rows = kapok_tables::Queries(&store.view()).plugins()?;
        let plugins = Plugins::load(self.plugins, &rows, folder, &self.outgoing)?;
        let operating = Operating::new(folder.map(Path::to_path_buf), self.backup);
        let shared = Shared::new(
            store,
            self.clock,
            self.settings,
            plugins,
            self.handlers,
            self.outgoing,
            operating,
        )?;
        let shared = Arc::new(shared);
        shared.remember_itself();
        let (catalogue, told) = layers::catalogue_at_start(&shared)?;
        shared.replace_catalogue(catalogue);
        shared.definitions.load(&shared.plugins)?;
        shared.decisions.load(&shared)?;
        shared.reload_organisation()?;
        let (writer, writing) = Writer::start(&shared)?;
        let mut threads = react::start(&shared, &writer)?;
        threads.extend(operate::keeper::start(&shared, &writer)?);
        threads.extend(project::start(&shared)?);
        threads.extend(writing);
        let kapok = Kapok::running(shared, writer, threads);
        kapok.settle_definitions(told)?;
        kapok.settle_plugins()?;
        kapok.keep_old_grants()?;
        kapok.finish_departures()?;
        Ok(kapok)
    }
}

impl Kapok {
    /// Remembers which versions of plugins ran, and lets those put their data in order that came with the program in another
    /// version than before.
    fn settle_plugins(&self) -> Result<(), Error> {
        let rows = kapok_tables::Queries(&self.shared.store.view()).plugins()?;
        let set = self.shared.plugins.now();
        let differs = |entry: &&Entry| {
            let row = rows.iter().find(|row| row.id == entry.id);
            entry.manifest.is_some() && row.is_none_or(|row| row.version != entry.version())
        };
        let changed: Vec<_> = set.entries().filter(differs).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let changed: Vec<_> = changed
            .into_iter()
            .map(|entry| {
                let migrates = entry.manifest.as_ref().is_some_and(|manifest| manifest.migrates);
                (entry.id.clone(), entry.version().to_owned(), migrates)
            })
            .collect();
        self.writer
            .submit(move |step| {
                for (id, version, migrates) in &changed {
                    step.note_plugin(Principal::System, id, version, *migrates)?;
                }
                Ok(())
            })
            .wait()
    }

    /// Roles that definitions name become records, and records are put in order that were stored for other definitions.
    fn settle_definitions(&self, told: Vec<Text>) -> Result<(), Error> {
        self.writer
            .submit(move |step| {
                let catalogue = step.shared.catalogue();
                step.add_roles(&catalogue)?;
                step.settle(Principal::System, &catalogue)?;
                told.iter().try_for_each(|text| step.page_administrators(text, None))
            })
            .wait()
    }
}
