//! Rows of processes.

use std::collections::BTreeMap;

use kapok_process::state::{
    Arrival, Candidate, ElementInstance, ElementState, Event, EventKind, FlowIndex, Incident, Instance, InstanceState,
    Job, MessageChannel, Task, TaskState, Timer, TimerKind,
};
use kapok_protocol::{Decision, ElementInstanceId, InstanceId, IsoDuration, JobId, Principal, TaskId, TimerId, Value};

use super::{
    at, definition_id, element_id, fields, incident_id, instance_id, job_id, node, person, record_ref, scope_id,
    superior, task_id, text, timer_id,
};
use crate::any_row::AnyRow;

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
        cron: None,
    })
}

pub fn variable() -> AnyRow {
    AnyRow::Variable((instance_id(), Some(scope_id()), "金额".into()), Value::Map(fields()))
}

pub fn instances() -> Vec<AnyRow> {
    let instance = Instance {
        title: "报价 BJ20261123-0001".into(),
        initiator: Some(person()),
        business_key: Some("BJ20261123-0001".into()),
        record: Some(record_ref()),
        depth: 1,
        activations: 300,
        live_children: 2,
        joins: vec![(node(), element_id())],
        side_rows: None,
        ..Instance::new(instance_id(), definition_id(), at(0))
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

/// An activation with nothing in it.
fn fresh() -> ElementInstance {
    ElementInstance::new(
        element_id(),
        instance_id(),
        node(),
        Some(scope_id()),
        vec![scope_id()],
        at(0),
    )
}

pub fn elements() -> Vec<AnyRow> {
    let element = ElementInstance {
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
        ..fresh()
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

pub fn tasks() -> Vec<AnyRow> {
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

pub fn timers() -> Vec<AnyRow> {
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
            cron: None,
        })
    });
    std::iter::once(timer()).chain(bare).collect()
}

pub fn jobs() -> Vec<AnyRow> {
    let job = Job {
        id: job_id(),
        instance: instance_id(),
        element: element_id(),
        handler: "quotes.mark-approved".into(),
        inputs: fields(),
        failures: 2,
        ready: true,
        external: false,
        lock: None,
        retries: None,
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

pub fn incident() -> AnyRow {
    AnyRow::Incident(Incident {
        id: incident_id(),
        instance: instance_id(),
        element: element_id(),
        node: node(),
        at: at(2),
        text: text(),
    })
}

pub fn events() -> Vec<AnyRow> {
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
