//! The flow nodes the engine runs. What is not here is refused when a model is read.

use kapok_protocol::{Expression, Filter, IsoDuration, RecordEvent};

use crate::{Approval, AssigneeRule, NodeIndex, Reminder, StepField};

/// One flow node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its BPMN id.
    pub id: String,
    /// Its name as drawn.
    pub name: Option<String>,
    /// Its line in the XML, from 1.
    pub line: u32,
    /// The sub-process it is drawn in; `None` at the top of the process.
    pub scope: Option<NodeIndex>,
    /// What it is.
    pub kind: NodeKind,
}

impl Node {
    /// What people call it: its name, or its id when it has none.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// What a flow node is (BPMN 2.0.2, chapters 10.3–10.6).
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Where a process or sub-process begins (10.5.2).
    StartEvent(StartTrigger),
    /// Where a path ends (10.5.3).
    EndEvent(EndResult),
    /// Waits for a moment (10.5.4).
    IntermediateTimer(TimerDefinition),
    /// Watches an activity (10.5.4).
    BoundaryEvent {
        /// The activity it is attached to.
        attached_to: NodeIndex,
        /// Whether it ends the activity (`cancelActivity`).
        interrupting: bool,
        /// What it watches for.
        trigger: BoundaryTrigger,
    },
    /// A person's step: 审批 or 办理 (10.3.3).
    UserTask(Box<HumanTask>),
    /// A script in rhai (10.3.3).
    ScriptTask(ScriptTask),
    /// Work of a plugin (10.3.3).
    ServiceTask(ServiceTask),
    /// A service task that tells people something by page, mail or SMS: 抄送, 通知.
    MessageTask(Box<MessageTask>),
    /// One of several paths (10.6.2). Conditions stand on the flows.
    ExclusiveGateway,
    /// All paths, and waiting for all (10.6.4).
    ParallelGateway,
    /// An embedded sub-process (10.3.5).
    SubProcess,
}

impl NodeKind {
    /// The element's BPMN name, as in the XML.
    pub fn bpmn_name(&self) -> &'static str {
        match self {
            Self::StartEvent(_) => "startEvent",
            Self::EndEvent(_) => "endEvent",
            Self::IntermediateTimer(_) => "intermediateCatchEvent",
            Self::BoundaryEvent { .. } => "boundaryEvent",
            Self::UserTask(_) => "userTask",
            Self::ScriptTask(_) => "scriptTask",
            Self::ServiceTask(_) | Self::MessageTask(_) => "serviceTask",
            Self::ExclusiveGateway => "exclusiveGateway",
            Self::ParallelGateway => "parallelGateway",
            Self::SubProcess => "subProcess",
        }
    }

    /// Whether it is an activity, to which boundary events can be attached.
    pub fn is_activity(&self) -> bool {
        matches!(
            self,
            Self::UserTask(_) | Self::ScriptTask(_) | Self::ServiceTask(_) | Self::MessageTask(_) | Self::SubProcess
        )
    }
}

/// What starts a case.
#[derive(Debug, Clone, PartialEq)]
pub enum StartTrigger {
    /// Somebody asks for it; inside a sub-process: its parent does.
    None,
    /// A moment, once or again and again.
    Timer(TimerDefinition),
    /// A record is saved: `kapok:recordTrigger`.
    Record(RecordTrigger),
}

/// When a saved record starts a case.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordTrigger {
    /// The entity of the record.
    pub entity: String,
    /// Which saves.
    pub on: Vec<RecordEvent>,
    /// Only records for which this holds.
    pub when: Option<Filter>,
}

/// When a timer fires (BPMN 2.0.2, table 10.101). Each is ISO 8601 text, or an expression that gives such text when the
/// element has a `language`.
#[derive(Debug, Clone, PartialEq)]
pub enum TimerDefinition {
    /// `timeDate`: at a moment. A literal one is checked when the model is read and stands here as a text literal;
    /// without an offset it is company time.
    Date(Expression),
    /// `timeDuration`: after a while.
    Duration(Expression),
    /// `timeCycle`: again and again, `R4/PT10S`.
    Cycle(Expression),
    /// `timeDuration` given literally, as nearly all are.
    After(IsoDuration),
    /// `timeCycle` given literally: how often (`None` = for ever), and the interval.
    Every(Option<u32>, IsoDuration),
}

/// How a path ends.
#[derive(Debug, Clone, PartialEq)]
pub enum EndResult {
    /// This path is over.
    None,
    /// Everything in this process is over (13.5.6).
    Terminate,
    /// The enclosing scope fails with this code.
    Error(String),
}

/// What a boundary event watches for.
#[derive(Debug, Clone, PartialEq)]
pub enum BoundaryTrigger {
    /// Time passes while the activity runs.
    Timer(TimerDefinition),
    /// The activity fails with this code; `None` catches every code.
    Error(Option<String>),
}

/// A person's step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HumanTask {
    /// 审批: it knows 同意 and 拒绝 by itself. `None`: 办理, plain work.
    pub approval: Option<Approval>,
    /// Who does it; the persons of all rules together.
    pub assignees: Vec<AssigneeRule>,
    /// What the step may do with each field of the form; fields not named are read only.
    pub fields: Vec<StepField>,
    /// How long it may take, from arrival.
    pub due: Option<IsoDuration>,
    /// What happens while nobody acts, in the order of time.
    pub reminders: Vec<Reminder>,
}

/// A script.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptTask {
    /// Statements in rhai.
    pub script: String,
    /// The variable that receives the script's value.
    pub result_variable: Option<String>,
}

/// Work of a plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceTask {
    /// The handler's name, `plugin.handler`.
    pub handler: String,
    /// What it is given, by name.
    pub inputs: Vec<(String, Expression)>,
    /// The variable that receives all it answers as one map; otherwise each answer becomes a variable of its own.
    pub result_variable: Option<String>,
    /// How often it is tried again after a failure, before it becomes an incident.
    pub retries: u32,
}

/// A step that tells people something.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageTask {
    /// By which way.
    pub channel: MessageChannel,
    /// Whom.
    pub to: Vec<AssigneeRule>,
    /// The subject or headline; `{record.number}` stands for a value.
    pub title: String,
    /// The text; `{record.number}` stands for a value.
    pub text: String,
    /// The SMS template, by our name for it.
    pub template: Option<String>,
}

/// By which way people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageChannel {
    /// A page inside Kapok (抄送, 通知).
    Page,
    /// E-mail.
    Mail,
    /// SMS.
    Sms,
}
