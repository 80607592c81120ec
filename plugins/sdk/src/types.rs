//! The contract's types with their fields readable, and the trait that a plugin implements.

use crate::{
    Actor, CameBack, ChannelFailure, Denial, Fields, Identity, Message, OrganisationPart, Receipt, RecordRef, Refusal,
    SignIn, SignInFailure, TechnicalFailure, Text, Value,
};

/// A plugin. Implement what its `plugin.toml` declares; the rest answers by itself.
pub trait Plugin {
    /// Checks a record before it is saved, and answers all its fields, changed or not.
    ///
    /// It may be called more than once for one save, so nothing can be sent from here.
    ///
    /// # Errors
    /// What is wrong with the record; at least one refusal.
    fn before_save(actor: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let _ = actor;
        Ok(save.after)
    }

    /// Reacts to a record that was saved. It runs soon after the commit, and again when it fails with `retry` or the program
    /// ends meanwhile.
    ///
    /// # Errors
    /// See [`Failure`].
    fn after_save(actor: Actor, saved: Saved) -> Result<(), Failure> {
        let _ = (actor, saved);
        Ok(())
    }

    /// Does what a person asks for with a record; answers what the person is told.
    ///
    /// # Errors
    /// Why it cannot be done; at least one refusal.
    fn run_action(actor: Actor, action: Action) -> Result<Option<Text>, Vec<Refusal>> {
        let _ = actor;
        let name = action.name;
        Err(vec![Refusal::new(
            "plugin.action-missing",
            format!("插件声明了操作 {name}，但没有实现它。"),
            format!("The plugin declares the action {name} but does not have it."),
        )])
    }

    /// Carries out a service task; answers what becomes variables of the process, as the model maps them.
    ///
    /// # Errors
    /// See [`ServiceFailure`].
    fn run_service(actor: Actor, job: Job) -> Result<Fields, ServiceFailure> {
        let _ = actor;
        Err(ServiceFailure::permanent(format!(
            "the handler {} is declared but not there",
            job.handler
        )))
    }

    /// Says who is to get a task, by the ids of `system.person` records.
    ///
    /// # Errors
    /// See [`Failure`].
    fn find_assignees(actor: Actor, rule: Rule) -> Result<Vec<u64>, Failure> {
        let _ = actor;
        Err(Failure::permanent(format!(
            "the rule {} is declared but not there",
            rule.name
        )))
    }

    /// The rows of a report, each with a value for each of its columns.
    ///
    /// # Errors
    /// Why there are none; at least one refusal.
    fn run_report(actor: Actor, report: Report) -> Result<Vec<Row>, Vec<Refusal>> {
        let _ = actor;
        let name = report.name;
        Err(vec![Refusal::new(
            "plugin.report-missing",
            format!("插件声明了报表 {name}，但没有实现它。"),
            format!("The plugin declares the report {name} but does not have it."),
        )])
    }

    /// Does what is scheduled, by its name in `plugin.toml`.
    ///
    /// # Errors
    /// See [`Failure`].
    fn run_schedule(name: &str) -> Result<(), Failure> {
        Err(Failure::permanent(format!(
            "the schedule {name} is declared but not there"
        )))
    }

    /// Puts the plugin's data in order after an upgrade from a version. It is called again with what it answered until that
    /// is `None`, each time in a commit of its own.
    ///
    /// # Errors
    /// See [`Failure`].
    fn migrate_data(from: &str, position: Option<String>) -> Result<Option<String>, Failure> {
        let _ = (from, position);
        Ok(None)
    }

    /// Hands a message to the world outside.
    ///
    /// # Errors
    /// See [`ChannelFailure`]. Say `Retry` only when the message surely was not taken.
    fn send_message(message: Message) -> Result<Receipt, ChannelFailure> {
        let channel = message.channel;
        Err(ChannelFailure::Refused(Text {
            zh: format!("插件声明了通道 {channel}，但没有实现它。"),
            en: format!("The plugin declares the channel {channel} but does not have it."),
        }))
    }

    /// Where the browser of somebody who wants to sign in is sent.
    ///
    /// # Errors
    /// See [`Failure`].
    fn sign_in_address(sign_in: SignIn) -> Result<String, Failure> {
        Err(missing_source(&sign_in.source))
    }

    /// Who the other side says has signed in, once it has sent the browser back.
    ///
    /// # Errors
    /// See [`SignInFailure`].
    fn who_signed_in(came_back: CameBack) -> Result<Identity, SignInFailure> {
        Err(missing_source(&came_back.source).into())
    }

