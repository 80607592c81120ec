//! The engine: its parts put together.

use std::{collections::BTreeMap, path::Path, sync::Arc, thread::JoinHandle};

use kapok_process::Answer;
use kapok_protocol::{
    Command, Decision, DefinitionId, Entity, InstanceId, PersonId, Principal, PublishedMessage, Refusal, RefusalKind,
    StartRequest, TaskId, Value,
};
use kapok_records::Fields;
use kapok_store::{Health, View};
use kapok_tables::TaskList;

use crate::{
    Builder, Error, Staff, decisions,
    definitions::{self, Deployed},
    grants::Confirm,
    imports, operate,
    plugins::Sessions,
    react,
    saving::{self, SaveRequest, Saver},
    shared::Shared,
    views::{InstanceDetail, TaskView, Viewing},
    writer::Writer,
};

/// A workflow-and-rules engine over one folder of data, or over memory. Clones are the same engine; it stops when the
/// last one is gone. Dropping that one waits for what is just being done (a call of a handler, a mail on its way), so
/// that afterwards the folder is free.
///
/// Its own methods have the rights of the program that embeds it. Whoever serves people gives them a [`Staff`] handle
/// instead.
#[derive(Clone)]
pub struct Kapok {
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    // Last, so that when its turn comes this handle's way to the writer is gone.
    _running: Arc<Running>,
}

/// Stops the threads when the last handle is gone.
struct Running {
    shared: Arc<Shared>,
    /// Those that react, then the writer, which ends when they and all handles are gone.
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.bells.close();
        self.shared.operating.bell.close();
        self.shared.projection.bell.close();
        // A handler that drops the last handle runs on a thread that cannot wait for itself: then they end by themselves.
        if react::on_own_thread() {
            return;
        }
        for thread in self.threads.drain(..) {
            // A panic in it has been reported already.
            let _ = thread.join();
        }
    }
}

impl Kapok {
    /// The engine whose parts run.
    pub(crate) fn running(shared: Arc<Shared>, writer: Writer, threads: Vec<JoinHandle<()>>) -> Self {
        let running = Arc::new(Running {
            shared: shared.clone(),
            threads,
        });
        Self {
            shared,
            writer,
            _running: running,
        }
    }

