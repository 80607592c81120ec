//! The rows.

use std::collections::BTreeMap;

use kapok_model::{FlowIndex, NodeIndex};
use kapok_protocol::{
    Decision, DefinitionId, ElementInstanceId, IncidentId, InstanceId, JobId, PersonId, Principal, RecordRef,
    SubscriptionId, TaskId, TimerId, Timestamp, Value,
};

use super::waiting::Undoing;

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// The version of the process that it runs, from its first step to its last.
    pub definition: DefinitionId,
    /// Where it stands.
    pub state: InstanceState,
    /// What it is called in lists.
    pub title: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// For whom it was started.
    pub initiator: Option<PersonId>,
    /// The caller's own name for it.
    pub business_key: Option<String>,
    /// The record it is about.
    pub record: Option<RecordRef>,
    /// How many triggers led here, one starting the next; bounded, so that two processes cannot feed each other for ever.
    pub depth: u32,
    /// How many elements were activated; bounded, so that a process that spins becomes an incident.
    pub activations: u64,
    /// How many elements are live at its top; the case is over when none is.
    pub live_children: u32,
    /// What gathers tokens at its top, by node.
    pub joins: Vec<(NodeIndex, ElementInstanceId)>,
    /// The case and the call activity that called it.
    pub caller: Option<(InstanceId, ElementInstanceId)>,
    /// The case whose message or signal started it.
    pub correspondent: Option<InstanceId>,
    /// Running timers of event sub-processes at its top.
    pub timers: Vec<TimerId>,
    /// What event sub-processes at its top wait for.
    pub subscriptions: Vec<SubscriptionId>,
    /// How many conditions the case waits for: whether a changed variable matters.
    pub conditions: u32,
    /// Whether an interrupting event sub-process at its top has begun, so that no other one may.
    pub interrupted: bool,
    /// How many event sub-processes run at its top.
    pub handling: u32,
    /// Whether it has had rows that are of use only while it goes on: items, counts of tokens, what can be undone. The first
    /// version did not note it.
    pub side_rows: Option<bool>,
}

impl Instance {
    /// A fresh case.
    pub fn new(id: InstanceId, definition: DefinitionId, now: Timestamp) -> Self {
        Self {
            id,
            definition,
            state: InstanceState::Active,
            title: String::new(),
            started_at: now,
            ended_at: None,
            initiator: None,
            business_key: None,
            record: None,
            depth: 0,
            activations: 0,
            live_children: 0,
            joins: Vec::new(),
            caller: None,
            correspondent: None,
            timers: Vec::new(),
            subscriptions: Vec::new(),
            conditions: 0,
            interrupted: false,
            handling: 0,
            side_rows: Some(false),
        }
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstanceState {
    /// It runs, or waits.
    Active,
    /// It came to its end.
    Completed,
    /// An approval was refused, and nothing was drawn for that.
    Rejected,
    /// It was ended from outside.
    Cancelled,
}

/// One activation of one element.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementInstance {
    /// Its id; within an instance, later activations have larger ids.
    pub id: ElementInstanceId,
    /// The case.
    pub instance: InstanceId,
    /// Which element.
    pub node: NodeIndex,
    /// The sub-process instance it runs in; `None` at the top.
    pub scope: Option<ElementInstanceId>,
    /// Where it stands.
    pub state: ElementState,
    /// When it was activated.
    pub entered_at: Timestamp,
    /// When it was completed or cancelled.
    pub left_at: Option<Timestamp>,
    /// The activations whose tokens it consumed.
    pub causes: Vec<ElementInstanceId>,
    /// Tokens waiting at a parallel join.
    pub arrivals: Vec<Arrival>,
    /// How many elements in it are live, when others run in it.
    pub live_children: u32,
    /// What gathers tokens in it, by node, when it is a sub-process.
    pub joins: Vec<(NodeIndex, ElementInstanceId)>,
    /// Which part of a repeated activity it is.
    pub part: Part,
    /// Whether it has variables of its own.
    pub has_variables: bool,
    /// Whose variables it sees, when those are not of the scope it runs in: what is undone sees what was done.
    pub sees: Option<ElementInstanceId>,
    /// Whether its work is done and it only has to leave.
    pub leaving: bool,
    /// Whether its results were handed over.
    pub handed_over: bool,
    /// Whether its tokens have left while it still has something to wait for.
    pub left: bool,
    /// Whether nothing new may begin in it: an interrupting event sub-process has begun, or an ad-hoc one is over.
    pub closing: bool,
    /// What it still undoes, the innermost scope last.
    pub undoing: Vec<Undoing>,
    /// Flows whose tokens opened a complex gateway, while it waits for the others.
    pub opened_by: Vec<FlowIndex>,
    /// How many event sub-processes run in it.
    pub handling: u32,
    /// Steps of a sequential ad-hoc sub-process that are still to be offered.
    pub offered: Vec<NodeIndex>,
    /// What it waits for.
    pub subscriptions: Vec<SubscriptionId>,
    /// The case it called.
    pub called: Option<InstanceId>,
    /// Its open tasks.
    pub tasks: Vec<TaskId>,
    /// Its running timers, those of its boundary events included; those of its tasks are listed there.
    pub timers: Vec<TimerId>,
    /// Its job.
    pub job: Option<JobId>,
    /// The incident it is stuck in.
    pub incident: Option<IncidentId>,
}

impl ElementInstance {
    /// A fresh activation.
    pub fn new(
        id: ElementInstanceId,
        instance: InstanceId,
        node: NodeIndex,
        scope: Option<ElementInstanceId>,
        causes: Vec<ElementInstanceId>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            instance,
            node,
            scope,
            state: ElementState::Active,
            entered_at: now,
            left_at: None,
            causes,
            arrivals: Vec::new(),
            live_children: 0,
            joins: Vec::new(),
            part: Part::Whole,
            has_variables: false,
            sees: None,
            leaving: false,
            handed_over: false,
            left: false,
            closing: false,
            undoing: Vec::new(),
            opened_by: Vec::new(),
            handling: 0,
            offered: Vec::new(),
            subscriptions: Vec::new(),
            called: None,
            tasks: Vec::new(),
            timers: Vec::new(),
            job: None,
            incident: None,
        }
    }
}

