//! A case that has ended, with all that is left of it.

use kapok_process::state::{
    Changes, ElementInstance, ElementState, Event, EventKind, Instance, InstanceState, NodeIndex, Part,
};
use kapok_protocol::{ElementInstanceId, Principal, Value};

use super::{at, definition_id, instance_id, person, task_id};

type Variables = Vec<(String, Value)>;

fn id(number: u64) -> ElementInstanceId {
    ElementInstanceId::new(number).expect("not zero")
}

/// A case, its activations, its events and its variables.
pub fn finished() -> (Instance, Vec<ElementInstance>, Vec<Event>, Variables) {
    let case = Instance {
        state: InstanceState::Completed,
        title: "请假 王芳".into(),
        ended_at: Some(at(31)),
        initiator: Some(person()),
        activations: 4,
        side_rows: Some(true),
        ..Instance::new(instance_id(), definition_id(), at(0))
    };
    let left = |number, node, scope, causes: &[u64], from, to, state| ElementInstance {
        state,
        left_at: Some(at(to)),
        ..ElementInstance::new(
            id(number),
            case.id,
            NodeIndex(node),
            scope,
            causes.iter().map(|cause| id(*cause)).collect(),
            at(from),
        )
    };
    let elements = vec![
        ElementInstance {
            leaving: true,
            handed_over: true,
            ..left(101, 0, None, &[], 0, 0, ElementState::Completed)
        },
        left(104, 1, None, &[101], 0, 30, ElementState::Completed),
        left(105, 300, Some(id(104)), &[], 1, 30, ElementState::Cancelled),
        ElementInstance {
            part: Part::Instance(2),
            ..left(109, 2, None, &[101, 104], 30, 31, ElementState::Completed)
        },
    ];
    let event = |sequence, minutes, actor, element: Option<&ElementInstance>, kind| Event {
        instance: case.id,
        sequence,
        at: at(minutes),
        actor,
        element: element.map(|row| row.id),
        node: element.map(|row| row.node),
        kind,
    };
    let who = Principal::Person(person());
    let events = vec![
        event(102, 0, who, None, EventKind::Started),
        event(103, 0, who, Some(&elements[0]), EventKind::Activated),
        event(106, 0, who, Some(&elements[0]), EventKind::Completed),
        event(107, 1, Principal::System, Some(&elements[2]), EventKind::Activated),
        event(108, 30, who, Some(&elements[2]), EventKind::Cancelled),
        event(110, 30, who, Some(&elements[1]), EventKind::TaskClaimed(task_id())),
        event(111, 31, who, None, EventKind::Ended(InstanceState::Completed)),
    ];
    let variables = vec![("days".into(), 2.into()), ("理由".into(), "回家".into())];
    (case, elements, events, variables)
}

/// What a command would have changed that did all of this.
pub fn changes_of(
    case: &Instance,
    elements: &[ElementInstance],
    events: &[Event],
    variables: &[(String, Value)],
) -> Changes {
    Changes {
        instances: vec![(case.id, Some(case.clone()))],
        elements: elements
            .iter()
            .map(|row| ((case.id, row.id), Some(row.clone())))
            .collect(),
        events: events.to_vec(),
        variables: variables
            .iter()
            .map(|(name, value)| ((case.id, None, name.clone()), Some(value.clone())))
            .collect(),
        ..Changes::default()
    }
}
