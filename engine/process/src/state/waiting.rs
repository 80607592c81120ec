//! What waits for something to happen: timers, subscriptions, messages nobody has taken, work that can be undone.

use std::collections::BTreeMap;

use kapok_model::NodeIndex;
use kapok_protocol::{
    DefinitionId, ElementInstanceId, InstanceId, IsoDuration, JobId, MessageId, SubscriptionId, TaskId, TimerId,
    Timestamp, Value,
};

/// Something that happens at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// Its id; timers due at one moment fire in the order of their ids.
    pub id: TimerId,
    /// When.
    pub due: Timestamp,
    /// What.
    pub kind: TimerKind,
    /// For a timer that repeats: how often it fires after this time (`None`: for ever), and how long between.
    pub repeat: Option<(Option<u32>, IsoDuration)>,
    /// For a timer that repeats by the calendar: the cron expression that says when next.
    pub cron: Option<String>,
}

/// What a timer does.
#[derive(Debug, Clone, PartialEq)]
pub enum TimerKind {
    /// Starts a case by a timer start event.
    Start {
        /// Of this version.
        definition: DefinitionId,
        /// By this event.
        node: NodeIndex,
    },
    /// Lets an intermediate event go on: how the first version wrote what is now an [`TimerKind::Event`].
    Intermediate {
        /// The case.
        instance: InstanceId,
        /// The waiting event.
        element: ElementInstanceId,
    },
    /// Fires a boundary event: how the first version wrote what is now an [`TimerKind::Event`].
    Boundary {
        /// The case.
        instance: InstanceId,
        /// The activity it is attached to.
        element: ElementInstanceId,
        /// The boundary event.
        node: NodeIndex,
    },
    /// A timer event of a case.
    Event(Waiting),
    /// A rung of a task's reminder ladder.
    Reminder {
        /// The task.
        task: TaskId,
        /// The rung, from 0.
        rung: u32,
    },
    /// Tries a failed job again.
    RetryJob {
        /// The job.
        job: JobId,
    },
    /// Goes on with an activity that has more repetitions than one command may begin.
    Continue {
        /// The case.
        instance: InstanceId,
        /// The repeated activity.
        element: ElementInstanceId,
    },
    /// Goes on telling a signal to more receivers than one command may reach.
    Broadcast {
        /// The signal.
        signal: String,
        /// What it brings.
        variables: BTreeMap<String, Value>,
        /// The last one that was told.
        after: SubscriptionId,
        /// The last one that waited when the signal was sent.
        until: SubscriptionId,
    },
    /// Forgets a message that nobody wanted in time.
    ForgetMessage {
        /// The message.
        message: MessageId,
    },
}

/// What waits in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub instance: InstanceId,
    /// The activation it belongs to: the waiting event or task, the activity of a boundary event, the event-based
    /// gateway, or the scope of an event sub-process; `None` for one at the top of the case.
    pub owner: Option<ElementInstanceId>,
    /// The event: the node itself, the boundary event, the gateway's target, or the event sub-process's start event.
    pub node: NodeIndex,
    /// Which of its triggers, from 0.
    pub trigger: u32,
}

/// Something that waits for a message, a signal or a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// What waits.
    pub waiting: Waiting,
    /// For what.
    pub awaited: Awaited,
}

/// What a subscription waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// A message of this name.
    Message {
        /// The name.
        name: String,
        /// By which it is found among several.
        key: Option<String>,
    },
    /// A signal of this name.
    Signal(String),
    /// A condition, and whether it held when it was last looked at.
    Condition {
        /// Whether it held.
        held: bool,
    },
}

/// A message that nobody has taken yet.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptMessage {
    /// Its id: older messages have smaller ones.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// Which of several cases is meant.
    pub key: Option<String>,
    /// What it brings.
    pub variables: BTreeMap<String, Value>,
    /// The key of the process, and the node in it, that a drawn message flow leads to.
    pub to: Option<(String, Option<String>)>,
    /// The case that sent it.
    pub sender: Option<InstanceId>,
    /// The timer that forgets it.
    pub timer: Option<TimerId>,
}

/// An activity that was completed and can be undone (BPMN 2.0.2, 10.7, 13.5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compensation {
    /// The completed activation.
    pub activity: ElementInstanceId,
    /// Its node.
    pub node: NodeIndex,
}

/// Where what can be undone is kept: the case, the scope it was done in, and its place in the order of completion.
pub type CompensationKey = (InstanceId, Option<ElementInstanceId>, u64);

/// A scope that is being undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoing {
    /// The scope.
    pub scope: Option<ElementInstanceId>,
    /// What was completed before this point in the order of completion.
    pub before: u64,
    /// Only this activity.
    pub only: Option<NodeIndex>,
}

/// Which item of a multi-instance activity: the case, the activity's body, whether it is a result, and its number.
pub type ItemKey = (InstanceId, ElementInstanceId, bool, u32);

/// How many tokens stand at a node of a scope: the case, the scope, and the node.
pub type TokenKey = (InstanceId, Option<ElementInstanceId>, NodeIndex);

/// A parallel multiple start event some of whose triggers have happened: the version, the event, and the key by which
/// they belong together.
pub type GatheringKey = (DefinitionId, NodeIndex, Option<String>);

/// What a parallel multiple start event has gathered so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gathering {
    /// The triggers that have happened.
    pub triggers: Vec<u32>,
    /// What they brought.
    pub variables: BTreeMap<String, Value>,
}
