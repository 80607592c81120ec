//! What can happen next, and what happens when it does.

use std::collections::BTreeMap;

use kapok_model::{FlowIndex, NodeIndex, NodeKind, SubProcess};
use kapok_protocol::Value;

use super::state::{Id, World};

/// What is done to the world from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A case of the process with this key begins.
    Start {
        /// Which process.
        process: String,
        /// The variables it begins with.
        variables: BTreeMap<String, Value>,
    },
    /// A user task or service task is done.
    Complete {
        /// Its element.
        element: String,
        /// Which one, when several wait there: in the order they began.
        nth: usize,
        /// What it gives.
        variables: BTreeMap<String, Value>,
    },
    /// A service task fails with an error that the model may catch.
    Throw {
        /// Its element.
        element: String,
        /// Which one, when several wait there.
        nth: usize,
        /// The error's code.
        code: String,
    },
    /// A message comes.
    Publish {
        /// Its name.
        name: String,
        /// For whom.
        key: Option<String>,
        /// What it carries.
        variables: BTreeMap<String, Value>,
    },
    /// A signal comes.
    Signal {
        /// Its name.
        name: String,
    },
    /// Time passes.
    Advance {
        /// How much.
        millis: i64,
    },
}

/// Why a command was not carried out; nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such process, or it cannot be started so.
    NoSuchProcess,
    /// Nothing waits there.
    NothingWaits,
    /// More than one waits for the message.
    Ambiguous,
    /// It went on for more steps than are allowed.
    TooManySteps,
}

/// Something that can happen next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The token of this age enters its node.
    Enter(usize),
    /// So many tokens before an activity are enough.
    EnterTogether(NodeIndex, Id),
    /// A gateway consumes a token from each of these flows.
    Open(NodeIndex, Id, Vec<FlowIndex>),
    /// A complex gateway is reset.
    Reset(NodeIndex, Id),
    /// A scope is over.
    Finish(Id),
    /// It is asked whether an ad-hoc sub-process is over, after one of its steps.
    Ask(Id),
    /// An ad-hoc sub-process in which nothing runs looks at what is next.
    AdHoc(Id),
    /// A repeated activity goes on.
    Repeat(Id),
    /// The condition that is armed with this age is looked at.
    Look(usize),
    /// The timer that is armed with this age fires.
    Fire(usize),
    /// The undoing of this age goes on.
    Undo(usize),
    /// The message at this position arrives, or is kept.
    Receive(usize),
    /// The signal at this position is told to everybody who waits for it.
    Tell(usize),
    /// An escalation comes out of a called case, to what is armed with this age.
    Escalate(usize),
    /// Time passes up to where it may.
    Wait,
}

/// After so many steps a command is given up: its model goes round in a circle.
const MOST_STEPS: usize = 2_000;

impl World {
    /// Carries out a command, and takes steps, the oldest first, until nothing more can happen.
    pub fn run(&mut self, command: &Command) -> Result<(), Refused> {
        self.run_by(command, |_| 0)
    }

    /// The same in another order: of so many steps that can be taken, `choose` says which is next.
    pub fn run_by(&mut self, command: &Command, mut choose: impl FnMut(usize) -> usize) -> Result<(), Refused> {
        self.begin(command)?;
        for _ in 0..MOST_STEPS {
            let enabled = self.enabled();
            if enabled.is_empty() {
                return Ok(());
            }
            let next = enabled[choose(enabled.len()) % enabled.len()].clone();
            self.step(&next);
        }
        Err(Refused::TooManySteps)
    }

    /// Does what a command itself does. What follows from it are steps.
    pub fn begin(&mut self, command: &Command) -> Result<(), Refused> {
        match command {
            Command::Start { process, variables } => self.start(process, variables),
            Command::Complete {
                element,
                nth,
                variables,
            } => {
                let id = self.waiting_at(element, *nth).ok_or(Refused::NothingWaits)?;
                self.finish_task(id, variables);
                Ok(())
            }
            Command::Throw { element, nth, code } => {
                let id = self.waiting_at(element, *nth).ok_or(Refused::NothingWaits)?;
                if !matches!(self.node_of(id).map(|node| &node.kind), Some(NodeKind::ServiceTask(_))) {
                    return Err(Refused::NothingWaits);
                }
                self.throw_error(id, code);
                Ok(())
            }
            Command::Publish { name, key, variables } => self.publish(name, key.as_deref(), variables),
            Command::Signal { name } => {
                self.signals.push(name.clone());
                Ok(())
            }
            Command::Advance { millis } => {
                self.until = self.now.saturating_add(*millis);
                Ok(())
            }
        }
    }

