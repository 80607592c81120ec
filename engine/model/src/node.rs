//! The flow nodes the engine runs. What is not here is refused when a model is read.

use kapok_protocol::{Expression, Filter, IsoDuration, RecordEvent};

use crate::{Approval, AssigneeRule, HttpTask, NodeIndex, Reminder, StepField};

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
    /// The name of its element in the XML, such as `userTask`.
    pub bpmn_name: &'static str,
    /// What it is.
    pub kind: NodeKind,
    /// What every activity may have besides; plain for events and gateways.
    pub activity: Activity,
    /// Which data go in and out.
    pub data: Data,
    /// What is computed when it begins and when it ends, unseen in the drawing.
    pub listeners: Vec<Listener>,
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
    StartEvent(StartEvent),
    /// Where a path ends (10.5.3): what it does, one after the other; nothing for a none end event.
    EndEvent(Vec<EventDefinition>),
    /// Waits for something (10.5.4), or is where a link comes out.
    IntermediateCatch(CatchEvent),
    /// Does something and goes on (10.5.4); nothing for a none event.
    IntermediateThrow(Vec<EventDefinition>),
    /// Watches an activity (10.5.4).
    BoundaryEvent {
        /// The activity it is attached to.
        attached_to: NodeIndex,
        /// Whether it ends the activity (`cancelActivity`).
        interrupting: bool,
        /// What it watches for.
        catch: CatchEvent,
        /// The activity that undoes, for a compensation event (10.7.1).
        handler: Option<NodeIndex>,
    },
    /// A task of no kind, or a manual one (10.3.3): nothing for the engine to do, it goes on at once.
    Task,
    /// A person's step: 审批 or 办理 (10.3.3).
    UserTask(Box<HumanTask>),
    /// A script in rhai (10.3.3).
    ScriptTask(ScriptTask),
    /// Work of a plugin or a handler (10.3.3): a service, send or business rule task bound by name; or a throwing message
    /// event whose message such work sends ([`Node::bpmn_name`] tells).
    ServiceTask(ServiceTask),
    /// A service task that tells people something by page, mail or SMS: 抄送, 通知.
    MessageTask(Box<MessageTask>),
    /// A service, send or business rule task that is an expression.
    ExpressionTask {
        /// What is computed.
        expression: Expression,
        /// The variable that receives it.
        result_variable: Option<String>,
    },
    /// A business rule task (10.3.3) that asks a decision.
    DecisionTask(DecisionTask),
    /// Sends a message (10.3.3).
    SendTask(Message),
    /// Waits for a message (10.3.3).
    ReceiveTask {
        /// For which.
        message: Message,
        /// Whether its message starts a case.
        instantiate: bool,
    },
    /// Another process, as a step of this one (10.3.6).
    CallActivity(Box<CallActivity>),
    /// One of several paths (10.6.2). Conditions stand on the flows.
    ExclusiveGateway,
    /// All paths, and waiting for all (10.6.4).
    ParallelGateway,
    /// Those paths whose condition holds, and waiting for those that come (10.6.3).
    InclusiveGateway,
    /// Whichever event comes first (10.6.6).
    EventBasedGateway {
        /// Whether its events start a case.
        instantiate: bool,
        /// When they start a case: whether all of them are needed.
        parallel: bool,
    },
    /// Opens when its own condition says so (10.6.5).
    ComplexGateway {
        /// `activationCondition`: when it opens. Sees `activationCount` and the count of each way in by the flow's id.
        activation: Option<Expression>,
    },
    /// An embedded sub-process (10.3.5), of one kind or another.
    SubProcess(SubProcess),
}

impl NodeKind {
    /// Whether it is an activity, to which boundary events can be attached.
    pub fn is_activity(&self) -> bool {
        match self {
            Self::Task
            | Self::UserTask(_)
            | Self::ScriptTask(_)
            | Self::ServiceTask(_)
            | Self::MessageTask(_)
            | Self::ExpressionTask { .. }
            | Self::DecisionTask(_)
            | Self::SendTask(_)
            | Self::ReceiveTask { .. }
            | Self::CallActivity(_) => true,
            Self::SubProcess(kind) => *kind != SubProcess::Event,
            _ => false,
        }
    }

    /// Whether the flows that leave it can have conditions, and one of them can be its default (10.2.1).
    pub fn has_conditions(&self) -> bool {
        self.is_activity()
            || matches!(
                self,
                Self::ExclusiveGateway | Self::InclusiveGateway | Self::ComplexGateway { .. }
            )
    }

