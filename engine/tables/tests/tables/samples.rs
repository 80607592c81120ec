//! Rows of every kind, with every variant of what is in them.

use std::collections::BTreeMap;

use kapok_process::state::{
    Arrival, Candidate, ElementInstance, ElementState, Event, EventKind, FlowIndex, Incident, Instance, InstanceState,
    Job, MessageChannel, NodeIndex, Task, TaskState, Timer, TimerKind,
};
use kapok_protocol::{
    Decision, DefinitionId, Delivery, ElementInstanceId, Entity, IncidentId, InstanceId, IsoDuration, JobId, Mail,
    Message, OutboxId, OutboxRow, Page, PageId, PageKind, PersonId, Principal, Record, RecordId, RecordRef, Sms,
    TaskId, Text, TimerId, Timestamp, Value,
};
use kapok_tables::{Credential, Definition, HistoryEntry, Preference, Prefix, RecordRow, Session, StoredAnswer, Token};

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

pub fn task() -> AnyRow {
    AnyRow::Task(Task {
        id: task_id(),
        instance: instance_id(),
        definition: definition_id(),
        element: element_id(),
        node: node(),
        assignee: Some(person()),
        candidates: vec![Candidate::Role("sales".into()), Candidate::Department("sales-1".into())],
        state: TaskState::Open,
        created_at: at(0),
        due_at: Some(at(480)),
        escalated_from: Some(superior()),
        timers: vec![timer_id()],
        reminders: 2,
        urged_at: Some(at(5)),
        ended_at: None,
        completed_by: None,
        decision: None,
        comment: None,
    })
}

pub fn timer() -> AnyRow {
    let repeat = Some((
        Some(3),
        IsoDuration {
            months: 1,
            days: 2,
            millis: 3_000,
        },
    ));
    AnyRow::Timer(Timer {
        id: timer_id(),
        due: at(1),
        kind: TimerKind::RetryJob { job: job_id() },
        repeat,
    })
}

pub fn variable() -> AnyRow {
    AnyRow::Variable((instance_id(), Some(scope_id()), "金额".into()), Value::Map(fields()))
}

/// The samples by golden file.
pub fn all() -> Vec<(&'static str, Vec<AnyRow>)> {
    vec![
        ("definition", definitions()),
        ("instance", instances()),
        ("element", elements()),
        (
            "variable",
            vec![
                variable(),
                AnyRow::Variable((instance_id(), None, "days".into()), 2.into()),
            ],
        ),
        ("task", tasks()),
        ("timer", timers()),
        ("job", jobs()),
        ("incident", vec![incident()]),
        ("event", events()),
        ("page", pages()),
        ("outbox", outbox()),
        ("record", records()),
        ("record-history", vec![history()]),
        ("sign-in", sign_in()),
        ("stored-answer", answers()),
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
        TaskByAssignee,
        TaskByCandidate,
        TaskByFinisher,
        TaskByInstance,
        InstanceByInitiator,
        InstanceByDefinition,
        InstanceByRecord,
        IncidentByInstance,
        InstanceByStart,
        Page,
        PageUnread,
        Outbox,
        OutboxByMoment,
        Record,
        RecordByUnique,
        RecordByOwner,
        RecordNumber,
        RecordHistory,
        Credential,
        Session,
        Token,
        StoredAnswer,
        StoredAnswerByExpiry,
        Preference,
    ]
}

fn definitions() -> Vec<AnyRow> {
    let definition = Definition {
        id: definition_id(),
        key: "quote-approval".into(),
        version: 2,
        name: "报价审批".into(),
        deployed_at: at(0),
        deployed_by: Some(person()),
    };
    let bare = Definition {
        id: DefinitionId::new(8).expect("not zero"),
        version: 3,
        deployed_by: None,
        ..definition.clone()
    };
    vec![AnyRow::Definition(definition), AnyRow::Definition(bare)]
}

fn instances() -> Vec<AnyRow> {
    let instance = Instance {
        id: instance_id(),
        definition: definition_id(),
        state: InstanceState::Active,
        title: "报价 BJ20261123-0001".into(),
        started_at: at(0),
        ended_at: None,
        initiator: Some(person()),
        business_key: Some("BJ20261123-0001".into()),
        record: Some(record_ref()),
        depth: 1,
        activations: 300,
        live_children: 2,
        joins: vec![(node(), element_id())],
    };
    let ended = |id, state| Instance {
        id: InstanceId::new(id).expect("not zero"),
        state,
        ended_at: Some(at(9)),
        initiator: None,
        business_key: None,
        record: None,
        depth: 0,
        activations: 1,
        live_children: 0,
        joins: Vec::new(),
        ..instance.clone()
    };
    let rows = [
        instance.clone(),
        ended(110, InstanceState::Completed),
        ended(111, InstanceState::Rejected),
        ended(112, InstanceState::Cancelled),
    ];
    rows.map(AnyRow::Instance).into()
}