    /// What can happen next, in the order in which it became possible as far as that can be said: tokens by their age,
    /// then gateways, then what is over, then conditions; and timers only when nothing else is left.
    pub fn enabled(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for token in &self.tokens {
            if self.enters_alone(token) {
                steps.push(Step::Enter(token.age));
            }
        }
        steps.extend(self.gateways_that_open());
        for id in self.active() {
            if self.activations[id].incident.is_some() {
                continue;
            }
            match self.node_of(id).map(|node| &node.kind) {
                _ if self.activations[id].asks => steps.push(Step::Ask(id)),
                _ if self.has_repetition_to_do(id) => steps.push(Step::Repeat(id)),
                Some(NodeKind::SubProcess(SubProcess::AdHoc(_))) if self.activations[id].begun && self.is_idle(id) => {
                    steps.push(Step::AdHoc(id));
                }
                _ if self.activations[id].begun && self.is_idle(id) => steps.push(Step::Finish(id)),
                _ => {}
            }
        }
        steps.extend(self.undoings_that_go_on().map(Step::Undo));
        steps.extend(self.conditions_that_changed().into_iter().map(Step::Look));
        steps.extend(self.messages_that_arrive().into_iter().map(Step::Receive));
        steps.extend((0..self.signals.len()).map(Step::Tell));
        steps.extend(self.escalations.iter().copied().map(Step::Escalate));
        if steps.is_empty() {
            steps.extend(self.timers_that_are_next().into_iter().map(Step::Fire));
        }
        if steps.is_empty() && self.now < self.until {
            steps.push(Step::Wait);
        }
        steps
    }

    /// Takes a step that [`World::enabled`] names.
    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Enter(age) => {
                let Some(at) = self.tokens.iter().position(|token| token.age == *age) else {
                    return;
                };
                let token = self.tokens.remove(at);
                self.enter(token.node, token.scope, token.cause.into_iter().collect());
            }
            Step::EnterTogether(node, scope) => self.enter_together(*node, *scope),
            Step::Open(node, scope, flows) => self.open(*node, *scope, flows),
            Step::Reset(node, scope) => self.reset(*node, *scope),
            Step::Finish(id) => self.finish_scope(*id),
            Step::Ask(id) => self.ask_ad_hoc(*id),
            Step::AdHoc(id) => self.go_on_ad_hoc(*id),
            Step::Repeat(id) => self.go_on_repeating(*id),
            Step::Look(age) => self.look_at_condition(*age),
            Step::Fire(age) => self.fire(*age),
            Step::Undo(age) => self.go_on_undoing(*age),
            Step::Receive(at) => self.receive(*at),
            Step::Tell(at) => {
                let name = self.signals.remove(*at);
                self.broadcast(&name);
            }
            Step::Escalate(age) => {
                self.escalations.retain(|it| it != age);
                self.occur(*age, &BTreeMap::new());
            }
            Step::Wait => self.now = self.until,
        }
    }

    /// The `nth` user or service task that waits at an element.
    fn waiting_at(&self, element: &str, nth: usize) -> Option<Id> {
        self.waiting()
            .into_iter()
            .filter(|(id, _)| id == element)
            .nth(nth)
            .map(|(_, id)| id)
    }

    /// The user and service tasks that wait for somebody to do them, in the order they began.
    pub fn waiting(&self) -> Vec<(String, Id)> {
        let waits = |id: Id| {
            let node = self.node_of(id)?;
            let plain = self.is_instance(id) || node.activity.repeat.is_none();
            (matches!(node.kind, NodeKind::UserTask(_) | NodeKind::ServiceTask(_))
                && plain
                && self.activations[id].incident.is_none())
            .then(|| (node.id.clone(), id))
        };
        self.active().filter_map(waits).collect()
    }

    /// Whether nothing will ever happen again, though a case is not over: tokens wait for each other.
    pub fn is_deadlocked(&self) -> bool {
        self.enabled().is_empty()
            && self.armed.is_empty()
            && self.waiting().is_empty()
            && self.active().next().is_some()
            && !self.active().any(|id| self.activations[id].incident.is_some())
    }

    /// Whether a task that waits is a service task, which can fail with an error.
    pub fn can_throw(&self, id: Id) -> bool {
        matches!(self.node_of(id).map(|node| &node.kind), Some(NodeKind::ServiceTask(_)))
    }
}