    /// An engine to be put together.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// An engine over a folder, with nothing else set.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open(folder)
    }

    /// An engine over memory, with nothing else set.
    pub fn memory() -> Result<Self, Error> {
        Self::builder().memory()
    }

    /// The rights of an active person.
    pub fn staff(&self, person: PersonId) -> Result<Staff, Error> {
        Staff::new(self.clone(), person)
    }

    /// Checks a model as deployment would.
    pub fn check(&self, xml: &str) -> Vec<kapok_model::Diagnostic> {
        definitions::check(&self.shared, xml).diagnostics
    }

    /// Deploys a model: a new version of each of its executable processes. They may do what their model asks for.
    pub fn deploy(&self, xml: &str) -> Result<Deployed, Error> {
        // Parsing is slow and needs nothing of the writer.
        let reading = definitions::check(&self.shared, xml);
        if !reading.is_deployable() {
            return Err(Error::Model(reading.diagnostics));
        }
        let diagnostics = reading.diagnostics.clone();
        let xml = xml.to_owned();
        let deployed = self
            .writer
            .submit(move |step| definitions::deploy(step, Principal::System, &xml, &reading, None, &Confirm::Proposed));
        Ok(Deployed {
            definitions: deployed.wait()?,
            diagnostics,
        })
    }

    /// Deploys a file of decisions (DMN), which business rule tasks can then ask.
    pub fn deploy_decisions(&self, xml: &str) -> Result<(), Error> {
        let decisions = decisions::parse(xml)?;
        let xml = xml.to_owned();
        let deployed = self
            .writer
            .submit(move |step| decisions::deploy(step, Principal::System, &xml, decisions));
        deployed.wait().map(drop)
    }

    /// Starts a case of the present version of a process.
    pub fn start<K: Into<String>, V: Into<Value>>(
        &self,
        process: &str,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<InstanceId, Error> {
        let request = StartRequest {
            definition: self.latest(process)?,
            start_event: None,
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            business_key: None,
            record: None,
            initiator: None,
        };
        match self.command(Command::Start(request))? {
            Answer::Started(instance) => Ok(instance),
            Answer::Done => Err(Error::Unknown),
        }
    }

    /// The open tasks of a case.
    pub fn tasks(&self, instance: InstanceId) -> Result<Vec<TaskView>, Error> {
        let view = self.shared.store.view();
        let viewing = self.viewing(&view);
        let tasks = viewing
            .queries
            .tasks(&TaskList::Of(instance), None, 10_000)?
            .items
            .into_iter();
        tasks
            .filter(|task| task.state == kapok_process::state::TaskState::Open)
            .map(|task| viewing.task(task, None))
            .collect()
    }

    /// Finishes a task with new values of variables; an approval is decided with [`Kapok::decide`].
    pub fn complete<K: Into<String>, V: Into<Value>>(
        &self,
        task: TaskId,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        self.command(Command::Complete {
            task,
            decision: None,
            comment: None,
            variables,
        })
        .map(drop)
    }

    /// Hands a message to the case that waits for its name and key, or starts one by it: then its id. Refused when nobody
    /// waits, and when several could be meant.
    pub fn publish<K: Into<String>, V: Into<Value>>(
        &self,
        name: &str,
        key: Option<&str>,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Option<InstanceId>, Error> {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let message = PublishedMessage {
            name: name.to_owned(),
            key: key.map(str::to_owned),
            variables,
            ttl_millis: None,
        };
        match self.command(Command::Publish(message))? {
            Answer::Started(instance) => Ok(Some(instance)),
            Answer::Done => Ok(None),
        }
    }

    /// Tells a signal to every case that waits for it, and starts what it starts.
    pub fn broadcast<K: Into<String>, V: Into<Value>>(
        &self,
        signal: &str,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let signal = signal.to_owned();
        self.command(Command::Broadcast { signal, variables }).map(drop)
    }

    /// Decides an approval.
    pub fn decide(&self, task: TaskId, decision: Decision, comment: Option<String>) -> Result<(), Error> {
        let variables = BTreeMap::new();
        self.command(Command::Complete {
            task,
            decision: Some(decision),
            comment,
            variables,
        })
        .map(drop)
    }

    /// A case with all that happened in it.
    pub fn instance(&self, id: InstanceId) -> Result<InstanceDetail, Error> {
        let view = self.shared.store.view();
        let viewing = self.viewing(&view);
        let instance = viewing
            .queries
            .instance(id)?
            .ok_or_else(|| Error::not_found("流程", "case"))?;
        viewing.detail(instance)
    }

    /// The variables of a case.
    pub fn variables(&self, id: InstanceId) -> Result<BTreeMap<String, Value>, Error> {
        Ok(kapok_tables::variables(&self.shared.store.view(), id, None, 10_000)?
            .into_iter()
            .collect())
    }

    /// Saves a record in the name of the system. Its save starts what such saves start.
    pub fn save(&self, entity: &str, owner: Option<PersonId>, fields: Fields) -> Result<kapok_protocol::Record, Error> {
        let request = SaveRequest::by_system(Entity::new(entity), owner, fields);
        saving::save(
            &self.shared,
            &self.writer,
            &mut Saver::new(Principal::System),
            &request,
            |_, _| Ok(()),
            |_, record, _| Ok(record.clone()),
        )
    }

    /// What saving a new record in the name of the system would keep: its fields as definitions and plugins leave them.
    /// Nothing is saved.
    pub fn check_record(&self, entity: &str, fields: Fields) -> Result<Fields, Error> {
        let request = SaveRequest::by_system(Entity::new(entity), None, fields);
        let view = self.shared.store.view();
        let checked = saving::check(
            &self.shared,
            &self.shared.catalogue(),
            &view,
            Principal::System,
            &request,
            &mut Sessions::default(),
            &|_, _| Ok(()),
        )?;
        Ok(checked.fields)
    }

    /// The same for many records, whose checks share one instance of each plugin, as those of an import do.
    pub fn check_records(
        &self,
        entity: &str,
        records: impl IntoIterator<Item = Fields>,
    ) -> impl Iterator<Item = Result<Fields, Error>> {
        let mut sessions = Sessions::default();
        let entity = Entity::new(entity);
        records.into_iter().map(move |fields| {
            let request = SaveRequest::by_system(entity.clone(), None, fields);
            let view = self.shared.store.view();
            let (catalogue, actor) = (self.shared.catalogue(), Principal::System);
            let checked = saving::check(
                &self.shared,
                &catalogue,
                &view,
                actor,
                &request,
                &mut sessions,
                &|_, _| Ok(()),
            )?;
            Ok(checked.fields)
        })
    }

    /// Fires the timers that are due and runs the jobs that are ready, until nothing is left to do, makes a backup
    /// that is due, and removes what was kept long enough. Only for an engine
    /// whose clock is moved by hand; otherwise that happens by itself.
    pub fn run_due(&self) -> Result<(), Error> {
        react::watch_clock(&self.shared, &self.writer)?;
        let now = self.shared.clock.now();
        while react::run_ready_jobs(&self.shared, &self.writer)?
            || react::fire_due_timers(&self.shared, &self.writer, now)?
            || react::advance_record_jobs(&self.shared, &self.writer)?
            || react::advance_plugin_work(&self.shared, &self.writer)?
            || imports::advance(&self.shared, &self.writer)?
        {}
        operate::keeper::attend(&self.shared, &self.writer, now);
        react::clean(&self.shared, &self.writer, now)
    }

    /// Sends the messages that are due. As [`Kapok::run_due`], only for an engine whose clock is moved by hand.
    pub fn send_due(&self) -> Result<(), Error> {
        while react::send_due(&self.shared, &self.writer)? {}
        Ok(())
    }

    /// Whether the engine can take commands.
    pub fn health(&self) -> Health {
        self.shared.store.health()
    }

    /// Returns when what follows the journal (the state files and the search index) holds everything that is committed now: for measurements.
    /// Nobody else needs to wait for it, since every view sees all commits.
    pub fn catch_up(&self) -> Result<(), Error> {
        self.shared.store.catch_up()?;
        self.shared.projection.catch_up(&self.shared)
    }

    /// The sequence number of the last commit.
    pub fn sequence(&self) -> u64 {
        self.shared.store.view().seq()
    }

    /// The hash of all rows as they are now: whoever has refused something can show that nothing is another than it was. It
    /// reads everything.
    pub fn state_hash(&self) -> Result<[u8; 32], Error> {
        Ok(self.shared.store.view().hash()?)
    }

    pub(crate) fn latest(&self, process: &str) -> Result<DefinitionId, Error> {
        self.shared.definitions.latest(process).ok_or_else(|| {
            Refusal::new(
                RefusalKind::NotFound,
                "process.unknown",
                format!("没有名为“{process}”的流程，请先发布它。"),
                format!("There is no process “{process}”: deploy it first."),
            )
            .into()
        })
    }

    pub(crate) fn command(&self, command: Command) -> Result<Answer, Error> {
        self.writer
            .submit(move |step| step.process(Principal::System, &command))
            .wait()
    }

    pub(crate) fn viewing<'a>(&'a self, view: &'a View) -> Viewing<'a> {
        Viewing::of(&self.shared, view)
    }
}