    /// The departments and people of a source, part by part: the first with `None`, each further one with the `next` of the
    /// one before.
    ///
    /// # Errors
    /// See [`Failure`].
    fn read_organisation(source: &str, from: Option<String>) -> Result<OrganisationPart, Failure> {
        let _ = from;
        Err(missing_source(source))
    }
}

fn missing_source(source: &str) -> Failure {
    Failure::permanent(format!("the identity source {source} is declared but not there"))
}

/// A record on its way to the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Save {
    /// Such as `quotes.quote`.
    pub entity: String,
    /// What is stored now; `None` when the record is new.
    pub before: Option<StoredRecord>,
    /// All fields as they would be stored.
    pub after: Fields,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// Its id.
    pub id: u64,
    /// Counts its saves from 1.
    pub version: u64,
    /// Who is responsible for it, by the id of the `system.person` record.
    pub owner: Option<u64>,
    /// Its fields.
    pub fields: Fields,
}

/// A service task to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The handler's name in `plugin.toml`.
    pub handler: String,
    /// The same in every attempt of the same job.
    pub key: String,
    /// Its inputs.
    pub inputs: Fields,
}

/// A record that was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// Such as `quotes.quote`.
    pub entity: String,
    /// Its id.
    pub id: u64,
    /// Whether it was new.
    pub created: bool,
    /// The fields that this save changed.
    pub changed: Vec<String>,
    /// The record as it is now, later saves included; `None` when it is not there any more.
    pub now: Option<StoredRecord>,
}

/// Something a person asks for with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The action's name in `plugin.toml`.
    pub name: String,
    /// The record, as the person may see it.
    pub record: StoredRecord,
    /// What the person filled in.
    pub inputs: Fields,
}

/// Who is to get a task is asked.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The rule's name in `plugin.toml`.
    pub name: String,
    /// The record the case is about.
    pub record: Option<RecordRef>,
    /// Who started the case.
    pub initiator: Option<u64>,
    /// What the model hands over.
    pub inputs: Fields,
}

/// What a report is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its name in `plugin.toml`.
    pub name: String,
    /// What is asked for.
    pub inputs: Fields,
}

/// A row of a report: a value for each column.
pub type Row = Vec<Value>;

/// How work after a commit failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, for the person who repairs it.
    pub message: String,
    /// Whether trying again can help.
    pub retry: bool,
}

impl Failure {
    /// One that trying again does not mend.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            retry: false,
        }
    }

    /// One that may be over later.
    pub fn transient(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            retry: true,
        }
    }
}

/// What the host denies is not mended by trying again.
impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::permanent(denial.message)
    }
}

impl From<Failure> for SignInFailure {
    fn from(failure: Failure) -> Self {
        let Failure { message, retry } = failure;
        Self::Failed(TechnicalFailure { message, retry })
    }
}

/// The same.
impl From<Denial> for ServiceFailure {
    fn from(denial: Denial) -> Self {
        Self::permanent(denial.message)
    }
}

/// What the host denies is a refusal when somebody waits for the answer.
impl From<Denial> for Vec<Refusal> {
    fn from(denial: Denial) -> Self {
        let code = format!("plugin.{}", denial.code);
        let zh = format!("插件不能这样做：{}", denial.message);
        let en = format!("The plugin cannot do this: {}", denial.message);
        vec![Refusal::new(code, zh, en)]
    }
}

/// How a service task failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceFailure {
    /// Something that an error event in the model can catch.
    Error {
        /// Its code.
        code: String,
        /// What happened.
        message: String,
    },
    /// A technical failure.
    Failed {
        /// What happened, for the person who repairs it.
        message: String,
        /// Whether trying again can help.
        retry: bool,
    },
}

impl ServiceFailure {
    /// An error that the model may catch.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Error {
            code: code.into(),
            message: message.into(),
        }
    }

    /// A technical failure that trying again does not mend.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            retry: false,
        }
    }

    /// A technical failure that may be over later.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            retry: true,
        }
    }
}

impl Text {
    /// A sentence from its two languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

impl Refusal {
    /// A refusal from its code and its sentence in both languages.
    pub fn new(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: Text::new(zh, en),
            field: None,
        }
    }

    /// The same refusal, pointing at a field; a path such as `lines.2.quantity`, counted from 0.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
