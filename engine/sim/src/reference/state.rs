//! The whole state, as plainly as it can be said.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{FlowIndex, Node, NodeIndex, ProcessGraph};
use kapok_protocol::Value;

/// Which activation: its position among all there ever were.
pub type Id = usize;

/// Everything there is.
#[derive(Debug, Clone)]
pub struct World {
    pub(super) graphs: Vec<Arc<ProcessGraph>>,
    /// Milliseconds since the world began.
    pub(super) now: i64,
    /// Up to when time may pass.
    pub(super) until: i64,
    /// Counts everything that has an age: tokens, what is armed, completions.
    pub(super) clock: usize,
    pub(super) activations: Vec<Activation>,
    pub(super) tokens: Vec<Token>,
    pub(super) armed: Vec<Armed>,
    pub(super) kept: Vec<Kept>,
    pub(super) undoings: Vec<Undoing>,
    /// Complex gateways that have opened and wait for reset, and the flows from which they took a token then.
    pub(super) opened: BTreeMap<(Id, NodeIndex), (Id, Vec<FlowIndex>)>,
    /// Signals under way.
    pub(super) signals: Vec<String>,
    /// Escalations on their way out of a called case: what catches each, by its age.
    pub(super) escalations: Vec<usize>,
    pub(super) trace: Vec<Event>,
}

/// One activation of a node, or a case as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Activation {
    /// Which graph it belongs to.
    pub(super) graph: usize,
    /// Its node; `None`: it is a case.
    pub(super) node: Option<NodeIndex>,
    /// What it is in: a sub-process, the case, the activity whose instance it is. `None` for a case.
    pub(super) scope: Option<Id>,
    /// For a called case: the call activity.
    pub(super) called_by: Option<Id>,
    /// The number of an instance of a repeated activity, from 1.
    pub(super) counter: Option<usize>,
    pub(super) life: Life,
    /// What is its own: inputs, locals, the item of an instance.
    pub(super) variables: BTreeMap<String, Value>,
    /// The activations whose tokens it consumed.
    pub(super) causes: Vec<Id>,
    /// Whether it is stuck until somebody repairs it.
    pub(super) incident: Option<String>,
    /// When it completed, by [`World::clock`].
    pub(super) completed_at: Option<usize>,
    /// Whether it was undone.
    pub(super) undone: bool,
    /// What a repeated activity still has to do.
    pub(super) repetition: Option<Repetition>,
    /// Whether its inside has begun, so that it can be over: sub-processes and cases.
    pub(super) begun: bool,
    /// A throw event whose tokens have left, and that stays until what it undoes is undone.
    pub(super) left: bool,
    /// An ad-hoc sub-process in which nothing new begins.
    pub(super) closing: bool,
    /// An ad-hoc sub-process in which a step was done: it has to be asked whether that was enough.
    pub(super) asks: bool,
    /// The steps an ad-hoc sub-process in sequence has not offered yet.
    pub(super) offered: Vec<NodeIndex>,
    /// For a case: the key by which messages find it.
    pub(super) case_key: Option<String>,
}

/// How far an activation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It is going on.
    Active,
    /// It did what it should.
    Completed,
    /// It was ended.
    Cancelled,
}

/// A repeated activity's plan.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Repetition {
    /// How many instances were planned; unknown for a loop.
    pub(super) planned: usize,
    /// How many were begun.
    pub(super) begun: usize,
    /// What each is about.
    pub(super) items: Option<Vec<Value>>,
    /// What each gave, by its number.
    pub(super) results: BTreeMap<usize, Value>,
}

/// A token on a flow: under way, or waiting before a gateway or an activity that needs several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) age: usize,
    pub(super) node: NodeIndex,
    pub(super) flow: Option<FlowIndex>,
    pub(super) scope: Id,
    pub(super) cause: Option<Id>,
}

/// Something that is waited for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Armed {
    pub(super) age: usize,
    /// Who waits: the event itself, a gateway before it, the activity under a boundary event, the scope of an event
    /// sub-process.
    pub(super) owner: Id,
    /// The event, or the receive task.
    pub(super) event: NodeIndex,
    pub(super) wait: Wait,
    /// For an event that needs all of several: whether this one has happened.
    pub(super) happened: bool,
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wait {
    Message {
        name: String,
        key: Option<String>,
    },
    /// When, and how often again, after how long each time.
    Timer {
        due: i64,
        again: Option<(Option<u32>, i64)>,
    },
    Signal(String),
    Error(Option<String>),
    Escalation(Option<String>),
    Condition {
        text: String,
        /// Whether it held when it was last looked at.
        held: bool,
    },
    Cancel,
}

/// A message under way, or kept because nobody waited for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) key: Option<String>,
    pub(super) variables: BTreeMap<String, Value>,
    /// The process and node it is addressed to.
    pub(super) to: Option<(String, Option<String>)>,
    /// Whether it is still under way.
    pub(super) fresh: bool,
}

/// Completed activations that are being undone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Undoing {
    pub(super) age: usize,
    /// The event that throws it, and is complete when all is undone.
    pub(super) thrower: Id,
    /// What is left, the next one last.
    pub(super) left: Vec<Id>,
    /// The handler that runs.
    pub(super) running: Option<Id>,
}

/// Something that happened, in the words that the engine has for it too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The BPMN id of the element.
    pub element: String,
    /// What happened to it.
    pub what: What,
    /// Whether it is about one instance of a repeated activity, and not the activity as a whole.
    pub instance: bool,
    /// The elements whose tokens an activation consumed, in order of their ids.
    pub causes: Vec<String>,
}

