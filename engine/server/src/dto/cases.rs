use std::collections::BTreeMap;

use kapok::{
    AwaitedView, ElementView, HistoryView, IncidentView, InstanceDetail, InstanceView, What,
    model::MessageChannel,
    process::state::{Awaited, ElementState, EventKind, InstanceState},
    protocol::{PersonId, Timestamp, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, TaskBrief, Text, tasks::decision_name};

/// What a case is started with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// The process's key.
    pub(crate) process: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) business_key: Option<String>,
    #[serde(default)]
    pub(crate) record: Option<RecordName>,
}

/// Which record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordName {
    pub(crate) entity: String,
    #[schema(value_type = String)]
    pub(crate) id: kapok::protocol::RecordId,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    pub(crate) id: String,
}

/// Why a case is ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancel {
    pub(crate) reason: String,
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstanceBrief {
    id: String,
    title: String,
    process: VersionRef,
    /// `active`, `completed`, `rejected` or `cancelled`.
    state: &'static str,
    started_at: String,
    ended_at: Option<String>,
    initiator: Option<PersonRef>,
    waiting: Vec<Waiting>,
}

/// A version of a process, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionRef {
    key: String,
    name: String,
    version: u32,
}

/// What a case waits for, and for whom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    element: String,
    name: String,
    #[serde(rename = "for")]
    whom: Vec<String>,
}

impl From<InstanceView> for InstanceBrief {
    fn from(view: InstanceView) -> Self {
        let waiting = view
            .waiting
            .into_iter()
            .map(|(element, name, whom)| Waiting { element, name, whom });
        Self {
            id: view.instance.id.to_string(),
            title: view.instance.title,
            process: VersionRef {
                key: view.definition.key,
                name: view.definition.name,
                version: view.definition.version,
            },
            state: state_name(view.instance.state),
            started_at: view.instance.started_at.to_string(),
            ended_at: view.instance.ended_at.map(|at| at.to_string()),
            initiator: view.initiator.map(PersonRef::from),
            waiting: waiting.collect(),
        }
    }
}

pub(crate) fn state_name(state: InstanceState) -> &'static str {
    match state {
        InstanceState::Active => "active",
        InstanceState::Completed => "completed",
        InstanceState::Rejected => "rejected",
        InstanceState::Cancelled => "cancelled",
    }
}

/// A case with all that happened in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Instance {
    #[serde(flatten)]
    brief: InstanceBrief,
    definition: String,
    record: Option<RecordTitle>,
    elements: Vec<Element>,
    /// The BPMN ids of the sequence flows taken.
    flows: Vec<String>,
    tasks: Vec<TaskBrief>,
    incidents: Vec<Incident>,
    timers: Vec<TimerView>,
    awaited: Vec<AwaitedBrief>,
    history: Vec<History>,
}

/// A record by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordTitle {
    entity: String,
    id: String,
    title: String,
}

/// When something of a case happens by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimerView {
    element: String,
    due: String,
}

/// What a case waits for besides people and time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwaitedBrief {
    /// The BPMN id of the event, or of the call activity.
    element: String,
    name: String,
    /// `message`, `signal`, `condition` or `case`.
    kind: &'static str,
    /// The name of the message or signal.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The case that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

impl From<AwaitedView> for AwaitedBrief {
    fn from(view: AwaitedView) -> Self {
        let (kind, text, instance) = match view.what {
            What::Event(Awaited::Message { name, .. }) => ("message", Some(name), None),
            What::Event(Awaited::Signal(name)) => ("signal", Some(name), None),
            What::Event(Awaited::Condition { .. }) => ("condition", None, None),
            What::Called(instance) => ("case", None, Some(instance.to_string())),
        };
        Self {
            element: view.element,
            name: view.name,
            kind,
            text,
            instance,
        }
    }
}

impl Instance {
    pub(crate) fn new(detail: InstanceDetail, timers: Vec<(String, Timestamp)>, awaited: Vec<AwaitedView>) -> Self {
        let record = detail.record.map(|(reference, title)| RecordTitle {
            entity: reference.entity.to_string(),
            id: reference.id.to_string(),
            title,
        });
        Self {
            definition: detail.view.instance.definition.to_string(),
            record,
            elements: detail.elements.into_iter().map(Element::from).collect(),
            flows: detail.flows,
            tasks: detail.tasks.into_iter().map(TaskBrief::from).collect(),
            incidents: detail.incidents.into_iter().map(Incident::of_case).collect(),
            timers: timers
                .into_iter()
                .map(|(element, due)| TimerView {
                    element,
                    due: due.to_string(),
                })
                .collect(),
            awaited: awaited.into_iter().map(AwaitedBrief::from).collect(),
            history: detail.history.into_iter().map(History::from).collect(),
            brief: detail.view.into(),
        }
    }
}

