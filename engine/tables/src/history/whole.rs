//! A case as one row with everything of it: what it is, what was done, by whom and when, and its variables. Small cases
//! that go on lie so, and those that have ended.

use std::{borrow::Cow, collections::BTreeMap};

use kapok_process::state::{ElementInstance, ElementState, Event, Instance, InstanceState, NodeIndex};
use kapok_protocol::{ElementInstanceId, InstanceId, Timestamp, Value};

use super::{events::Events, steps};
use crate::{
    codec::{self, CodecError, Field, Input, Output, length, written},
    rows::Row,
};

/// The version of a case's row that holds all of it. The one before holds a case alone.
pub(crate) const WHOLE_VERSION: u8 = 2;

/// The scope and the name of a variable.
pub(crate) type VariablePlace = (Option<ElementInstanceId>, String);

/// A case with everything of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Whole<'a> {
    pub(crate) instance: Cow<'a, Instance>,
    pub(crate) elements: BTreeMap<ElementInstanceId, Cow<'a, ElementInstance>>,
    pub(crate) events: Vec<Cow<'a, Event>>,
    pub(crate) variables: BTreeMap<VariablePlace, Cow<'a, Value>>,
}

impl<'a> Whole<'a> {
    /// A case of which nothing else is known.
    pub(crate) fn new(instance: Cow<'a, Instance>) -> Self {
        Self {
            instance,
            elements: BTreeMap::new(),
            events: Vec::new(),
            variables: BTreeMap::new(),
        }
    }

    /// The row.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        codec::encode(WHOLE_VERSION, self)
    }

    /// The whole of a row of that version.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Whole<'static>, CodecError> {
        codec::decode(WHOLE_VERSION, bytes)
    }

    /// The case, and the whole of it if it goes on.
    pub(crate) fn live_from_bytes(bytes: &[u8]) -> Result<(Instance, Option<Whole<'static>>), CodecError> {
        let instance = Instance::from_bytes(bytes)?;
        let is_whole = bytes.first() == Some(&WHOLE_VERSION) && instance.state == InstanceState::Active;
        let whole = is_whole.then(|| Self::from_bytes(bytes)).transpose()?;
        Ok((instance, whole))
    }

    /// A variable.
    pub(crate) fn variable(&self, scope: Option<ElementInstanceId>, name: &str) -> Option<&Value> {
        self.variables_of(scope)
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// The variables of a scope, by name.
    pub(crate) fn variables_of(&self, scope: Option<ElementInstanceId>) -> impl Iterator<Item = (&str, &Value)> {
        let from = self.variables.range((scope, String::new())..);
        from.take_while(move |((at, _), _)| *at == scope)
            .map(|((_, name), value)| (name.as_str(), value.as_ref()))
    }

    /// The case alone, without reading what else there is.
    pub(crate) fn instance_from_bytes(bytes: &[u8]) -> Result<Instance, CodecError> {
        let mut input = minicbor::Decoder::new(bytes.get(1..).unwrap_or_default());
        check_parts(&mut input)?;
        Instance::decode(&mut input)
    }
}

/// The case, its activations, its events, its variables.
const PARTS: u64 = 4;

fn check_parts(input: &mut Input<'_>) -> Result<(), CodecError> {
    match length(input.array()?)? {
        PARTS => Ok(()),
        other => Err(CodecError(format!(
            "a case that has ended has {PARTS} parts, not {other}"
        ))),
    }
}

impl Field for Whole<'_> {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(PARTS));
        self.instance.encode(output);
        written(output.array(self.elements.len() as u64));
        let mut before = Before::first(&self.instance);
        for row in self.elements.values() {
            put_element(row, &before, output);
            before = Before::then(row);
        }
        Events::put(self.instance.id, self.events.iter().map(Cow::as_ref), output);
        written(output.array(self.variables.len() as u64));
        for ((scope, name), value) in &self.variables {
            written(output.array(3));
            scope.encode(output);
            name.encode(output);
            value.encode(output);
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        check_parts(input)?;
        let instance = Instance::decode(input)?;
        let mut elements = BTreeMap::new();
        let mut before = Before::first(&instance);
        for _ in 0..length(input.array()?)? {
            let row = take_element(instance.id, &before, input)?;
            before = Before::then(&row);
            elements.insert(row.id, Cow::Owned(row));
        }
        let events = Events::take(instance.id, input)?.into_iter().map(Cow::Owned).collect();
        let mut variables = BTreeMap::new();
        for _ in 0..length(input.array()?)? {
            let parts = length(input.array()?)?;
            if parts != 3 {
                return Err(CodecError(format!("a variable has 3 parts, not {parts}")));
            }
            let place = (Field::decode(input)?, Field::decode(input)?);
            variables.insert(place, Cow::Owned(Value::decode(input)?));
        }
        Ok(Self {
            instance: Cow::Owned(instance),
            elements,
            events,
            variables,
        })
    }
}

