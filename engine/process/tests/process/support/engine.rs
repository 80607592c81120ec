//! A whole engine for tests: rows in memory, a clock that is set by hand, and a history in one line.

use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};

use kapok_model::{CalledVersion, EventDefinition, NodeIndex, NodeKind, ProcessGraph};
use kapok_process::{
    Answer, Context, Definitions, Limits, Stop, decide,
    state::{ElementState, Event, EventKind, InstanceState, Task, TaskState, TimerKind, Work},
};
use kapok_protocol::{
    Command, Decision, DefinitionId, Effect, IncidentId, InstanceId, JobId, JobOutcome, Message, Principal,
    PublishedMessage, Refusal, StartRequest, TaskId, TimerId, Timestamp, Value,
};

use super::{
    company::{Company, login, person},
    drawing::{ENDS, process, user},
    evaluator::Tiny,
    invariants,
    state::Memory,
};

/// The versions that are deployed: the first has the id 1. All are the newest of their process, and of one file.
pub struct Deployed<'g>(pub &'g [Arc<ProcessGraph>]);

impl Deployed<'_> {
    fn all(&self) -> impl Iterator<Item = (DefinitionId, &Arc<ProcessGraph>)> {
        (1..).filter_map(DefinitionId::new).zip(self.0)
    }

    /// Where a trigger that is meant starts a case.
    fn starts(&self, meant: impl Fn(&EventDefinition) -> bool) -> Vec<(DefinitionId, NodeIndex)> {
        let mut found = Vec::new();
        for (definition, graph) in self.all() {
            for (index, node) in graph.children(None) {
                let behind_gateway = graph
                    .incoming(index)
                    .iter()
                    .any(|(_, flow)| graph.instantiates(flow.source));
                let triggers = match &node.kind {
                    NodeKind::StartEvent(start) => start.triggers.clone(),
                    NodeKind::IntermediateCatch(catch) if behind_gateway => catch.triggers.clone(),
                    NodeKind::ReceiveTask { message, instantiate } if *instantiate || behind_gateway => {
                        vec![EventDefinition::Message(message.clone())]
                    }
                    _ => continue,
                };
                if triggers.iter().any(&meant) {
                    found.push((definition, index));
                }
            }
        }
        found
    }
}

impl Definitions for Deployed<'_> {
    fn graph(&self, definition: DefinitionId) -> Option<Arc<ProcessGraph>> {
        self.all()
            .find(|(id, _)| *id == definition)
            .map(|(_, graph)| Arc::clone(graph))
    }

    fn called(&self, key: &str, _: &CalledVersion, _: DefinitionId) -> Option<DefinitionId> {
        self.all().find(|(_, graph)| graph.key == key).map(|(id, _)| id)
    }

    fn message_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        self.starts(
            |trigger| matches!(trigger, EventDefinition::Message(message) if message.name.literal() == Some(name)),
        )
    }

    fn signal_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        self.starts(|trigger| matches!(trigger, EventDefinition::Signal(signal) if signal.literal() == Some(name)))
    }
}

/// An hour, in milliseconds.
pub const HOUR: i64 = 3_600_000;

/// The definition that [`Engine::start`] starts.
pub const DEFINITION: DefinitionId = DefinitionId::new(1).unwrap();

#[derive(Clone)]
pub struct Engine {
    pub state: Memory,
    pub graphs: Vec<Arc<ProcessGraph>>,
    pub now: Timestamp,
    pub next_id: u64,
    pub limits: Limits,
    pub shorten: u32,
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
    /// Whether the rows are checked after each command.
    pub checks: bool,
    seen: usize,
}

/// Who acts: `""` is the engine itself.
pub fn actor(login: &str) -> Principal {
    if login.is_empty() {
        Principal::System
    } else {
        Principal::Person(person(login))
    }
}

/// An engine with one user task `u` that has these settings.
pub fn one_step(settings: &str) -> Engine {
    Engine::new(process(&(ENDS.to_owned() + &user("u", settings)), "s -> u; u -> e"))
}

impl Engine {
    pub fn new(graph: Arc<ProcessGraph>) -> Self {
        Self::with(vec![graph])
    }

    /// An engine with several processes, whose nodes have different ids.
    pub fn with(graphs: Vec<Arc<ProcessGraph>>) -> Self {
        Self {
            state: Memory::default(),
            graphs,
            now: Timestamp::from_millis(1_767_225_600_000), // 2026-01-01T00:00:00Z
            next_id: 100,
            limits: Limits::default(),
            shorten: 1,
            events: Vec::new(),
            effects: Vec::new(),
            checks: true,
            seen: 0,
        }
    }

    /// Carries out a command and checks afterwards that the rows make sense.
    pub fn command(&mut self, who: Principal, command: &Command) -> Result<Answer, Stop> {
        let definitions = Deployed(&self.graphs);
        let mut next_id = self.next_id;
        let mut ids = || {
            next_id += 1;
            NonZeroU64::new(next_id).expect("counted from 100")
        };
        let mut work = Work::new(&self.state);
        let mut context = context(self.now, who, &mut ids, &definitions, self.limits, self.shorten);
        let answer = decide(command, &mut work, &mut context)?;
        let changes = work.into_changes();
        self.next_id = next_id;
        self.events.extend(changes.events.iter().cloned());
        self.effects
            .extend(changes.effects.iter().map(|(_, _, effect)| effect.clone()));
        self.state.apply(changes);
        if self.checks {
            invariants::check(&self.state, &Deployed(&self.graphs));
        }
        Ok(answer)
    }

