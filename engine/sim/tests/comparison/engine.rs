//! The real engine on rows in memory, told what to do in the reference's words.

use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};

use kapok_model::{NodeKind, ProcessGraph};
use kapok_process::{
    Context, Limits, Stop, decide,
    state::{ElementInstance, ElementState, EventKind, InstanceState, Part, TaskState, Work},
};
use kapok_protocol::{
    Command as Asked, InstanceId, JobOutcome, Principal, PublishedMessage, StartRequest, Timestamp, Value,
};
use kapok_sim::reference::{self, Command, Event, Outcome, Picture, What};

use super::{
    memory::Memory,
    ports::{Deployed, Expressions, Nobody},
};

/// When the world begins: 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600_000;

/// What was carried out: when, what, and with which ids.
pub type Done = (i64, Asked, u64);

pub struct Engine {
    pub state: Memory,
    deployed: Deployed,
    now: i64,
    next_id: u64,
    log: Vec<kapok_process::state::Event>,
    /// Everything that was carried out.
    pub done: Vec<Done>,
    /// What can never be, and was.
    pub broken: Option<String>,
}

impl Engine {
    pub fn new(graphs: Vec<Arc<ProcessGraph>>) -> Self {
        Self {
            state: Memory::default(),
            deployed: Deployed(graphs),
            now: BEGINNING,
            next_id: 100,
            log: Vec::new(),
            done: Vec::new(),
            broken: None,
        }
    }

    /// Carries out a command; answers with what happened, or nothing when it was refused.
    pub fn run(&mut self, command: &Command) -> Option<Vec<Event>> {
        let from = self.log.len();
        match command {
            Command::Start { process, variables } => {
                let at = self.deployed.0.iter().position(|graph| graph.key == *process)?;
                self.ask(Asked::Start(StartRequest {
                    definition: Deployed::id(at),
                    start_event: None,
                    variables: variables.clone(),
                    business_key: None,
                    record: None,
                    initiator: None,
                }))?;
            }
            Command::Complete {
                element,
                nth,
                variables,
            } => {
                let row = self.waiting(element, *nth)?;
                let asked = match row.job {
                    Some(job) => Asked::FinishJob {
                        job,
                        outcome: JobOutcome::Completed(variables.clone()),
                    },
                    None => {
                        let open = |task: &&kapok_process::state::Task| {
                            task.element == row.id && task.state == TaskState::Open
                        };
                        Asked::Complete {
                            task: self.state.tasks.values().find(open)?.id,
                            decision: None,
                            comment: None,
                            variables: variables.clone(),
                        }
                    }
                };
                self.ask(asked)?;
            }
            Command::Throw { element, nth, code } => {
                let job = self.waiting(element, *nth)?.job?;
                self.ask(Asked::FinishJob {
                    job,
                    outcome: JobOutcome::Error {
                        code: code.clone(),
                        message: String::new(),
                        variables: Default::default(),
                    },
                })?;
            }
            Command::Publish { name, key, variables } => self.ask(Asked::Publish(PublishedMessage {
                name: name.clone(),
                key: key.clone(),
                variables: variables.clone(),
                ttl_millis: None,
            }))?,
            Command::Signal { name } => self.ask(Asked::Broadcast {
                signal: name.clone(),
                variables: BTreeMap::new(),
            })?,
            Command::Advance { millis } => self.advance(*millis),
        }
        Some(self.events(from))
    }

    /// Time passes; timers fire as it does, in order.
    fn advance(&mut self, millis: i64) {
        let end = self.now + millis;
        while let Some((due, id)) = self
            .state
            .timers
            .values()
            .map(|timer| (timer.due.millis(), timer.id))
            .min()
            && due <= end
        {
            self.now = self.now.max(due);
            if self.ask(Asked::FireTimer(id)).is_none() {
                self.broken.get_or_insert(format!("a timer that cannot fire: {id}"));
                return;
            }
        }
        self.now = end;
    }

    fn ask(&mut self, asked: Asked) -> Option<()> {
        let mut work = Work::new(&self.state);
        let mut next_id = self.next_id;
        let decided = decide_at(self.now, &asked, &mut work, &self.deployed, &mut next_id);
        match decided {
            Err(Stop::Refused(_)) => return None,
            Err(Stop::State(error)) => {
                self.broken = Some(format!("{asked:?}: {error}"));
                return None;
            }
            Ok(()) => {}
        }
        let changes = work.into_changes();
        self.done.push((self.now, asked, self.next_id));
        self.next_id = next_id;
        self.log.extend(changes.events.iter().cloned());
        self.state.apply(changes);
        Some(())
    }

