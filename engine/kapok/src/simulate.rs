//! Trying a model: in memory, on a clock that is moved by hand, with a trace of every step.
//!
//! It is the real engine with nothing left out. A service task without a handler waits and is completed by hand, like a
//! person's task.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_model::{Diagnostic, EventDefinition, Node, NodeKind, Repeat};
use kapok_process::{
    Answer,
    state::{EventKind, InstanceState, Part, State, TaskState},
};
use kapok_protocol::{
    Command, Decision, ElementInstanceId, InstanceId, IsoDuration, JobOutcome, PublishedMessage, StartRequest,
    Timestamp, Value,
};
use kapok_tables::{ProcessState, Queries, TaskList};
use serde::Serialize;

use crate::{Error, Kapok, ManualClock, Settings, clock::Clock, react};

/// A model that is being tried.
pub struct Simulation {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    instances: Vec<InstanceId>,
    told: BTreeMap<InstanceId, u64>,
    refused: bool,
}

/// One element transition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transition {
    /// When, on the virtual clock.
    pub at: Timestamp,
    /// The element's BPMN id; the process's for the case as a whole.
    pub element: String,
    /// The element's BPMN kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened: `activated`, `completed`, `cancelled`, `failed` …
    pub event: String,
    /// The case.
    pub instance: InstanceId,
    /// More about it.
    pub data: Value,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// `completed`, `active`, `incident` or `refused`.
    pub state: &'static str,
    /// The variables of the cases at their top.
    pub variables: BTreeMap<String, Value>,
    /// The ids of the elements that wait to be completed.
    pub tasks: Vec<String>,
    /// Where it is stuck, in words.
    pub incidents: Vec<Value>,
}

/// The name under which the input of a service task holds the code of the error it ends in.
const ERROR: &str = "$error";

/// Checks a model with no data folder: nothing is known about handlers, people or records.
pub fn check(xml: &str) -> Result<Vec<Diagnostic>, Error> {
    let settings = Settings {
        missing_handlers_are_unknown: true,
        ..Settings::default()
    };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let kapok = Kapok::builder().settings(settings).clock(clock).memory()?;
    Ok(crate::definitions::check(&kapok.shared, xml).diagnostics)
}

impl Simulation {
    /// Deploys a model on a clock that shows `start`. Answers the keys of its executable processes too.
    pub fn new(xml: &str, start: Timestamp) -> Result<(Self, Vec<String>), Error> {
        let settings = Settings {
            missing_handlers_are_unknown: true,
            ..Settings::default()
        };
        let clock = Arc::new(ManualClock::new(start));
        let kapok = Kapok::builder().settings(settings).clock(clock.clone()).memory()?;
        let deployed = kapok.deploy(xml)?;
        let keys = deployed
            .definitions
            .into_iter()
            .map(|definition| definition.key)
            .collect();
        Ok((
            Self {
                kapok,
                clock,
                instances: Vec::new(),
                told: BTreeMap::new(),
                refused: false,
            },
            keys,
        ))
    }

    /// Deploys decisions that the model's business rule tasks ask.
    pub fn deploy_decisions(&self, xml: &str) -> Result<(), Error> {
        self.kapok.deploy_decisions(xml)
    }

    /// Checks that all rows agree with each other.
    pub fn verify(&self) -> Result<crate::operate::Report, Error> {
        self.kapok.verify()
    }

    /// Whether a process can simply be started: it has a none start event, or no start event at all.
    pub fn can_start(&self, process: &str) -> bool {
        let latest = self.kapok.shared.definitions.all_latest();
        latest
            .iter()
            .filter(|(_, graph)| graph.key == process)
            .any(|(_, graph)| {
                let starts = graph.children(None).filter_map(|(_, node)| match &node.kind {
                    NodeKind::StartEvent(start) => Some(start.triggers.as_slice()),
                    _ => None,
                });
                let starts: Vec<_> = starts.collect();
                starts.iter().any(|triggers| triggers.is_empty())
                    || (starts.is_empty() && !graph.entries(None).is_empty())
            })
    }