/// What is known before the next activation.
struct Before {
    id: u64,
    entered: Timestamp,
}

impl Before {
    fn first(instance: &Instance) -> Self {
        Self {
            id: instance.id.get(),
            entered: instance.started_at,
        }
    }

    fn then(row: &ElementInstance) -> Self {
        Self {
            id: row.id.get(),
            entered: row.entered_at,
        }
    }
}

/// The numbers that an activation written short begins with; its causes follow.
const HEAD: u64 = 6;

/// Nearly all activations of a case that has ended were entered and left, and that is all there is to say of them: steps
/// of id and moments, node, scope, flags, and how far back the causes are. Any other is written in full.
fn put_element(row: &ElementInstance, before: &Before, output: &mut Output<'_>) {
    let Some(left_at) = row.left_at.filter(|_| is_plain(row)) else {
        return row.encode(output);
    };
    let id = row.id.get();
    written(output.array(HEAD + row.causes.len() as u64));
    steps::put(output, before.id, id);
    row.node.encode(output);
    steps::put(output, row.scope.map_or(id, ElementInstanceId::get), id);
    written(output.u8(flags(row)));
    steps::put(output, before.entered.millis() as u64, row.entered_at.millis() as u64);
    steps::put(output, row.entered_at.millis() as u64, left_at.millis() as u64);
    for cause in &row.causes {
        steps::put(output, cause.get(), id);
    }
}

fn take_element(instance: InstanceId, before: &Before, input: &mut Input<'_>) -> Result<ElementInstance, CodecError> {
    let Some(parts) = steps::list(input)? else {
        return ElementInstance::decode(input);
    };
    let causes = parts
        .checked_sub(HEAD)
        .ok_or_else(|| CodecError(format!("an activation has {HEAD} parts, not {parts}")))?;
    let id = steps::take(input, before.id)?;
    let node = NodeIndex::decode(input)?;
    let scope = id.wrapping_sub(input.i64()? as u64);
    let said = input.u8()?;
    let entered = steps::take(input, before.entered.millis() as u64)?;
    let left = steps::take(input, entered)?;
    let causes = (0..causes).map(|_| steps::id(id.wrapping_sub(input.i64()? as u64), ElementInstanceId::new));
    let causes = causes.collect::<Result<_, _>>()?;
    let scope = (scope != id)
        .then(|| steps::id(scope, ElementInstanceId::new))
        .transpose()?;
    let row = ElementInstance::new(
        steps::id(id, ElementInstanceId::new)?,
        instance,
        node,
        scope,
        causes,
        Timestamp::from_millis(entered as i64),
    );
    Ok(ended(row, said, Some(Timestamp::from_millis(left as i64))))
}

const CANCELLED: u8 = 1;
const LEAVING: u8 = 2;
const HANDED_OVER: u8 = 4;
const HAS_VARIABLES: u8 = 8;

/// What else is to be said of an activation in nearly all cases.
fn flags(row: &ElementInstance) -> u8 {
    let flag = |holds, flag| if holds { flag } else { 0 };
    flag(row.state == ElementState::Cancelled, CANCELLED)
        | flag(row.leaving, LEAVING)
        | flag(row.handed_over, HANDED_OVER)
        | flag(row.has_variables, HAS_VARIABLES)
}

/// An activation that was just begun, as it was when it had ended.
fn ended(row: ElementInstance, flags: u8, left_at: Option<Timestamp>) -> ElementInstance {
    let has = |flag| flags & flag != 0;
    ElementInstance {
        state: if has(CANCELLED) {
            ElementState::Cancelled
        } else {
            ElementState::Completed
        },
        leaving: has(LEAVING),
        handed_over: has(HANDED_OVER),
        has_variables: has(HAS_VARIABLES),
        left_at,
        ..row
    }
}

/// Whether nothing but its way, its moments and its flags is to be said of an activation.
fn is_plain(row: &ElementInstance) -> bool {
    let fresh = ElementInstance::new(
        row.id,
        row.instance,
        row.node,
        row.scope,
        row.causes.clone(),
        row.entered_at,
    );
    *row == ended(fresh, flags(row), row.left_at)
}