/// Which part of a repeated activity an activation is (BPMN 2.0.2, 13.3.6, 13.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The whole of an activity that is done once, and every event and gateway.
    #[default]
    Whole,
    /// What holds the repetitions of an activity together.
    Body(Repetition),
    /// One repetition; its number, from 1.
    Instance(u32),
}

/// How far a repeated activity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repetition {
    /// How many there will be; `None` for a loop, which is asked each time.
    pub total: Option<u32>,
    /// How many have begun.
    pub started: u32,
    /// How many are done.
    pub completed: u32,
    /// How many were ended because the others sufficed.
    pub terminated: u32,
}

impl Repetition {
    /// How many run.
    pub fn active(&self) -> u32 {
        self.started
            .saturating_sub(self.completed)
            .saturating_sub(self.terminated)
    }
}

/// Where an activation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ElementState {
    /// It is running or waiting.
    Active,
    /// It is done; its token went on.
    Completed,
    /// It was ended by something else.
    Cancelled,
}

/// A token that waits where tokens are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The flow it came by, by ordinal.
    pub flow: FlowIndex,
    /// The activation that sent it.
    pub cause: ElementInstanceId,
}

/// Somebody who could take a task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Candidate {
    /// Everybody in a role, as it is when they look.
    Role(String),
    /// Everybody in a department.
    Department(String),
}

/// A to-do of one person, or of a group until one of them claims it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The case.
    pub instance: InstanceId,
    /// The version of the process.
    pub definition: DefinitionId,
    /// The activation it belongs to.
    pub element: ElementInstanceId,
    /// The user task, by ordinal.
    pub node: NodeIndex,
    /// Who has it.
    pub assignee: Option<PersonId>,
    /// Who could take it while nobody has it.
    pub candidates: Vec<Candidate>,
    /// Where it stands.
    pub state: TaskState,
    /// When it came.
    pub created_at: Timestamp,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// Who had it before it was escalated.
    pub escalated_from: Option<PersonId>,
    /// The running timers of its reminder ladder.
    pub timers: Vec<TimerId>,
    /// How many reminders it has had.
    pub reminders: u32,
    /// When somebody last urged it.
    pub urged_at: Option<Timestamp>,
    /// When it was finished or cancelled.
    pub ended_at: Option<Timestamp>,
    /// Who finished it.
    pub completed_by: Option<PersonId>,
    /// How it was decided.
    pub decision: Option<Decision>,
    /// What was said.
    pub comment: Option<String>,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// It waits for its person.
    Open,
    /// Its person finished it.
    Completed,
    /// It is no longer needed.
    Cancelled,
}