    /// Whether it is a gateway.
    pub fn is_gateway(&self) -> bool {
        matches!(
            self,
            Self::ExclusiveGateway
                | Self::ParallelGateway
                | Self::InclusiveGateway
                | Self::EventBasedGateway { .. }
                | Self::ComplexGateway { .. }
        )
    }
}

/// The kinds of sub-process that are drawn with their steps inside.
#[derive(Debug, Clone, PartialEq)]
pub enum SubProcess {
    /// A plain one.
    Embedded,
    /// Started by an event while the scope around it runs (`triggeredByEvent`).
    Event,
    /// All or nothing: it can be cancelled and is then undone (10.7).
    Transaction,
    /// Steps in an order that people choose (10.3.5.3).
    AdHoc(Box<AdHoc>),
}

/// How an ad-hoc sub-process goes.
#[derive(Debug, Clone, PartialEq)]
pub struct AdHoc {
    /// One step at a time, in the order of the drawing; otherwise all at once.
    pub sequential: bool,
    /// When it is over, asked after each step; without it, it is over when every step was done once.
    pub completion: Option<Expression>,
    /// Whether the steps that still run are cancelled when it is over (`cancelRemainingInstances`).
    pub cancel_remaining: bool,
    /// The ids of the steps that are offered; all that nothing leads to, when absent.
    pub offered: Option<Expression>,
}

/// What every activity may have (table 10.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Whether it is done again and again.
    pub repeat: Option<Box<Repeat>>,
    /// How many tokens must arrive before it begins.
    pub start_quantity: u32,
    /// How many tokens leave by each flow.
    pub completion_quantity: u32,
    /// Whether it only runs to undo another one.
    pub is_for_compensation: bool,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            repeat: None,
            start_quantity: 1,
            completion_quantity: 1,
            is_for_compensation: false,
        }
    }
}

/// How an activity is repeated.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "it is kept in a box")]
pub enum Repeat {
    /// One after the other while a condition holds (10.3.7, standard loop).
    Loop {
        /// Whether the condition is asked before the first time too.
        test_before: bool,
        /// At most so many times.
        maximum: Option<u32>,
        /// While this holds.
        condition: Option<Expression>,
    },
    /// Once for each of several (10.3.7, multi-instance).
    Each(MultiInstance),
}

/// An activity that is done once for each of several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MultiInstance {
    /// One after the other.
    pub sequential: bool,
    /// How many.
    pub cardinality: Option<Expression>,
    /// For each item of this list.
    pub collection: Option<Expression>,
    /// The variable that holds an instance's own item.
    pub item: Option<String>,
    /// Where results are collected: the variable that receives the list, and what each instance gives to it.
    pub output: Option<(String, Expression)>,
    /// When it is over although instances are left, asked after each.
    pub completion: Option<Expression>,
    /// What is thrown when instances complete.
    pub behavior: Behavior,
}

/// Which events a multi-instance activity throws, for its boundary events to catch (table 10.31).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Behavior {
    /// `All`: none.
    #[default]
    All,
    /// `One`: this, when the first instance completes.
    One(EventDefinition),
    /// `None`: this, whenever an instance completes.
    None(EventDefinition),
    /// `Complex`: those whose condition holds, whenever an instance completes.
    Complex(Vec<(Expression, EventDefinition)>),
}

/// Which data go in and out of a node. Sources see the variables around, and, on the way out, the node's own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// Variables of the node's own (properties, data objects of a sub-process), empty at first.
    pub locals: Vec<String>,
    /// What is put into variables of the node's own when it begins.
    pub inputs: Vec<Mapping>,
    /// What is put into the variables around it when it ends.
    pub outputs: Vec<Mapping>,
    /// Whether its results stay its own unless an output carries them out.
    pub keeps_results: bool,
}

/// A value on its way into a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// What is computed.
    pub source: Expression,
    /// The variable, or a path into it (`order.total`).
    pub target: String,
}

/// An expression or script that runs when a node begins or ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// When it ends; otherwise when it begins.
    pub at_end: bool,
    /// What runs.
    pub action: ListenerAction,
}

/// What a listener does.
#[derive(Debug, Clone, PartialEq)]
pub enum ListenerAction {
    /// Statements in rhai.
    Script(String),
    /// An expression, for what it may refuse.
    Expression(Expression),
}