fn elements() -> Vec<AnyRow> {
    let element = ElementInstance {
        id: element_id(),
        instance: instance_id(),
        node: node(),
        scope: Some(scope_id()),
        state: ElementState::Active,
        entered_at: at(0),
        left_at: None,
        causes: vec![scope_id()],
        arrivals: vec![Arrival {
            flow: FlowIndex(4),
            cause: scope_id(),
        }],
        live_children: 1,
        joins: vec![(node(), element_id())],
        tasks: vec![task_id()],
        timers: vec![timer_id()],
        job: Some(job_id()),
        incident: Some(incident_id()),
    };
    let left = |id, state| ElementInstance {
        id: ElementInstanceId::new(id).expect("not zero"),
        scope: None,
        state,
        left_at: Some(at(1)),
        causes: Vec::new(),
        arrivals: Vec::new(),
        live_children: 0,
        joins: Vec::new(),
        tasks: Vec::new(),
        timers: Vec::new(),
        job: None,
        incident: None,
        ..element.clone()
    };
    let rows = [
        element.clone(),
        left(113, ElementState::Completed),
        left(114, ElementState::Cancelled),
    ];
    rows.map(AnyRow::Element).into()
}

fn tasks() -> Vec<AnyRow> {
    let AnyRow::Task(task) = task() else { return Vec::new() };
    let with = |id, change: &dyn Fn(&mut Task)| {
        let mut task = Task {
            id: TaskId::new(id).expect("not zero"),
            ..task.clone()
        };
        change(&mut task);
        AnyRow::Task(task)
    };
    let done = |task: &mut Task, decision| {
        task.state = TaskState::Completed;
        task.ended_at = Some(at(9));
        task.completed_by = Some(person());
        task.decision = Some(decision);
        task.comment = Some("同意".into());
    };
    vec![
        with(103, &|_| ()),
        with(115, &|task| {
            (task.assignee, task.due_at, task.escalated_from, task.urged_at) = (None, None, None, None);
            (task.timers, task.reminders) = (Vec::new(), 0);
        }),
        with(116, &|task| done(task, Decision::Approve)),
        with(117, &|task| done(task, Decision::Reject)),
        with(118, &|task| task.state = TaskState::Cancelled),
    ]
}

fn timers() -> Vec<AnyRow> {
    let (instance, element, definition, node) = (instance_id(), element_id(), definition_id(), node());
    let kinds = [
        TimerKind::Start { definition, node },
        TimerKind::Intermediate { instance, element },
        TimerKind::Boundary {
            instance,
            element,
            node,
        },
        TimerKind::Reminder {
            task: task_id(),
            rung: 1,
        },
    ];
    let bare = kinds.into_iter().zip(119..).map(|(kind, id)| {
        AnyRow::Timer(Timer {
            id: TimerId::new(id).expect("not zero"),
            due: at(-1),
            kind,
            repeat: None,
        })
    });
    std::iter::once(timer()).chain(bare).collect()
}

fn jobs() -> Vec<AnyRow> {
    let job = Job {
        id: job_id(),
        instance: instance_id(),
        element: element_id(),
        handler: "quotes.mark-approved".into(),
        inputs: fields(),
        failures: 2,
        ready: true,
    };
    let waiting = Job {
        id: JobId::new(124).expect("not zero"),
        inputs: BTreeMap::new(),
        failures: 0,
        ready: false,
        ..job.clone()
    };
    vec![AnyRow::Job(job), AnyRow::Job(waiting)]
}

fn incident() -> AnyRow {
    AnyRow::Incident(Incident {
        id: incident_id(),
        instance: instance_id(),
        element: element_id(),
        node: node(),
        at: at(2),
        text: text(),
    })
}

fn events() -> Vec<AnyRow> {
    let (task, someone) = (task_id(), person());
    let kinds = vec![
        (Principal::System, EventKind::Started),
        (Principal::System, EventKind::Ended(InstanceState::Rejected)),
        (Principal::Person(person()), EventKind::Activated),
        (Principal::Process(instance_id()), EventKind::Completed),
        (Principal::System, EventKind::Cancelled),
        (Principal::System, EventKind::Failed("quotes.not-found".into())),
        (
            Principal::System,
            EventKind::TaskCreated {
                task,
                assignee: Some(someone),
            },
        ),
        (Principal::System, EventKind::TaskCreated { task, assignee: None }),
        (Principal::System, EventKind::NobodyFound(task)),
        (Principal::System, EventKind::TaskClaimed(task)),
        (Principal::System, EventKind::TaskReleased(task)),
        (
            Principal::System,
            EventKind::TaskCompleted {
                task,
                decision: Some(Decision::Approve),
                comment: Some("同意".into()),
            },
        ),
        (
            Principal::System,
            EventKind::TaskCompleted {
                task,
                decision: None,
                comment: None,
            },
        ),
        (
            Principal::System,
            EventKind::Reminded {
                task,
                person: someone,
                channels: vec![MessageChannel::Page, MessageChannel::Mail, MessageChannel::Sms],
            },
        ),
        (Principal::System, EventKind::Urged { task, person: someone }),
        (
            Principal::System,
            EventKind::Escalated {
                task,
                from: Some(someone),
                to: superior(),
            },
        ),
        (
            Principal::System,
            EventKind::Told {
                channel: MessageChannel::Mail,
                person: someone,
            },
        ),
        (Principal::System, EventKind::CancelRequested("重复".into())),
        (Principal::System, EventKind::IncidentRaised(incident_id())),
        (Principal::System, EventKind::IncidentRetried(incident_id())),
    ];
    let events = kinds.into_iter().zip(200..).map(|((actor, kind), sequence)| Event {
        instance: instance_id(),
        sequence,
        at: at(3),
        actor,
        element: (sequence > 200).then(element_id),
        node: (sequence > 200).then(node),
        kind,
    });
    events.map(AnyRow::Event).collect()
}