/// What happened to an element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It began.
    Activated,
    /// It did what it should.
    Completed,
    /// It was ended.
    Cancelled,
    /// It failed with this code.
    Failed(String),
    /// It is stuck.
    Incident,
}

/// What has become of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It goes on.
    Active,
    /// It is over.
    Completed,
    /// It was ended from outside.
    Cancelled,
    /// Something in it is stuck.
    Incident,
}

impl World {
    /// A world with these processes and no case.
    pub fn new(graphs: Vec<Arc<ProcessGraph>>) -> Self {
        Self {
            graphs,
            now: 0,
            until: 0,
            clock: 0,
            activations: Vec::new(),
            tokens: Vec::new(),
            armed: Vec::new(),
            kept: Vec::new(),
            undoings: Vec::new(),
            opened: BTreeMap::new(),
            signals: Vec::new(),
            escalations: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// All that happened so far.
    pub fn trace(&self) -> &[Event] {
        &self.trace
    }

    /// Forgets what happened so far.
    pub fn clear_trace(&mut self) {
        self.trace.clear();
    }

    /// Milliseconds since the world began.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The cases that nobody called, in the order they began.
    pub fn cases(&self) -> Vec<Id> {
        (0..self.activations.len())
            .filter(|id| self.activations[*id].node.is_none() && self.activations[*id].called_by.is_none())
            .collect()
    }

    /// What has become of a case.
    pub fn outcome(&self, case: Id) -> Outcome {
        match self.activations[case].life {
            Life::Completed => Outcome::Completed,
            Life::Cancelled => Outcome::Cancelled,
            Life::Active if self.stuck_in(case) => Outcome::Incident,
            Life::Active => Outcome::Active,
        }
    }

    /// The variables of a case as a whole.
    pub fn variables_of(&self, case: Id) -> &BTreeMap<String, Value> {
        &self.activations[case].variables
    }

    /// What is stuck: each element with the reason.
    pub fn incidents(&self) -> Vec<(String, String)> {
        let stuck = |id: Id| {
            let element = self.node_of(id).map_or_else(String::new, |node| node.id.clone());
            self.activations[id].incident.clone().map(|text| (element, text))
        };
        self.active().filter_map(stuck).collect()
    }

    /// The elements that are active in a case and in the cases it called, in order of their ids.
    pub fn active_in(&self, case: Id) -> Vec<String> {
        let mut ids: Vec<String> = self
            .active()
            .filter(|id| self.outermost_case(*id) == case)
            .filter_map(|id| self.node_of(id).map(|node| node.id.clone()))
            .collect();
        ids.sort();
        ids
    }

    fn stuck_in(&self, case: Id) -> bool {
        self.active()
            .any(|id| self.activations[id].incident.is_some() && self.outermost_case(id) == case)
    }

    fn outermost_case(&self, id: Id) -> Id {
        let case = self.case_of(id);
        self.activations[case]
            .called_by
            .map_or(case, |caller| self.outermost_case(caller))
    }

    /// The activations that are going on, in the order they began.
    pub(super) fn active(&self) -> impl Iterator<Item = Id> + '_ {
        (0..self.activations.len()).filter(|id| self.is_active(*id))
    }

    pub(super) fn is_active(&self, id: Id) -> bool {
        self.activations[id].life == Life::Active
    }

    /// The graph an activation belongs to.
    pub(super) fn graph_of(&self, id: Id) -> Arc<ProcessGraph> {
        Arc::clone(&self.graphs[self.activations[id].graph])
    }

    /// The node of an activation; `None` for a case.
    pub(super) fn node_of(&self, id: Id) -> Option<&Node> {
        let activation = &self.activations[id];
        self.graphs[activation.graph].node(activation.node?)
    }

    /// The case an activation belongs to.
    pub(super) fn case_of(&self, id: Id) -> Id {
        self.activations[id].scope.map_or(id, |scope| self.case_of(scope))
    }

    /// Everything directly in an activation, whatever has become of it.
    pub(super) fn children(&self, of: Id) -> Vec<Id> {
        (0..self.activations.len())
            .filter(|id| self.activations[*id].scope == Some(of) || self.activations[*id].called_by == Some(of))
            .collect()
    }

    /// Whether something is going on in an activation, however deep: handlers undo things in scopes that are over.
    pub(super) fn is_something_live_in(&self, id: Id) -> bool {
        self.children(id)
            .into_iter()
            .any(|child| self.is_active(child) || self.is_something_live_in(child))
    }

    /// Whether an activation is one instance of a repeated activity.
    pub(super) fn is_instance(&self, id: Id) -> bool {
        self.activations[id].counter.is_some()
    }

    pub(super) fn tick(&mut self) -> usize {
        self.clock += 1;
        self.clock
    }

    pub(super) fn log(&mut self, id: Id, what: What) {
        let Some(element) = self.node_of(id).map(|node| node.id.clone()) else {
            return;
        };
        let causes = match what {
            What::Activated => self.activations[id].causes.clone(),
            _ => Vec::new(),
        };
        let mut causes: Vec<String> = causes
            .into_iter()
            .filter_map(|cause| self.node_of(cause).map(|node| node.id.clone()))
            .collect();
        causes.sort();
        self.trace.push(Event {
            element,
            what,
            instance: self.is_instance(id),
            causes,
        });
    }

    /// Marks an activation as stuck.
    pub(super) fn incident(&mut self, id: Id, text: impl Into<String>) {
        self.activations[id].incident = Some(text.into());
        self.log(id, What::Incident);
    }
}