/// A start event. Inside an event sub-process it is armed while the scope around it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct StartEvent {
    /// What triggers it: any of these, or all when `parallel`. None: somebody asks for it; inside a sub-process, its
    /// parent does.
    pub triggers: Vec<EventDefinition>,
    /// Whether all triggers are needed (`parallelMultiple`).
    pub parallel: bool,
    /// In an event sub-process: whether it ends everything else in the scope around it.
    pub interrupting: bool,
}

impl StartEvent {
    /// Whether it is a none start event.
    pub fn is_none(&self) -> bool {
        self.triggers.is_empty()
    }
}

/// What an event waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct CatchEvent {
    /// Any of these, or all when `parallel`. At least one.
    pub triggers: Vec<EventDefinition>,
    /// Whether all are needed (`parallelMultiple`).
    pub parallel: bool,
}

/// What an event waits for or does (10.5.5). Which stand where is the model checks' business.
#[derive(Debug, Clone, PartialEq)]
pub enum EventDefinition {
    /// A message, to one receiver.
    Message(Message),
    /// A moment.
    Timer(TimerDefinition),
    /// A signal, to everybody who waits for its name.
    Signal(Name),
    /// A failure with this code; `None` catches every code.
    Error(Option<String>),
    /// A call upwards with this code; `None` catches every code.
    Escalation(Option<String>),
    /// Something becomes true.
    Condition(Expression),
    /// Undoing what was completed.
    Compensation {
        /// Only this activity; otherwise everything in the scope.
        activity: Option<NodeIndex>,
        /// Whether the thrower waits until it is done.
        wait: bool,
    },
    /// A jump to the event of this name in the same scope.
    Link(String),
    /// A transaction is given up.
    Cancel,
    /// Everything in this scope is over.
    Terminate,
    /// A record is saved: `kapok:recordTrigger`.
    Record(RecordTrigger),
}

/// A message as it is sent or awaited.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its name.
    pub name: Name,
    /// Which of several cases is meant: the value by which sender and receiver find each other.
    pub key: Option<Expression>,
    /// The process that the drawn message flow leads to, and the node in it; anybody when there is none.
    pub to: Option<(String, Option<String>)>,
}

/// A name that stands there, or is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// As it stands.
    Literal(String),
    /// From the case's variables.
    Computed(Expression),
}

impl Name {
    /// The name, when it stands there.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(name) => Some(name),
            Self::Computed(_) => None,
        }
    }
}

/// Another process as a step.
#[derive(Debug, Clone, PartialEq)]
pub struct CallActivity {
    /// The key of the process, or of a global task.
    pub called: Name,
    /// Which version of it.
    pub version: CalledVersion,
    /// Values for the called case; `None`: all variables that are seen here.
    pub inputs: Option<Vec<Mapping>>,
    /// Values for this case when the called one is over, from the called one's variables; `None`: all of them.
    pub outputs: Option<Vec<Mapping>>,
    /// The called case's business key.
    pub business_key: Option<Expression>,
}

/// Which version of a called process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalledVersion {
    /// The newest when it is called.
    Latest,
    /// The one deployed from the same file.
    Deployment,
    /// This one.
    Number(u32),
    /// The newest that carries this label ([`ProcessGraph::version_tag`](crate::ProcessGraph::version_tag)).
    Tag(String),
}

/// A decision that is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionTask {
    /// Its id or name.
    pub decision: Name,
    /// The variable that receives its answer; otherwise each answer becomes a variable of its own.
    pub result_variable: Option<String>,
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
    /// `timeCycle`: again and again, `R4/PT10S`; also a literal one that says when it begins or ends
    /// (`R4/2026-01-01T00:00:00Z/PT10S`), as a text literal.
    Cycle(Expression),
    /// `timeDuration` given literally, as nearly all are.
    After(IsoDuration),
    /// `timeCycle` given literally: how often (`None` = for ever), and the interval.
    Every(Option<u32>, IsoDuration),
    /// `timeCycle` given as a cron expression of five to seven fields, in company time.
    Cron(String),
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
    /// By when it is to be done, when that is computed: gives ISO 8601 text, a moment or a duration from arrival.
    pub due_expression: Option<Expression>,
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
    /// How long each new try waits; when absent longer and longer, from ten seconds to an hour.
    pub backoff: Option<IsoDuration>,
    /// Whether outside workers fetch it, the handler's name being its topic; a handler of that name that is here goes
    /// first.
    pub external: bool,
    /// The HTTP request that it is, if it is one; then the handler is [`REQUEST_HANDLER`](crate::REQUEST_HANDLER).
    pub request: Option<Box<HttpTask>>,
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