fn pages() -> Vec<AnyRow> {
    let page = |id, kind, read_at, task| {
        let id = PageId::new(id).expect("not zero");
        AnyRow::Page(Page {
            id,
            to: person(),
            kind,
            text: text(),
            at: at(4),
            read_at,
            task,
            instance: task.map(|_| instance_id()),
        })
    };
    vec![
        page(108, PageKind::Page, None, Some(task_id())),
        page(125, PageKind::Prompt, Some(at(6)), None),
        page(126, PageKind::Notice, None, None),
    ]
}

fn outbox() -> Vec<AnyRow> {
    let mail = Message::Mail(Mail {
        to: person(),
        subject: "报价已批准".into(),
        body: "请知悉。\n".into(),
    });
    let sms = Message::Sms(Sms {
        to: superior(),
        template: "reminder".into(),
        variables: [("task".to_owned(), "报价审批".to_owned())].into(),
        text: "您有一个待办：报价审批".into(),
    });
    let deliveries = [
        Delivery::Waiting {
            next: at(7),
            reason: None,
        },
        Delivery::Waiting {
            next: at(8),
            reason: Some(text()),
        },
        Delivery::Leased { until: at(9) },
        Delivery::Sent {
            at: at(10),
            receipt: "250 2.0.0 Ok".into(),
        },
        Delivery::Failed { reason: text() },
        Delivery::Unknown { since: at(11) },
    ];
    let rows = deliveries.into_iter().zip(107..).map(|(delivery, id)| OutboxRow {
        id: OutboxId::new(id).expect("not zero"),
        message: if id % 2 == 0 { sms.clone() } else { mail.clone() },
        created_at: at(6),
        attempts: u32::from(id > 107),
        delivery,
        instance: (id > 108).then(instance_id),
    });
    rows.map(AnyRow::Outbox).collect()
}

fn records() -> Vec<AnyRow> {
    let record = Record {
        id: record_id(),
        version: 3,
        owner: Some(person()),
        created_at: at(0),
        created_by: Some(person()),
        updated_at: at(1),
        fields: fields(),
    };
    let bare = Record {
        id: RecordId::new(127).expect("not zero"),
        version: 1,
        owner: None,
        created_by: None,
        fields: BTreeMap::new(),
        ..record.clone()
    };
    let entity = Entity::new("quotes.quote");
    let unique = vec![("number".to_owned(), "BJ20261123-0001".to_owned())];
    vec![
        AnyRow::Record(RecordRow {
            entity: entity.clone(),
            record,
            unique,
        }),
        AnyRow::Record(RecordRow {
            entity,
            record: bare,
            unique: Vec::new(),
        }),
    ]
}

fn history() -> AnyRow {
    AnyRow::History(HistoryEntry {
        entity: Entity::new("quotes.quote"),
        record: record_id(),
        sequence: 201,
        at: at(1),
        actor: Principal::Person(person()),
        before: [("title".to_owned(), Value::Null)].into(),
        after: fields(),
    })
}

fn sign_in() -> Vec<AnyRow> {
    vec![
        AnyRow::Credential(Credential {
            person: person(),
            password_hash: "$argon2id$…".into(),
            changed_at: at(0),
        }),
        AnyRow::Session(Session {
            hash: "ab12".into(),
            person: person(),
            created_at: at(0),
            expires_at: at(720),
        }),
        AnyRow::Token(Token {
            hash: "cd34".into(),
            person: person(),
            label: "备份".into(),
            created_at: at(0),
        }),
        AnyRow::Preference(Preference {
            person: person(),
            language: "zh-CN".into(),
        }),
    ]
}

fn answers() -> Vec<AnyRow> {
    let principals = [
        Principal::System,
        Principal::Person(person()),
        Principal::Process(instance_id()),
    ];
    let answers = principals.into_iter().map(|principal| StoredAnswer {
        principal,
        key: "5e6f".into(),
        request_hash: "7890".into(),
        answer: "{}".into(),
        expires_at: at(1_440),
    });
    answers.map(AnyRow::Answer).collect()
}
