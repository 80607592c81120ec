//! Rows of every kind, with every variant of what is in them.

mod finished;
mod others;
mod plugins;
mod process;
mod records;
mod waiting;
mod workers;

use std::collections::BTreeMap;

use kapok_process::state::NodeIndex;
use kapok_protocol::{
    DefinitionId, ElementInstanceId, Entity, IncidentId, InstanceId, JobId, MessageId, PersonId, RecordId, RecordRef,
    SubscriptionId, TaskId, Text, TimerId, Timestamp, Value,
};
use kapok_tables::Prefix;

pub use finished::{changes_of, finished};
pub use process::{task, timer, variable};

use crate::any_row::AnyRow;

macro_rules! ids {
    ($($name:ident: $type:ident = $number:literal;)*) => {$(
        pub fn $name() -> $type {
            $type::new($number).expect("not zero")
        }
    )*};
}

ids! {
    definition_id: DefinitionId = 7;
    instance_id: InstanceId = 100;
    element_id: ElementInstanceId = 101;
    scope_id: ElementInstanceId = 102;
    task_id: TaskId = 103;
    timer_id: TimerId = 104;
    job_id: JobId = 105;
    incident_id: IncidentId = 106;
    record_id: RecordId = 109;
    caller_id: InstanceId = 130;
    called_id: InstanceId = 131;
    subscription_id: SubscriptionId = 132;
    message_id: MessageId = 133;
    person: PersonId = 11;
    superior: PersonId = 12;
}

/// 2026-11-23T08:00:00Z, and minutes after it.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_795_420_800_000).plus_millis(minutes * 60_000)
}

fn text() -> Text {
    Text::new("已拒绝", "Refused")
}

pub fn node() -> NodeIndex {
    NodeIndex(3)
}

fn record_ref() -> RecordRef {
    RecordRef {
        entity: Entity::new("quotes.quote"),
        id: record_id(),
    }
}

fn fields() -> BTreeMap<String, Value> {
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    let line = Value::Map(
        [
            ("quantity".to_owned(), number("2")),
            ("price".to_owned(), number("19.90")),
        ]
        .into(),
    );
    let numbers = [
        "0",
        "-1",
        "9223372036854775807",
        "9223372036854775808",
        "-79228162514264337593543950335",
        "0.10",
    ];
    [
        ("title", Value::from("木棉\u{0}\n")),
        ("nothing", Value::Null),
        ("flags", vec![Value::Bool(true), Value::Bool(false)].into()),
        ("lines", vec![line].into()),
        ("numbers", numbers.map(number).to_vec().into()),
        ("empty", Value::Map(BTreeMap::new())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The samples by golden file that an earlier version wrote in another way: they are only read.
pub fn earlier() -> Vec<(&'static str, Vec<AnyRow>)> {
    vec![
        ("instance", process::instances()),
        ("instance-2", waiting::instances()),
        ("event", process::events()),
        ("event-2", waiting::events()),
        ("page", others::pages()),
    ]
}

/// The samples by golden file.
pub fn all() -> Vec<(&'static str, Vec<AnyRow>)> {
    vec![
        ("definition", others::definitions()),
        ("element", process::elements()),
        (
            "variable",
            vec![
                variable(),
                AnyRow::Variable((instance_id(), None, "days".into()), 2.into()),
            ],
        ),
        ("task", process::tasks()),
        ("timer", process::timers()),
        ("job", process::jobs()),
        ("incident", vec![process::incident()]),
        ("instance-3", waiting::instances()),
        ("element-2", waiting::elements()),
        ("timer-2", waiting::timers()),
        ("subscription", waiting::subscriptions()),
        ("kept-message", waiting::kept_messages()),
        ("compensation", waiting::compensations()),
        ("gathering", waiting::gatherings()),
        ("item", waiting::items()),
        ("tokens", waiting::tokens()),
        ("page-2", others::pages()),
        ("outbox", others::outbox()),
        ("record", others::records()),
        ("record-2", records::found_by_more()),
        ("record-3", records::opening()),
        ("record-history", vec![others::history()]),
        ("record-history-2", records::history()),
        ("record-history-3", records::connections()),
        ("definition-item", records::layers()),
        ("trash", records::trash()),
        ("roll-up", vec![records::roll_ups()]),
        ("record-job", records::jobs()),
        ("import", records::imports()),
        ("roll-up-2", records::counting()),
        ("stored-file", records::files()),
        ("personal", records::personal()),
        ("plugin", plugins::plugins()),
        ("sign-in", others::sign_in()),
        ("identity-link", others::identity_links()),
        ("stored-answer", others::answers()),
        ("share", others::shares()),
        ("job-2", workers::jobs()),
        ("definition-2", workers::definitions()),
        ("sign-in-2", workers::tokens()),
    ]
}

/// The prefixes in use, ascending.
pub fn prefixes() -> Vec<Prefix> {
    use Prefix::*;
    vec![
        Meta,
        Definition,
        DefinitionXml,
        DefinitionByKey,
        DefinitionItem,
        EntityState,
        Instance,
        Element,
        LiveElement,
        Variable,
        Task,
        Timer,
        TimerByDue,
        Job,
        JobReady,
        Incident,
        Event,
        TimerByDefinition,
        Subscription,
        SubscriptionByMessage,
        SubscriptionBySignal,
        ConditionByInstance,
        TaskByAssignee,
        TaskByCandidate,
        TaskByFinisher,
        TaskByInstance,
        InstanceByInitiator,
        InstanceByDefinition,
        InstanceByRecord,
        IncidentByInstance,
        InstanceByStart, // retired
        KeptMessage,
        KeptMessageByName,
        Compensation,
        Item,
        Tokens,
        Gathering,
        JobByTopic,
        Page,
        PageUnread,
        Outbox,
        OutboxByMoment,
        UnreadPage,
        Record,
        RecordByUnique,
        RecordByOwner,
        RecordNumber,
        RecordHistory,
        Share,
        ShareByRecord,
        ShareByReceiver,
        Import,
        ImportOpen,
        ImportPart,
        ImportByFile,
        Credential,
        Session,
        Token,
        StoredAnswer,
        StoredAnswerByExpiry,
        Preference,
        IdentityLink,
        IdentityLinkByRecord,
        Trash,
        TrashByMoment,
        TrashByFile,
        RollUp,
        RecordByReference,
        RecordByLikeness,
        RecordOpening,
        RecordByFile,
        RecordJob,
        RecordJobOpen,
        StoredFile,
        ListView,
        Shortcuts,
        Plugin,
        PluginWork,
        PluginWorkByMoment,
        PluginSchedule,
    ]
}
