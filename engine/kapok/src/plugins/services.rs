//! What a plugin reaches during one call, with the rights of its caller.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock, Weak},
};

use kapok_notify::{FetchError as ClientError, HttpClient};
use kapok_plugin_host::{
    Aggregate, AggregateRow, Denial, FetchError, HostServices, HttpRequest, HttpResponse, LogLevel, OpenTask,
    RecordQuery,
};
use kapok_process::state::TaskState;
use kapok_protocol::{Entity, Record, RecordRef};
use kapok_records::{Action, Catalogue, FieldSet, ProcessGrant, ProcessGrants, Viewer};
use kapok_store::View;
use kapok_tables::{Notes, Noting, Queries, Read, TaskList};

use super::{Caller, Denials, reading};
use crate::{
    Error, grants,
    organisation::today,
    rights,
    seeing::Seeing,
    shared::Shared,
    views::{Viewing, human},
};

/// So many to-dos of one person or case are told.
const TASKS: usize = 1_000;
/// A check before saving reads no more rows than this: the writer reads all of them again.
const NOTED: usize = 5_000;

pub(super) struct Services {
    pub(super) shared: Weak<Shared>,
    pub(super) caller: Caller,
    /// What the call sees; the same from its beginning to its end.
    pub(super) view: View,
    /// Where reads are noted, when they are to be made again by the writer.
    pub(super) notes: Option<Arc<Notes>>,
    pub(super) client: HttpClient,
    pub(super) runtime: Option<tokio::runtime::Handle>,
    pub(super) viewer: OnceLock<Option<Viewer>>,
    pub(super) denials: Denials,
}

impl Services {
    /// What the caller sees of the rows.
    fn see<T>(&self, ask: impl FnOnce(&Viewing<'_>, &Seeing<'_>) -> Result<T, Error>) -> Result<T, Denial> {
        let Some(shared) = self.shared.upgrade() else {
            return Err(Denial::invalid("the engine is being stopped"));
        };
        let noting = self.notes.as_ref().map(|notes| Noting::new(&self.view, notes.clone()));
        let read: &dyn Read = match &noting {
            Some(noting) => noting,
            None => &self.view,
        };
        let viewing = Viewing {
            shared: &shared,
            organisation: shared.organisation(),
            catalogue: shared.catalogue(),
            queries: Queries(read),
            now: shared.clock.now(),
        };
        let Some(viewer) = self.viewer.get_or_init(|| self.viewer(&viewing)).clone() else {
            return Err(Denial::invalid("whoever calls the plugin does not work here any more"));
        };
        let seeing = Seeing::by(&viewing, viewer);
        let answer = ask(&viewing, &seeing).map_err(denial)?;
        if self.notes.as_ref().is_some_and(|notes| notes.rows() > NOTED) {
            return Err(Denial::too_many(format!(
                "a check before saving reads at most {NOTED} rows: filter by a field of type reference, or move the check into an \
                 action or a job"
            )));
        }
        Ok(answer)
    }

    /// Rights are found out from the view itself: they need not be the same when the record is stored.
    fn viewer(&self, viewing: &Viewing<'_>) -> Option<Viewer> {
        let person = match self.caller {
            Caller::System => return Some(everything(&viewing.catalogue)),
            Caller::Process(instance) => {
                let viewer = grants::viewer(viewing.shared, &Queries(&self.view), instance);
                let unknown = |error| tracing::error!(%error, "what a process may see is unknown, so it sees nothing");
                return viewer.map_err(unknown).ok();
            }
            Caller::Person(person) => person,
        };
        let (organisation, catalogue, now) = (&viewing.organisation, &viewing.catalogue, viewing.now);
        let day = today(now, viewing.shared.settings.utc_offset_minutes).to_string();
        let viewer = rights::viewer(
            viewing.shared,
            organisation,
            catalogue,
            &Queries(&self.view),
            person,
            now,
            &day,
        );
        viewer.unwrap_or_else(|error| {
            tracing::error!(%error, "what a plugin's caller may see is unknown, so it sees nothing");
            None
        })
    }
}