    /// The timers that a deployment starts.
    pub fn arm_start_timers(&mut self) {
        let definitions = Deployed(&self.graphs);
        let mut next_id = self.next_id;
        let mut ids = || {
            next_id += 1;
            NonZeroU64::new(next_id).expect("counted from 100")
        };
        for (definition, graph) in definitions.all() {
            let who = Principal::System;
            let mut context = context(self.now, who, &mut ids, &definitions, self.limits, self.shorten);
            let timers = kapok_process::arm_start_timers(definition, graph, &mut context).expect("good timers");
            self.state
                .timers
                .extend(timers.into_iter().map(|timer| (timer.id, timer)));
        }
        self.next_id = next_id;
    }

    /// A command that must be carried out.
    pub fn does(&mut self, who: &str, command: Command) -> Answer {
        self.command(actor(who), &command)
            .unwrap_or_else(|stop| panic!("{command:?}: {stop:?}"))
    }

    /// A command that must be refused.
    pub fn refuses(&mut self, who: &str, command: Command) -> Refusal {
        match self.command(actor(who), &command) {
            Err(Stop::Refused(refusal)) => {
                assert!(
                    !refusal.text.zh.is_empty() && !refusal.text.en.is_empty(),
                    "{refusal:?}"
                );
                refusal
            }
            other => panic!("{command:?} should be refused: {other:?}"),
        }
    }

    /// Starts a case as the engine itself, for Ann.
    pub fn start(&mut self, variables: &[(&str, Value)]) -> InstanceId {
        match self.does("", start(variables)) {
            Answer::Started(id) => id,
            Answer::Done => panic!("a start answers with its case"),
        }
    }

    /// Lets time pass; timers fire as it does, in order.
    pub fn advance(&mut self, millis: i64) {
        let end = self.now.plus_millis(millis);
        while let Some((due, timer)) = self.next_timer().filter(|(due, _)| *due <= end) {
            self.now = due.max(self.now);
            self.does("", Command::FireTimer(timer));
        }
        self.now = end;
    }

    pub fn next_timer(&self) -> Option<(Timestamp, TimerId)> {
        self.state.timers.values().map(|timer| (timer.due, timer.id)).min()
    }

