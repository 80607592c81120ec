//! What only Kapok has: the settings in the namespace `urn:kapok:bpmn:1`.

use kapok_protocol::{Expression, IsoDuration};

/// Settings of a whole process.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProcessSettings {
    /// The record the process is about, if it is about one.
    pub subject: Option<Subject>,
    /// The process's own form, when it is about no record. Its fields are variables.
    pub form: Vec<FormField>,
    /// Who may start it by hand; empty: everybody.
    pub starters: Vec<AssigneeRule>,
    /// What a case is called in lists; `{record.number}` stands for a value.
    pub title: Option<String>,
    /// The variable that holds who started the case, when the model names one.
    pub initiator_variable: Option<String>,
}

/// The record a process is about, and the field that shows how far it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subject {
    /// The record's entity.
    pub entity: String,
    /// A field set when a case starts, and when it ends as rejected or cancelled.
    pub status_field: Option<String>,
    /// Its value while the case runs.
    pub running: Option<String>,
    /// Its value when the case ended as rejected.
    pub rejected: Option<String>,
    /// Its value when the case was ended from outside.
    pub cancelled: Option<String>,
}

impl Subject {
    /// Whether any value of the status field is named.
    pub fn says_a_status(&self) -> bool {
        self.running.is_some() || self.rejected.is_some() || self.cancelled.is_some()
    }
}

/// A field of a process's own form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// The variable's name.
    pub id: String,
    /// What people see.
    pub label: String,
    /// What can be entered.
    pub kind: FieldKind,
    /// Whether the starter must fill it in.
    pub required: bool,
    /// The choices, for [`FieldKind::Choice`].
    pub choices: Vec<String>,
    /// The columns, for [`FieldKind::Lines`].
    pub columns: Vec<FormField>,
}

/// What can be entered into a field of a process's own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// A number.
    Number,
    /// An amount of money.
    Money,
    /// A day.
    Date,
    /// A day and time.
    DateTime,
    /// Yes or no.
    Boolean,
    /// One of the choices.
    Choice,
    /// A person.
    Person,
    /// Detail lines.
    Lines,
}

/// What a step may do with a field. A line column is `lines.quantity`.
#[derive(Debug, Clone, PartialEq)]
pub struct StepField {
    /// The field's path.
    pub field: String,
    /// What the step may do with it.
    pub access: FieldAccess,
}

/// What a step may do with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldAccess {
    /// Not shown.
    Hidden,
    /// Shown.
    Read,
    /// Can be changed.
    Edit,
    /// Must be filled in.
    Required,
}

/// How an approval is signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// How many must sign.
    pub mode: SignMode,
    /// What a rejection does.
    pub on_rejection: Rejection,
    /// Whether a rejection must say why.
    pub reason_required: bool,
}

/// How many of an approval's people must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignMode {
    /// 或签: the first decision counts.
    Any,
    /// 会签: all must approve; one rejection rejects.
    All,
}

/// What a rejection does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The case ends as rejected.
    End,
    /// The token leaves by this sequence flow instead of the others.
    Flow(String),
}

/// A way of saying who.
#[derive(Debug, Clone, PartialEq)]
pub enum AssigneeRule {
    /// A named person, by sign-in name.
    Person(String),
    /// Everybody in a role, by its code.
    Role(String),
    /// Everybody in a department, by its code.
    Department(String),
    /// Everybody in the role or department of this code or name: a lane, or what other engines call a group.
    Group(String),
    /// Everybody in the roles or departments that the expression names: one, or a list of them.
    Groups(Expression),
    /// The head of the initiator's department.
    DepartmentHead,
    /// The initiator's superior, 1 = direct.
    Superior(u32),
    /// The initiator.
    Initiator,
    /// Whoever stands in this field of the record or form.
    Field(String),
    /// Whoever the expression names: a sign-in name, a person's id, or a list of them.
    Expression(Expression),
    /// Whoever a plugin's rule says.
    Plugin(PluginRule),
}

/// A rule of a plugin, and what it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginRule {
    /// Its name, `plugin.rule`.
    pub rule: String,
    /// What it is given besides the record and who started the case.
    pub inputs: Vec<(String, Expression)>,
}

/// One rung of a reminder ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder {
    /// How long after the task's arrival.
    pub after: IsoDuration,
    /// What happens then.
    pub action: ReminderAction,
}

/// What a rung does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReminderAction {
    /// Reminds the present handler, and again at an interval.
    Remind {
        /// By which ways.
        channels: Vec<crate::MessageChannel>,
        /// How often again, and how long between.
        repeat: Option<(u32, IsoDuration)>,
    },
    /// Hands the task to the present handler's superior.
    EscalateToSuperior,
    /// Approves in the handler's place.
    Approve,
    /// Rejects in the handler's place.
    Reject,
}
