//! The events of one command in one case, as one row.

use kapok_process::state::{Event, EventKind, NodeIndex};
use kapok_protocol::{ElementInstanceId, InstanceId, Principal, Timestamp};

use super::steps;
use crate::{
    Key, Prefix,
    codec::{self, CodecError, Field, Input, Output, length, written},
    rows::Row,
};

/// Events of one case in their order; there is at least one.
///
/// Each is a list that begins with the steps of sequence number and moment. Nearly all say that an element was entered
/// or left, by whoever did what the event before tells of: those go on with what happened, how far the activation's id
/// is from the sequence number, and the node. Any other goes on with who, the activation, the node, and what happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Events {
    pub(crate) instance: InstanceId,
    pub(crate) events: Vec<Event>,
}

/// The first version kept every event in a row of its own.
const SINGLE: u8 = 1;

/// How many parts an event has that says that an element was entered or left.
const MOVE: u64 = 5;
/// How many parts any other has.
const OTHER: u64 = 6;

const MOVES: [EventKind; 3] = [EventKind::Activated, EventKind::Completed, EventKind::Cancelled];

/// What is known before the next event.
struct Before {
    sequence: u64,
    at: Timestamp,
    actor: Principal,
}

impl Before {
    fn nothing(instance: InstanceId) -> Self {
        Self {
            sequence: instance.get(),
            at: Timestamp::from_millis(0),
            actor: Principal::System,
        }
    }

    fn then(event: &Event) -> Self {
        Self {
            sequence: event.sequence,
            at: event.at,
            actor: event.actor,
        }
    }
}

impl Events {
    /// Writes events of a case.
    pub(super) fn put<'e>(
        instance: InstanceId,
        events: impl ExactSizeIterator<Item = &'e Event>,
        output: &mut Output<'_>,
    ) {
        written(output.array(events.len() as u64));
        let mut before = Before::nothing(instance);
        for event in events {
            let a_move = as_move(event, &before);
            written(output.array(if a_move.is_some() { MOVE } else { OTHER }));
            steps::put(output, before.sequence, event.sequence);
            steps::put(output, before.at.millis() as u64, event.at.millis() as u64);
            match a_move {
                Some((kind, element, node)) => {
                    written(output.u8(kind));
                    steps::put(output, element.get(), event.sequence);
                    node.encode(output);
                }
                None => {
                    event.actor.encode(output);
                    event.element.encode(output);
                    event.node.encode(output);
                    event.kind.encode(output);
                }
            }
            before = Before::then(event);
        }
    }

    /// Reads events of a case.
    pub(super) fn take(instance: InstanceId, input: &mut Input<'_>) -> Result<Vec<Event>, CodecError> {
        let mut events = Vec::new();
        let mut before = Before::nothing(instance);
        for _ in 0..length(input.array()?)? {
            let parts = length(input.array()?)?;
            let sequence = steps::take(input, before.sequence)?;
            let at = Timestamp::from_millis(steps::take(input, before.at.millis() as u64)? as i64);
            let event = match parts {
                MOVE => take_move(instance, sequence, at, before.actor, input)?,
                OTHER => Event {
                    instance,
                    sequence,
                    at,
                    actor: Field::decode(input)?,
                    element: Field::decode(input)?,
                    node: Field::decode(input)?,
                    kind: Field::decode(input)?,
                },
                parts => return Err(CodecError(format!("an event has {MOVE} or {OTHER} parts, not {parts}"))),
            };
            before = Before::then(&event);
            events.push(event);
        }
        Ok(events)
    }
}

/// What an event says if it can be written short.
fn as_move(event: &Event, before: &Before) -> Option<(u8, ElementInstanceId, NodeIndex)> {
    let kind = MOVES.iter().position(|kind| *kind == event.kind)?;
    let kind = u8::try_from(kind).ok()?;
    (event.actor == before.actor).then_some((kind, event.element?, event.node?))
}

fn take_move(
    instance: InstanceId,
    sequence: u64,
    at: Timestamp,
    actor: Principal,
    input: &mut Input<'_>,
) -> Result<Event, CodecError> {
    let kind = MOVES.get(usize::from(input.u8()?)).cloned();
    let element = sequence.wrapping_sub(input.i64()? as u64);
    Ok(Event {
        instance,
        sequence,
        at,
        actor,
        element: Some(steps::id(element, ElementInstanceId::new)?),
        node: Some(NodeIndex::decode(input)?),
        kind: kind.ok_or_else(|| CodecError("an event of a kind that is not known".into()))?,
    })
}

/// The case, then its events.
impl Field for Events {
    fn encode(&self, output: &mut Output<'_>) {
        self.instance.encode(output);
        Self::put(self.instance, self.events.iter(), output);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        let instance = InstanceId::decode(input)?;
        let events = Self::take(instance, input)?;
        Ok(Self { instance, events })
    }
}

/// Lies where its first event would lie.
impl Row for Events {
    type Id = (InstanceId, u64);
    const VERSION: u8 = 2;

    fn key((instance, sequence): &Self::Id) -> Key {
        Key::new(Prefix::Event).number(instance.get()).number(*sequence)
    }

    fn id(&self) -> Self::Id {
        (self.instance, self.events.first().map_or(0, |event| event.sequence))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        match bytes.first() {
            Some(&SINGLE) => codec::decode(SINGLE, bytes).map(|event: Event| Self {
                instance: event.instance,
                events: vec![event],
            }),
            _ => codec::decode(Self::VERSION, bytes),
        }
    }
}