impl Services {
    /// Notes that a process was not granted to read records of an entity: what its plugin answers rests on what it did not
    /// see.
    fn note_denied(&self, viewing: &Viewing<'_>, entity: &Entity) {
        if matches!(self.caller, Caller::Process(_)) {
            self.denials.note(grants::refused(
                &viewing.catalogue,
                entity,
                Action::Read,
                &FieldSet::All,
            ));
        }
    }

    /// The same, when no record of the entity can be seen.
    fn note_unseen(&self, viewing: &Viewing<'_>, seeing: &Seeing<'_>, entity: &Entity) {
        let Some(definition) = viewing.catalogue.entity(entity.as_str()) else {
            return;
        };
        if seeing.entity(definition).judge.reach().is_nothing() {
            self.note_denied(viewing, entity);
        }
    }
}

/// Who sees everything: the engine itself.
fn everything(catalogue: &Catalogue) -> Viewer {
    let all = ProcessGrant {
        read: FieldSet::All,
        create: true,
        update: FieldSet::All,
        delete: true,
    };
    let grants = catalogue.entities().map(|entity| (entity.id.clone(), all.clone()));
    Viewer::process(ProcessGrants(grants.collect()))
}

/// An error in the words of the contract.
pub(super) fn denial(error: Error) -> Denial {
    match &error {
        Error::Refused(reasons) => {
            let reasons: Vec<_> = reasons.iter().map(|reason| reason.text.en.clone()).collect();
            Denial::invalid(reasons.join("; "))
        }
        _ => Denial::invalid(error.to_string()),
    }
}

impl HostServices for Services {
    fn record(&self, record: &RecordRef) -> Result<Option<Record>, Denial> {
        self.see(|viewing, seeing| {
            let found = reading::get(viewing, seeing, record)?;
            if found.is_none() && viewing.queries.record(&record.entity, record.id)?.is_some() {
                self.note_denied(viewing, &record.entity);
            }
            Ok(found)
        })
    }

    fn query(&self, query: &RecordQuery) -> Result<Vec<Record>, Denial> {
        self.see(|viewing, seeing| {
            self.note_unseen(viewing, seeing, &query.entity);
            reading::find(viewing, seeing, self.caller, query, self.notes.is_none())
        })
    }

    fn aggregate(&self, aggregate: &Aggregate) -> Result<Vec<AggregateRow>, Denial> {
        self.see(|viewing, seeing| {
            self.note_unseen(viewing, seeing, &aggregate.entity);
            reading::add_up(viewing, seeing, self.caller, aggregate, self.notes.is_none())
        })
    }

    fn tasks(&self) -> Result<Vec<OpenTask>, Denial> {
        let list = match self.caller {
            Caller::Person(person) => TaskList::Assigned(person),
            Caller::Process(instance) => TaskList::Of(instance),
            Caller::System => return Ok(Vec::new()),
        };
        self.see(|viewing, _| {
            let tasks = viewing.queries.tasks(&list, None, TASKS)?.items.into_iter();
            let mut open = Vec::new();
            let mut graphs = BTreeMap::new();
            for task in tasks.filter(|task| task.state == TaskState::Open) {
                let graph = match graphs.get(&task.definition) {
                    Some(graph) => Arc::clone(graph),
                    None => {
                        let graph = viewing.graph(task.definition)?;
                        graphs.insert(task.definition, graph.clone());
                        graph
                    }
                };
                let instance = viewing.queries.instance(task.instance)?;
                open.push(OpenTask {
                    id: task.id,
                    name: graph
                        .node(task.node)
                        .map(|node| node.label().to_owned())
                        .unwrap_or_default(),
                    process: graph.key.clone(),
                    record: instance.and_then(|instance| instance.record),
                    is_approval: human(&graph, &task).is_some_and(|human| human.approval.is_some()),
                });
            }
            Ok(open)
        })
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