    /// Starts a case.
    pub fn start(&mut self, process: &str, variables: BTreeMap<String, Value>) -> Result<(), Error> {
        let definition = self.kapok.latest(process)?;
        // A record trigger is started as if by a record; without a none start event that is the way in.
        let graph = kapok_process::Definitions::graph(&self.kapok.shared.definitions, definition);
        let start_event = graph.filter(|_| !self.can_start(process)).and_then(|graph| {
            graph
                .children(None)
                .find(|(_, node)| match &node.kind {
                    NodeKind::StartEvent(start) => matches!(start.triggers.as_slice(), [EventDefinition::Record(_)]),
                    _ => false,
                })
                .map(|(_, node)| node.id.clone())
        });
        let request = StartRequest {
            definition,
            start_event,
            variables,
            business_key: None,
            record: None,
            initiator: None,
        };
        let started = self.kapok.command(Command::Start(request));
        match self.kept(started)? {
            Answer::Started(instance) => self.instances.push(instance),
            Answer::Done => {}
        }
        self.settle()
    }

    /// Completes what waits at an element, by its BPMN id: a person's task, or a service task without a handler. In
    /// `input`, `decision` (`approve` or `reject`) and `comment` belong to an approval, `$error` is the code of an error
    /// that a service task ends in, the rest are variables; an approval without a decision is approved.
    pub fn complete(&mut self, element: &str, input: BTreeMap<String, Value>) -> Result<(), Error> {
        let command = self.completion(element, input)?;
        let done = self.kapok.command(command);
        self.kept(done)?;
        self.settle()
    }

    fn completion(&mut self, element: &str, mut input: BTreeMap<String, Value>) -> Result<Command, Error> {
        let view = self.kapok.shared.store.view();
        let viewing = self.kapok.viewing(&view);
        for instance in self.known()? {
            for task in viewing.queries.tasks(&TaskList::Of(instance), None, usize::MAX)?.items {
                if task.state != TaskState::Open {
                    continue;
                }
                let shown = viewing.task(task, None)?;
                if shown.element != element {
                    continue;
                }
                let mut decision = None;
                let mut comment = None;
                if shown.approval {
                    decision = Some(match input.remove("decision").as_ref().and_then(Value::as_text) {
                        Some("reject") => Decision::Reject,
                        _ => Decision::Approve,
                    });
                    comment = input
                        .remove("comment")
                        .and_then(|comment| comment.as_text().map(str::to_owned));
                }
                return Ok(Command::Complete {
                    task: shown.task.id,
                    decision,
                    comment,
                    variables: input,
                });
            }
        }
        let queries = &viewing.queries;
        let external = queries.all_external_jobs(usize::MAX)?;
        for job in queries.ready_jobs(usize::MAX)?.into_iter().chain(external) {
            let row = ProcessState::new(&view).element(job.instance, job.element);
            let row = row.map_err(|error| Error::Data(error.to_string()))?;
            let node = row.and_then(|row| {
                let instance = viewing.queries.instance(job.instance).ok()??;
                viewing
                    .graph(instance.definition)
                    .ok()?
                    .node(row.node)
                    .map(|node| node.id.clone())
            });
            if node.as_deref() == Some(element) {
                let outcome = match input.remove(ERROR) {
                    Some(code) => JobOutcome::Error {
                        code: code.as_text().map_or_else(|| code.to_string(), str::to_owned),
                        message: String::new(),
                        variables: input,
                    },
                    None => JobOutcome::Completed(input),
                };
                return Ok(Command::FinishJob { job: job.id, outcome });
            }
        }
        self.refused = true;
        Err(Error::not_found("待办", "open task"))
    }

    /// Lets time pass; timers fire at their moments, in order.
    pub fn advance(&mut self, duration: IsoDuration) -> Result<(), Error> {
        let target = duration.after(self.clock.now());
        while let Some(next) = Queries(&self.kapok.shared.store.view())
            .next_timer()?
            .filter(|next| *next <= target)
        {
            self.clock.move_to(next);
            react::fire_due_timers(&self.kapok.shared, &self.kapok.writer, self.clock.now())?;
            self.settle()?;
        }
        self.clock.move_to(target);
        Ok(())
    }