    /// Carries everything out again on one working set, as if nothing were ever stored in between.
    pub fn without_restarts(&self) -> Memory {
        let nothing = Memory::default();
        let mut work = Work::new(&nothing);
        for (now, asked, first_id) in &self.done {
            let mut next_id = *first_id;
            let again = decide_at(*now, asked, &mut work, &self.deployed, &mut next_id);
            assert!(again.is_ok(), "{asked:?} was carried out before: {again:?}");
        }
        let mut memory = Memory::default();
        memory.apply(work.into_changes());
        memory
    }

    /// The `nth` user or service task that waits at an element.
    fn waiting(&self, element: &str, nth: usize) -> Option<&ElementInstance> {
        let waits = |row: &&ElementInstance| {
            let (id, kind) = self.node(row);
            row.state == ElementState::Active
                && row.incident.is_none()
                && !matches!(row.part, Part::Body(_))
                && id == element
                && matches!(kind, NodeKind::UserTask(_) | NodeKind::ServiceTask(_))
        };
        let mut rows: Vec<_> = self.state.elements.values().filter(waits).collect();
        rows.sort_by_key(|row| row.id);
        rows.get(nth).copied()
    }

    fn graph(&self, instance: InstanceId) -> &ProcessGraph {
        let definition = self.state.instances[&instance].definition;
        &self.deployed.0[definition.get() as usize - 1]
    }

    fn node(&self, row: &ElementInstance) -> (&str, &NodeKind) {
        let node = self.graph(row.instance).node(row.node).expect("a node");
        (&node.id, &node.kind)
    }

    /// What happened from some place in the log on, in the reference's words.
    fn events(&self, from: usize) -> Vec<Event> {
        let translated = self.log[from..].iter().filter_map(|event| {
            let what = match &event.kind {
                EventKind::Activated => What::Activated,
                EventKind::Completed => What::Completed,
                EventKind::Cancelled => What::Cancelled,
                EventKind::Failed(code) => What::Failed(code.clone()),
                EventKind::IncidentRaised(_) => What::Incident,
                _ => return None,
            };
            let row = &self.state.elements[&(event.instance, event.element?)];
            Some(Event {
                element: self.node(row).0.to_owned(),
                what,
                instance: matches!(row.part, Part::Instance(_)),
                causes: Vec::new(),
            })
        });
        translated.collect()
    }

    /// How things are now.
    pub fn picture(&self) -> Picture {
        let stuck: Vec<InstanceId> = self
            .state
            .incidents
            .values()
            .map(|incident| self.outermost(incident.instance))
            .collect();
        let cases = self.state.instances.values().filter(|case| case.caller.is_none());
        let cases = cases.map(|case| {
            let outcome = match case.state {
                InstanceState::Active if stuck.contains(&case.id) => Outcome::Incident,
                InstanceState::Active => Outcome::Active,
                InstanceState::Completed => Outcome::Completed,
                _ => Outcome::Cancelled,
            };
            let own = |key: &(InstanceId, Option<_>, String)| key.0 == case.id && key.1.is_none();
            let variables: BTreeMap<String, Value> = self
                .state
                .variables
                .iter()
                .filter(|(key, _)| own(key))
                .map(|((.., name), value)| (name.clone(), value.clone()))
                .collect();
            (outcome, variables)
        });
        let cases = cases.collect();
        let live = self
            .state
            .elements
            .values()
            .filter(|row| row.state == ElementState::Active);
        let mut active: Vec<String> = live
            .map(|row| (self.graph(row.instance), self.node(row).0))
            .filter(|(graph, element)| !reference::gathers(graph, element))
            .map(|(_, element)| element.to_owned())
            .collect();
        active.sort();
        Picture { cases, active }
    }

    fn outermost(&self, instance: InstanceId) -> InstanceId {
        match self.state.instances[&instance].caller {
            Some((caller, _)) => self.outermost(caller),
            None => instance,
        }
    }
}

fn decide_at(now: i64, asked: &Asked, work: &mut Work<'_>, deployed: &Deployed, next_id: &mut u64) -> Result<(), Stop> {
    let mut ids = || {
        *next_id += 1;
        NonZeroU64::new(*next_id).expect("counted from 100")
    };
    let mut context = Context {
        now: Timestamp::from_millis(now),
        actor: Principal::System,
        ids: &mut ids,
        definitions: deployed,
        evaluator: &Expressions,
        directory: &Nobody,
        limits: Limits::default(),
        shorten: 1,
        utc_offset_minutes: 0,
    };
    decide(asked, work, &mut context).map(drop)
}
