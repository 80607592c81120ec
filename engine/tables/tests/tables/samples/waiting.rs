//! What came with the rest of BPMN: new fields of the rows of processes, and the rows of what waits.

use std::collections::BTreeMap;

use kapok_process::state::{
    Awaited, Compensation, ElementInstance, Event, EventKind, FlowIndex, Gathering, Instance, KeptMessage, NodeIndex,
    Part, Repetition, Subscription, Timer, TimerKind, Undoing, Waiting,
};
use kapok_protocol::{ElementInstanceId, InstanceId, MessageId, Principal, SubscriptionId, TimerId, Value};

use super::{
    at, called_id, caller_id, definition_id, element_id, fields, instance_id, message_id, node, scope_id,
    subscription_id, timer_id,
};
use crate::any_row::AnyRow;

/// A case that was called, one that a message started, and one that waits at its top.
pub fn instances() -> Vec<AnyRow> {
    let case = |id| {
        let id = InstanceId::new(id).expect("not zero");
        Instance {
            side_rows: None,
            ..Instance::new(id, definition_id(), at(0))
        }
    };
    let rows = [
        Instance {
            caller: Some((caller_id(), element_id())),
            ..case(134)
        },
        Instance {
            correspondent: Some(caller_id()),
            ..case(135)
        },
        Instance {
            timers: vec![timer_id()],
            subscriptions: vec![subscription_id()],
            conditions: 1,
            interrupted: true,
            ..case(136)
        },
        Instance {
            handling: 2,
            ..case(151)
        },
    ];
    rows.map(AnyRow::Instance).into()
}

pub fn elements() -> Vec<AnyRow> {
    let element = |id| {
        let id = ElementInstanceId::new(id).expect("not zero");
        ElementInstance::new(id, instance_id(), node(), Some(scope_id()), Vec::new(), at(0))
    };
    let counts = Repetition {
        total: Some(9),
        started: 7,
        completed: 3,
        terminated: 2,
    };
    let rows = [
        ElementInstance {
            part: Part::Body(counts),
            ..element(137)
        },
        ElementInstance {
            part: Part::Body(Repetition::default()),
            ..element(138)
        },
        ElementInstance {
            part: Part::Instance(4),
            has_variables: true,
            ..element(139)
        },
        ElementInstance {
            sees: Some(scope_id()),
            leaving: true,
            ..element(140)
        },
        ElementInstance {
            left: true,
            undoing: vec![
                Undoing {
                    scope: None,
                    before: 300,
                    only: Some(node()),
                },
                Undoing {
                    scope: Some(scope_id()),
                    before: u64::MAX,
                    only: None,
                },
            ],
            ..element(141)
        },
        ElementInstance {
            closing: true,
            offered: vec![NodeIndex(5), NodeIndex(0)],
            ..element(142)
        },
        ElementInstance {
            opened_by: vec![FlowIndex(2), FlowIndex(0)],
            ..element(143)
        },
        ElementInstance {
            subscriptions: vec![subscription_id()],
            called: Some(called_id()),
            ..element(144)
        },
        ElementInstance {
            handling: 1,
            handed_over: true,
            ..element(152)
        },
    ];
    rows.map(AnyRow::Element).into()
}

fn waiting(owner: Option<ElementInstanceId>, trigger: u32) -> Waiting {
    Waiting {
        instance: instance_id(),
        owner,
        node: node(),
        trigger,
    }
}

pub fn timers() -> Vec<AnyRow> {
    let (instance, element) = (instance_id(), element_id());
    let kinds = [
        TimerKind::Event(waiting(Some(element_id()), 1)),
        TimerKind::Event(waiting(None, 0)),
        TimerKind::Continue { instance, element },
        TimerKind::Broadcast {
            signal: "涨价".into(),
            variables: fields(),
            after: subscription_id(),
            until: SubscriptionId::new(u64::MAX).expect("not zero"),
        },
        TimerKind::ForgetMessage { message: message_id() },
    ];
    let timer = |id, kind| Timer {
        id: TimerId::new(id).expect("not zero"),
        due: at(1),
        kind,
        repeat: None,
        cron: None,
    };
    let mut timers: Vec<Timer> = kinds.into_iter().zip(145..).map(|(kind, id)| timer(id, kind)).collect();
    timers.push(Timer {
        cron: Some("0 0 9 * * MON-FRI".into()),
        ..timer(150, TimerKind::Event(waiting(None, 0)))
    });
    timers.into_iter().map(AnyRow::Timer).collect()
}

pub fn events() -> Vec<AnyRow> {
    vec![AnyRow::Event(Event {
        instance: instance_id(),
        sequence: 230,
        at: at(3),
        actor: Principal::System,
        element: Some(element_id()),
        node: Some(node()),
        kind: EventKind::Thrown("涨价".into()),
    })]
}

pub fn subscriptions() -> Vec<AnyRow> {
    let message = |name: &str, key: Option<&str>| Awaited::Message {
        name: name.into(),
        key: key.map(str::to_owned),
    };
    let awaited = [
        message("order", Some("BJ20261123-0001")),
        message("order", Some("")),
        message("order", None),
        Awaited::Signal("涨价".into()),
        Awaited::Condition { held: false },
        Awaited::Condition { held: true },
    ];
    let rows = awaited.into_iter().zip(160..).map(|(awaited, id)| Subscription {
        id: SubscriptionId::new(id).expect("not zero"),
        waiting: waiting((id % 2 == 0).then(element_id), 2),
        awaited,
    });
    rows.map(AnyRow::Subscription).collect()
}

pub fn kept_messages() -> Vec<AnyRow> {
    let bare = KeptMessage {
        id: message_id(),
        name: "order".into(),
        key: None,
        variables: BTreeMap::new(),
        to: None,
        sender: None,
        timer: None,
    };
    let with = |id, to| KeptMessage {
        id: MessageId::new(id).expect("not zero"),
        key: Some("BJ20261123-0001".into()),
        variables: fields(),
        to: Some(("delivery".into(), to)),
        sender: Some(instance_id()),
        timer: Some(timer_id()),
        ..bare.clone()
    };
    let rows = [with(170, None), with(171, Some("receive".into())), bare.clone()];
    rows.map(AnyRow::Kept).into()
}

pub fn compensations() -> Vec<AnyRow> {
    let done = Compensation {
        activity: element_id(),
        node: node(),
    };
    let places = [(None, 300), (None, 301), (Some(scope_id()), 1)];
    let rows = places.map(|(scope, place)| AnyRow::Compensation((instance_id(), scope, place), done));
    rows.into()
}

pub fn gatherings() -> Vec<AnyRow> {
    let row =
        |key: Option<&str>, gathered| AnyRow::Gathering((definition_id(), node(), key.map(str::to_owned)), gathered);
    let gathered = Gathering {
        triggers: vec![2, 0],
        variables: fields(),
    };
    vec![row(None, Gathering::default()), row(Some("BJ20261123-0001"), gathered)]
}

pub fn items() -> Vec<AnyRow> {
    let item = |result, number, value| AnyRow::Item((instance_id(), element_id(), result, number), value);
    vec![
        item(false, 1, Value::Map(fields())),
        item(false, u32::MAX, "木棉".into()),
        item(true, 1, Value::Null),
    ]
}

pub fn tokens() -> Vec<AnyRow> {
    let count = |scope, node, count| AnyRow::Tokens((instance_id(), scope, NodeIndex(node)), count);
    vec![
        count(None, 0, 1),
        count(None, u32::MAX, 2),
        count(Some(scope_id()), 3, 1),
    ]
}