    /// Hands a message to whoever waits for it, or starts a case by it.
    pub fn message(&mut self, message: PublishedMessage) -> Result<(), Error> {
        let done = self.kapok.command(Command::Publish(message));
        self.kept(done)?;
        self.settle()
    }

    /// Tells a signal to everybody who waits for it.
    pub fn signal(&mut self, signal: &str, variables: BTreeMap<String, Value>) -> Result<(), Error> {
        let signal = signal.to_owned();
        let done = self.kapok.command(Command::Broadcast { signal, variables });
        self.kept(done)?;
        self.settle()
    }

    /// Runs the jobs that have a handler, and what is due at this very moment.
    fn settle(&mut self) -> Result<(), Error> {
        let (shared, writer) = (&self.kapok.shared, &self.kapok.writer);
        // A timer that is due again and again in one moment cannot be drawn; the bound is for what nobody thought of.
        for _ in 0..10_000 {
            let jobs = react::run_ready_jobs(shared, writer)?;
            let timers = react::fire_due_timers(shared, writer, self.clock.now())?;
            if !jobs && !timers {
                break;
            }
        }
        Ok(())
    }

    /// What happened since it was last asked.
    pub fn transitions(&mut self) -> Result<Vec<Transition>, Error> {
        let view = self.kapok.shared.store.view();
        let viewing = self.kapok.viewing(&view);
        let mut fresh: Vec<(u64, Transition)> = Vec::new();
        for id in self.known()? {
            let Some(instance) = viewing.queries.instance(id)? else {
                continue;
            };
            let graph = viewing.graph(instance.definition)?;
            let told = self.told.get(&id).copied().unwrap_or(0);
            let events = viewing.queries.events(id, usize::MAX)?;
            let parts = parts(&viewing.queries, id)?;
            for event in events.into_iter().filter(|event| event.sequence > told) {
                self.told.insert(id, event.sequence);
                let node = event.node.and_then(|node| graph.node(node));
                let (name, mut data) = described(&event.kind, &viewing.organisation);
                let part = event.element.and_then(|element| parts.get(&element));
                let part = part.copied().unwrap_or_default();
                if let (Part::Instance(number), Value::Null) = (part, &data) {
                    data = Value::from_iter([("loopCounter", i64::from(number))]);
                }
                let transition = Transition {
                    at: event.at,
                    element: node.map_or_else(|| graph.key.clone(), |node| node.id.clone()),
                    kind: node.map_or("process", |node| kind(node, part)).to_owned(),
                    event: name.to_owned(),
                    instance: id,
                    data,
                };
                fresh.push((event.sequence, transition));
            }
        }
        fresh.sort_by_key(|(sequence, _)| *sequence);
        Ok(fresh.into_iter().map(|(_, transition)| transition).collect())
    }

    /// How it stands.
    pub fn outcome(&self) -> Result<Outcome, Error> {
        let view = self.kapok.shared.store.view();
        let viewing = self.kapok.viewing(&view);
        let (mut variables, mut tasks, mut incidents) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut active = false;
        for id in self.known()? {
            let Some(instance) = viewing.queries.instance(id)? else {
                continue;
            };
            active |= instance.state == InstanceState::Active;
            // What a called case leaves behind was handed to the case that called it.
            if instance.caller.is_none() {
                variables.extend(self.kapok.variables(id)?);
            }
            for task in viewing.queries.tasks(&TaskList::Of(id), None, usize::MAX)?.items {
                if task.state == TaskState::Open {
                    tasks.push(viewing.task(task, None)?.element);
                }
            }
            for incident in viewing.queries.incidents_of(id, usize::MAX)? {
                let shown = viewing.incident(incident)?;
                incidents.push(Value::from_iter([
                    ("element", Value::from(shown.element)),
                    ("message", Value::from(shown.row.text.to_string())),
                ]));
            }
            let detail = viewing.detail(instance)?;
            let waiting_jobs = detail.elements.iter().filter(|element| {
                element.row.job.is_some() && element.row.incident.is_none() && element.row.left_at.is_none()
            });
            tasks.extend(waiting_jobs.map(|element| element.element.clone()));
        }
        let state = match (self.refused, incidents.is_empty(), active) {
            (true, ..) => "refused",
            (_, false, _) => "incident",
            (_, _, true) => "active",
            _ => "completed",
        };
        Ok(Outcome {
            state,
            variables,
            tasks,
            incidents,
        })
    }