    /// The open task at a node; of a person, when several have one.
    pub fn task(&self, node: &str, of: &str) -> TaskId {
        let found = self.open_tasks().find(|task| {
            self.node_in(task.instance, task.node) == node && (of.is_empty() || task.assignee == Some(person(of)))
        });
        found
            .unwrap_or_else(|| panic!("no open task at {node} of {of:?}: {:#?}", self.state.tasks))
            .id
    }

    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.state.tasks.values().filter(|task| task.state == TaskState::Open)
    }

    /// Completes the task a person has at a node, or that a group has, in which the person is.
    pub fn complete(&mut self, who: &str, node: &str, decision: Option<Decision>) -> Answer {
        let mine = self.open_tasks().any(|task| {
            self.node_in(task.instance, task.node) == node && !who.is_empty() && task.assignee == Some(person(who))
        });
        let task = self.task(node, if mine { who } else { "" });
        self.does(who, complete(task, decision))
    }

    /// The only job.
    pub fn job(&self) -> JobId {
        assert_eq!(self.state.jobs.len(), 1);
        *self.state.jobs.keys().next().expect("one job")
    }

    pub fn finish(&mut self, outcome: JobOutcome) {
        let job = self.job();
        self.does("", Command::FinishJob { job, outcome });
    }

    /// The only incident, and what it says.
    pub fn incident(&self) -> (IncidentId, String) {
        assert_eq!(self.state.incidents.len(), 1, "{:#?}", self.state.incidents);
        let incident = self.state.incidents.values().next().expect("one incident");
        (incident.id, incident.text.en.clone())
    }

    /// A variable of the case as a whole.
    pub fn variable(&self, instance: InstanceId, name: &str) -> Option<&Value> {
        self.state.variables.get(&(instance, None, name.to_owned()))
    }

    /// The cases that run, the oldest first.
    pub fn running(&self) -> Vec<InstanceId> {
        let cases = self.state.instances.values();
        cases
            .filter(|case| case.state == InstanceState::Active)
            .map(|case| case.id)
            .collect()
    }

    pub fn state_of(&self, instance: InstanceId) -> InstanceState {
        self.state.instances[&instance].state
    }

    /// The id of a node of the first process.
    pub fn node_id(&self, node: NodeIndex) -> &str {
        &self.graphs[0].node(node).expect("a node of the process").id
    }

    /// The id of a node in the process that a case runs.
    pub fn node_in(&self, case: InstanceId, node: NodeIndex) -> &str {
        let definition = self.state.instances[&case].definition;
        let graph = &self.graphs[definition.get() as usize - 1];
        &graph.node(node).expect("a node of the process").id
    }

    /// A message from outside.
    pub fn publish(&mut self, message: PublishedMessage) -> Answer {
        self.does("", Command::Publish(message))
    }

    /// A signal from outside.
    pub fn broadcast(&mut self, signal: &str) {
        let signal = signal.to_owned();
        self.does(
            "",
            Command::Broadcast {
                signal,
                variables: BTreeMap::new(),
            },
        );
    }

    /// What happened since it was last asked: `+a` entered, `-a` left, `xa` cancelled, `!a:code` failed, `?a` stuck;
    /// what was thrown as `a!M1`,
    /// to-dos as `a>ann`, the end as the state's name.
    pub fn trace(&mut self) -> String {
        let fresh: Vec<String> = self.events[self.seen..]
            .iter()
            .filter_map(|event| self.in_short(event))
            .collect();
        self.seen = self.events.len();
        fresh.join(" ")
    }

    fn in_short(&self, event: &Event) -> Option<String> {
        let node = event
            .node
            .map(|node| self.node_in(event.instance, node))
            .unwrap_or_default();
        Some(match &event.kind {
            EventKind::Started | EventKind::Told { .. } | EventKind::CancelRequested(_) => return None,
            EventKind::Ended(state) => format!("{state:?}"),
            EventKind::Activated => format!("+{node}"),
            EventKind::Completed => format!("-{node}"),
            EventKind::Cancelled => format!("x{node}"),
            EventKind::Failed(code) => format!("!{node}:{code}"),
            EventKind::Thrown(name) => format!("{node}!{name}"),
            EventKind::TaskCreated { assignee, .. } => format!("{node}>{}", assignee.map_or("group", login)),
            EventKind::NobodyFound(_) => format!("{node}>nobody"),
            EventKind::TaskClaimed(_) => format!("{node}=claimed"),
            EventKind::TaskReleased(_) => format!("{node}=released"),
            EventKind::TaskCompleted { decision, .. } => match decision {
                Some(decision) => format!("{node}={decision:?}"),
                None => format!("{node}=done"),
            },
            EventKind::Reminded { person, channels, .. } => format!("{node}~{}/{}", login(*person), channels.len()),
            EventKind::Urged { person, .. } => format!("{node}~urged:{}", login(*person)),
            EventKind::Escalated { to, .. } => format!("{node}^{}", login(*to)),
            EventKind::IncidentRaised(_) => format!("?{node}"),
            EventKind::IncidentRetried(_) => format!("retry:{node}"),
        })
    }

    /// Whom the effects since the last asking reach, and how: `page:ann`, `sms:bob`, `mail:boss`.
    pub fn told(&mut self) -> Vec<String> {
        self.effects
            .drain(..)
            .map(|effect| match effect {
                Effect::Page { to, .. } => format!("page:{}", login(to)),
                Effect::Send(Message::Sms(sms)) => format!("sms:{}", login(sms.to)),
                Effect::Send(Message::Mail(mail)) => format!("mail:{}", login(mail.to)),
            })
            .collect()
    }

    /// How many elements, tasks, timers, jobs and incidents are live.
    pub fn live(&self) -> [usize; 5] {
        let elements = self
            .state
            .elements
            .values()
            .filter(|row| row.state == ElementState::Active)
            .count();
        let timers = self
            .state
            .timers
            .values()
            .filter(|timer| !matches!(timer.kind, TimerKind::Start { .. }))
            .count();
        [
            elements,
            self.open_tasks().count(),
            timers,
            self.state.jobs.len(),
            self.state.incidents.len(),
        ]
    }
}

pub fn context<'a>(
    now: Timestamp,
    actor: Principal,
    ids: &'a mut dyn FnMut() -> NonZeroU64,
    definitions: &'a dyn Definitions,
    limits: Limits,
    shorten: u32,
) -> Context<'a> {
    Context {
        now,
        actor,
        ids,
        definitions,
        evaluator: &Tiny,
        directory: &Company,
        limits,
        shorten,
        utc_offset_minutes: 480,
    }
}

/// The command that starts a case for Ann.
pub fn start(variables: &[(&str, Value)]) -> Command {
    Command::Start(StartRequest {
        definition: DEFINITION,
        start_event: None,
        variables: map(variables),
        business_key: None,
        record: None,
        initiator: Some(person("ann")),
    })
}

/// The command that completes a task without a comment.
pub fn complete(task: TaskId, decision: Option<Decision>) -> Command {
    Command::Complete {
        task,
        decision,
        comment: None,
        variables: BTreeMap::new(),
    }
}

pub fn map(entries: &[(&str, Value)]) -> BTreeMap<String, Value> {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

/// A message of this name, with this key.
pub fn message(name: &str, key: Option<&str>) -> PublishedMessage {
    PublishedMessage {
        name: name.to_owned(),
        key: key.map(str::to_owned),
        ..PublishedMessage::default()
    }
}

/// The texts as a list.
pub fn list(items: &[&str]) -> Value {
    items.iter().map(|item| Value::from(*item)).collect::<Vec<_>>().into()
}