/// Work for a plugin, done after the commit that created it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The case.
    pub instance: InstanceId,
    /// The service task.
    pub element: ElementInstanceId,
    /// The handler, `plugin.handler`.
    pub handler: String,
    /// What it is given.
    pub inputs: BTreeMap<String, Value>,
    /// How often it has failed.
    pub failures: u32,
    /// Whether it may run now; a failed one waits for its timer, or for a person.
    pub ready: bool,
    /// Whether outside workers fetch it, by the handler's name as its topic.
    pub external: bool,
    /// The outside worker that has it.
    pub lock: Option<JobLock>,
    /// How many tries are left, when an outside worker has said it.
    pub retries: Option<u32>,
}

/// A job is with an outside worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLock {
    /// What the worker calls itself.
    pub worker: String,
    /// When others may have it.
    pub until: Timestamp,
}

/// A step that could not go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The case.
    pub instance: InstanceId,
    /// The stuck activation.
    pub element: ElementInstanceId,
    /// The element, by ordinal.
    pub node: NodeIndex,
    /// When it happened.
    pub at: Timestamp,
    /// What went wrong and what to do.
    pub text: kapok_protocol::Text,
}

/// Something that happened in a case: its history, in the same batch as the change. No decision reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The case.
    pub instance: InstanceId,
    /// Its place in the history: larger is later.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Principal,
    /// The activation it happened to; `None` for the case as a whole.
    pub element: Option<ElementInstanceId>,
    /// The element, by ordinal.
    pub node: Option<NodeIndex>,
    /// What.
    pub kind: EventKind,
}

/// What can happen in a case.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The case began.
    Started,
    /// The case ended, in this state.
    Ended(InstanceState),
    /// An element was entered.
    Activated,
    /// An element was left by its token.
    Completed,
    /// An element was ended by something else.
    Cancelled,
    /// An element failed with an error the model may catch; its code.
    Failed(String),
    /// An element sent a message, a signal or an escalation; its name.
    Thrown(String),
    /// A to-do was given to somebody, or to a group.
    TaskCreated {
        /// The task.
        task: TaskId,
        /// To whom, when it is one person.
        assignee: Option<PersonId>,
    },
    /// Nobody was found for a to-do: the administrators have it.
    NobodyFound(TaskId),
    /// A person took a to-do.
    TaskClaimed(TaskId),
    /// A person gave a to-do back.
    TaskReleased(TaskId),
    /// A to-do was finished.
    TaskCompleted {
        /// The task.
        task: TaskId,
        /// How it was decided.
        decision: Option<Decision>,
        /// What was said.
        comment: Option<String>,
    },
    /// The handler was reminded.
    Reminded {
        /// The task.
        task: TaskId,
        /// The handler.
        person: PersonId,
        /// By which ways.
        channels: Vec<kapok_model::MessageChannel>,
    },
    /// Somebody nudged the handler (催办).
    Urged {
        /// The task.
        task: TaskId,
        /// The handler.
        person: PersonId,
    },
    /// The to-do was handed to the superior.
    Escalated {
        /// The task.
        task: TaskId,
        /// Who had it.
        from: Option<PersonId>,
        /// Who has it now.
        to: PersonId,
    },
    /// A message went to the outbox, or a page to its reader.
    Told {
        /// By which way.
        channel: kapok_model::MessageChannel,
        /// Whom.
        person: PersonId,
    },
    /// Somebody asked for the case to be ended, for this reason.
    CancelRequested(String),
    /// A step got stuck.
    IncidentRaised(IncidentId),
    /// A person had the step tried again.
    IncidentRetried(IncidentId),
}