    /// Every case, those that timers started included, in the order of their start.
    fn known(&self) -> Result<Vec<InstanceId>, Error> {
        let view = self.kapok.shared.store.view();
        let all = Queries(&view)
            .instances(&kapok_tables::InstanceList::All, None, usize::MAX)?
            .items;
        let ids: BTreeSet<InstanceId> = all.into_iter().map(|instance| instance.id).collect();
        Ok(ids.into_iter().collect())
    }

    fn kept<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.refused |= result.is_err();
        result
    }
}

/// Which part of a repeated activity each activation of a case is.
fn parts(queries: &Queries<'_>, instance: InstanceId) -> Result<BTreeMap<ElementInstanceId, Part>, Error> {
    let rows = queries.elements(instance, usize::MAX)?;
    Ok(rows.into_iter().map(|row| (row.id, row.part)).collect())
}

/// What a node is called in a trace. What holds the repetitions of an activity together has the name of its marker, so
/// that nobody takes it for one of them.
fn kind(node: &Node, part: Part) -> &'static str {
    match (part, node.activity.repeat.as_deref()) {
        (Part::Body(_), Some(Repeat::Loop { .. })) => "standardLoopCharacteristics",
        (Part::Body(_), Some(Repeat::Each(_))) => "multiInstanceLoopCharacteristics",
        _ => node.bpmn_name,
    }
}

/// The name of an event in a trace, and what more there is to say.
fn described(kind: &EventKind, organisation: &crate::organisation::Organisation) -> (&'static str, Value) {
    let person = |id: &kapok_protocol::PersonId| Value::from(organisation.name_of(*id));
    let one = |key: &str, value: Value| Value::from_iter([(key, value)]);
    match kind {
        EventKind::Started => ("started", Value::Null),
        EventKind::Ended(state) => {
            let state = match state {
                InstanceState::Active => "active",
                InstanceState::Completed => "completed",
                InstanceState::Rejected => "rejected",
                InstanceState::Cancelled => "cancelled",
            };
            ("ended", one("state", state.into()))
        }
        EventKind::Activated => ("activated", Value::Null),
        EventKind::Completed => ("completed", Value::Null),
        EventKind::Cancelled => ("cancelled", Value::Null),
        EventKind::Failed(code) => ("failed", one("code", code.as_str().into())),
        EventKind::Thrown(name) => ("thrown", one("name", name.as_str().into())),
        EventKind::TaskCreated { assignee, .. } => {
            ("task-created", one("assignee", assignee.as_ref().map(person).into()))
        }
        EventKind::TaskClaimed(_) => ("task-claimed", Value::Null),
        EventKind::TaskReleased(_) => ("task-released", Value::Null),
        EventKind::TaskCompleted { decision, comment, .. } => {
            let decision = decision.map(|decision| match decision {
                Decision::Approve => "approve",
                Decision::Reject => "reject",
            });
            let data = [
                ("decision", Value::from(decision)),
                ("comment", Value::from(comment.clone())),
            ];
            ("task-completed", Value::from_iter(data))
        }
        EventKind::Reminded { person: whom, .. } => ("reminded", one("person", person(whom))),
        EventKind::Urged { person: whom, .. } => ("urged", one("person", person(whom))),
        EventKind::Escalated { from, to, .. } => (
            "escalated",
            Value::from_iter([("from", Value::from(from.as_ref().map(person))), ("to", person(to))]),
        ),
        EventKind::Told { person: whom, .. } => ("told", one("person", person(whom))),
        EventKind::IncidentRaised(_) => ("incident", Value::Null),
        EventKind::IncidentRetried(_) => ("retried", Value::Null),
        EventKind::NobodyFound(_) => ("nobody-found", Value::Null),
        EventKind::CancelRequested(reason) => ("cancel-requested", one("reason", reason.as_str().into())),
    }
}