/// One activation of one element.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Element {
    id: String,
    /// Its BPMN id.
    element: String,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `active`, `completed` or `cancelled`.
    state: &'static str,
    entered_at: String,
    left_at: Option<String>,
    /// The activations it followed from.
    causes: Vec<String>,
}

impl From<ElementView> for Element {
    fn from(view: ElementView) -> Self {
        let state = match view.row.state {
            ElementState::Active => "active",
            ElementState::Completed => "completed",
            ElementState::Cancelled => "cancelled",
        };
        Self {
            id: view.row.id.to_string(),
            element: view.element,
            name: view.name,
            kind: view.kind,
            state,
            entered_at: view.row.entered_at.to_string(),
            left_at: view.row.left_at.map(|at| at.to_string()),
            causes: view.row.causes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A step that is stuck.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Incident {
    id: String,
    /// Its BPMN id.
    element: String,
    name: String,
    at: String,
    text: Text,
    /// In the list of all: the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// In the list of all: what the case is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl Incident {
    fn of_case(view: IncidentView) -> Self {
        Self {
            instance: None,
            title: None,
            ..view.into()
        }
    }
}

impl From<IncidentView> for Incident {
    fn from(view: IncidentView) -> Self {
        Self {
            id: view.row.id.to_string(),
            element: view.element,
            name: view.name,
            at: view.row.at.to_string(),
            text: view.row.text.into(),
            instance: Some(view.row.instance.to_string()),
            title: Some(view.title),
        }
    }
}

/// Something that happened in a case.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct History {
    at: String,
    kind: &'static str,
    /// The BPMN id of the element it happened to.
    element: Option<String>,
    name: Option<String>,
    actor: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// An error's code, the end's state, a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl From<HistoryView> for History {
    fn from(view: HistoryView) -> Self {
        let who = |id: PersonId| {
            let name = view.names.get(&id).cloned().unwrap_or_else(|| id.to_string());
            Some(PersonRef {
                id: id.to_string(),
                name,
            })
        };
        let what = match view.event.kind {
            EventKind::Started => Self::of("started"),
            EventKind::Ended(state) => Self {
                text: Some(state_name(state).to_owned()),
                ..Self::of("ended")
            },
            EventKind::Activated => Self::of("activated"),
            EventKind::Completed => Self::of("completed"),
            EventKind::Cancelled => Self::of("cancelled"),
            EventKind::Failed(code) => Self {
                text: Some(code),
                ..Self::of("failed")
            },
            EventKind::Thrown(name) => Self {
                text: Some(name),
                ..Self::of("thrown")
            },
            EventKind::TaskCreated { assignee, .. } => Self {
                person: assignee.and_then(who),
                ..Self::of("task-created")
            },
            EventKind::NobodyFound(_) => Self::of("nobody-found"),
            EventKind::TaskClaimed(_) => Self::of("task-claimed"),
            EventKind::TaskReleased(_) => Self::of("task-released"),
            EventKind::TaskCompleted { decision, comment, .. } => Self {
                decision: decision.map(decision_name),
                comment,
                ..Self::of("task-completed")
            },
            EventKind::Reminded { person, channels, .. } => Self {
                person: who(person),
                channels: Some(channels.into_iter().map(channel_name).collect()),
                ..Self::of("reminded")
            },
            EventKind::Urged { person, .. } => Self {
                person: who(person),
                ..Self::of("urged")
            },
            EventKind::Escalated { from, to, .. } => Self {
                from: from.and_then(who),
                to: who(to),
                ..Self::of("escalated")
            },
            EventKind::Told { channel, person } => Self {
                person: who(person),
                channels: Some(vec![channel_name(channel)]),
                ..Self::of("told")
            },
            EventKind::CancelRequested(reason) => Self {
                text: Some(reason),
                ..Self::of("cancel-requested")
            },
            EventKind::IncidentRaised(_) => Self::of("incident-raised"),
            EventKind::IncidentRetried(_) => Self::of("incident-retried"),
        };
        Self {
            at: view.event.at.to_string(),
            element: view.element,
            name: view.name,
            actor: view.actor.map(PersonRef::from),
            ..what
        }
    }
}

impl History {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }
}

fn channel_name(channel: MessageChannel) -> &'static str {
    match channel {
        MessageChannel::Page => "page",
        MessageChannel::Mail => "mail",
        MessageChannel::Sms => "sms",
    }
}
