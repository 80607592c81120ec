//! Cases that lie in one row: small ones while they go on, and all but the largest ones when they have ended.
//!
//! Most cases are small, and each row of a case costs as much to change as a whole small case. So a case begins as one
//! row with its activations, its events and its variables. Once it has grown beyond [`ACTIVATIONS`] or [`BYTES`], each
//! of them is a row of its own, so that a step of a large case costs what the step is about; it stays so until it ends.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use kapok_process::state::{Changes, ElementInstance, Event, Instance, InstanceState};
use kapok_protocol::{ElementInstanceId, InstanceId, Value};

use crate::{
    Key, Prefix, Read, TableError, Transaction,
    history::{Events, WHOLE_VERSION, Whole},
    process_state::{decode_value, name_in, variable_key},
    read,
    rows::Row,
};

/// A case that goes on and has had more activations lies in rows.
const ACTIVATIONS: u64 = 32;

/// So does one that would take more bytes.
const BYTES: usize = 2_048;

/// A case with more activations stays as it is when it ends, so that no command has to gather more than this.
const GATHERED: u64 = 20_000;

/// What the rows of a case begin with, besides the case's own.
pub(crate) const OF_A_CASE: [Prefix; 7] = [
    Prefix::Element,
    Prefix::LiveElement,
    Prefix::Variable,
    Prefix::Event,
    Prefix::Compensation,
    Prefix::Item,
    Prefix::Tokens,
];

/// Those of them that lie in its row when it has only one.
const LEFT: [Prefix; 3] = [Prefix::Element, Prefix::Variable, Prefix::Event];

/// Those that few cases have, and that go when it ends. The index rows of live activations go with these.
const SIDE: [Prefix; 3] = [Prefix::Compensation, Prefix::Item, Prefix::Tokens];

/// The cases that a command is about.
pub(crate) struct Gathered<'a>(BTreeMap<InstanceId, Place<'a>>);

/// How a case lies, and the index rows that it has had.
struct Place<'a> {
    whole: Option<Whole<'a>>,
    indexes: Vec<Vec<u8>>,
}

impl<'a> Gathered<'a> {
    /// Reads what lies in one row, and gathers what is to lie in one from now on, erasing the rows it lay in.
    pub(crate) fn begin(tx: &mut Transaction<'_>, changes: &'a Changes) -> Result<Self, TableError> {
        let rows: BTreeMap<InstanceId, Option<&Instance>> =
            changes.instances.iter().map(|(id, row)| (*id, row.as_ref())).collect();
        let active: BTreeSet<InstanceId> = changes.elements.iter().map(|((id, _), _)| *id).collect();
        let of_variables = changes.variables.iter().map(|((id, _, _), _)| *id);
        let of_events = changes.events.iter().map(|event| event.instance);
        let mut all: BTreeSet<InstanceId> = of_variables.chain(of_events).collect();
        all.extend(rows.keys().chain(&active));
        let mut cases = BTreeMap::new();
        for id in all {
            let place = Place::of(tx, id, rows.get(&id).copied(), active.contains(&id))?;
            cases.insert(id, place);
        }
        Ok(Self(cases))
    }

    /// Whether a case will lie in one row.
    pub(crate) fn has(&self, id: InstanceId) -> bool {
        self.0.get(&id).is_some_and(|place| place.whole.is_some())
    }

    /// Whether it will, and has ended.
    pub(crate) fn has_ended(&self, id: InstanceId) -> bool {
        let whole = self.0.get(&id).and_then(|place| place.whole.as_ref());
        whole.is_some_and(|case| case.instance.state != InstanceState::Active)
    }

    pub(crate) fn case(&mut self, id: InstanceId) -> Option<&mut Whole<'a>> {
        self.0.get_mut(&id)?.whole.as_mut()
    }

    /// The index rows that a case has had.
    pub(crate) fn indexes(&self, id: InstanceId) -> &[Vec<u8>] {
        self.0.get(&id).map_or(&[], |place| &place.indexes)
    }

    /// Writes the cases that lie in one row, and spreads out those that have become too large for it.
    pub(crate) fn write(self, tx: &mut Transaction<'_>) {
        for place in self.0.into_values() {
            let Some(case) = place.whole else { continue };
            let goes_on = case.instance.state == InstanceState::Active;
            let bytes = (!goes_on || case.instance.activations <= ACTIVATIONS).then(|| case.to_bytes());
            match bytes.filter(|bytes| !goes_on || bytes.len() <= BYTES) {
                Some(bytes) => tx.replace(case.instance.as_ref(), bytes, &place.indexes),
                None => spread(tx, case, &place.indexes),
            }
        }
    }
}

impl<'a> Place<'a> {
    /// `row` is what becomes of the case's own row, if anything does; `acts` is whether activations of it change.
    fn of(
        tx: &mut Transaction<'_>,
        id: InstanceId,
        row: Option<Option<&'a Instance>>,
        acts: bool,
    ) -> Result<Self, TableError> {
        let key = Instance::key(&id);
        let stored = tx.get(key.as_bytes())?;
        let is_new = stored.is_none();
        let (indexes, old) = match stored {
            Some(bytes) => read_case(key.as_bytes(), &bytes)?,
            None => (Vec::new(), None),
        };
        let whole = match (row, old) {
            (Some(None), _) | (None, None) => None,
            (None, Some(case)) => Some(case),
            (Some(Some(row)), Some(mut case)) => {
                case.instance = Cow::Borrowed(row);
                Some(case)
            }
            (Some(Some(row)), None) => {
                let fits = match row.state {
                    // A case begins with an activation. Rows that come without are not the engine's.
                    InstanceState::Active => is_new && acts && row.activations <= ACTIVATIONS,
                    _ => row.activations <= GATHERED,
                };
                match fits {
                    true if is_new => Some(Whole::new(Cow::Borrowed(row))),
                    true => Some(gather(tx, row)?),
                    false => None,
                }
            }
        };
        if let Some(case) = &whole
            && case.instance.state != InstanceState::Active
        {
            forget_side(tx, &case.instance)?;
        }
        Ok(Self { whole, indexes })
    }
}

/// The index rows of a case, and the whole of it if it lies in one row.
fn read_case(key: &[u8], bytes: &[u8]) -> Result<(Vec<Vec<u8>>, Option<Whole<'static>>), TableError> {
    if bytes.first() != Some(&WHOLE_VERSION) {
        let row: Instance = read::decode(key, bytes)?;
        return Ok((indexes_of(&row), None));
    }
    let case = decoded(key, bytes)?;
    Ok((indexes_of(&case.instance), Some(case)))
}

fn indexes_of(row: &Instance) -> Vec<Vec<u8>> {
    row.indexes().into_iter().map(Vec::from).collect()
}

/// Writes each part of a case as a row of its own.
fn spread(tx: &mut Transaction<'_>, case: Whole<'_>, indexes: &[Vec<u8>]) {
    let instance = case.instance.as_ref();
    tx.replace_row(instance, indexes);
    for row in case.elements.values() {
        tx.replace_row(row.as_ref(), &[]);
    }
    for ((scope, name), value) in &case.variables {
        tx.place(variable_key(instance.id, *scope).text(name), Some(value.as_ref()));
    }
    if !case.events.is_empty() {
        let events: Vec<Event> = case.events.into_iter().map(Cow::into_owned).collect();
        tx.put_new(&Events {
            instance: instance.id,
            events,
        });
    }
}

/// Gathers what lies in rows of a case, and erases those rows.
fn gather<'a>(tx: &mut Transaction<'_>, row: &'a Instance) -> Result<Whole<'a>, TableError> {
    let mut case = Whole::new(Cow::Borrowed(row));
    for prefix in LEFT {
        let prefix = Key::new(prefix).number(row.id.get());
        for (key, value) in tx.scan(prefix.as_bytes(), None, usize::MAX)? {
            take_in(&mut case, &key, &value)?;
            tx.erase(key.to_vec());
        }
    }
    for index in case.elements.values().flat_map(|row| row.indexes()) {
        tx.erase(index.into_bytes());
    }
    Ok(case)
}

/// Erases what is of use only while a case goes on.
fn forget_side(tx: &mut Transaction<'_>, row: &Instance) -> Result<(), TableError> {
    // Looking for what is not there costs as much as finding it.
    for prefix in SIDE.into_iter().filter(|_| row.side_rows != Some(false)) {
        let prefix = Key::new(prefix).number(row.id.get());
        for (key, _) in tx.scan(prefix.as_bytes(), None, usize::MAX)? {
            tx.erase(key.to_vec());
        }
    }
    Ok(())
}

/// Takes one row into what will be left of its case.
fn take_in(case: &mut Whole<'_>, key: &[u8], value: &[u8]) -> Result<(), TableError> {
    match key.first() {
        Some(&kind) if kind == Prefix::Element as u8 => {
            let row: ElementInstance = read::decode(key, value)?;
            case.elements.insert(row.id, Cow::Owned(row));
        }
        Some(&kind) if kind == Prefix::Variable as u8 => {
            let value: Value = decode_value(key, value)?;
            case.variables.insert((scope_in(key), name_in(key)), Cow::Owned(value));
        }
        Some(&kind) if kind == Prefix::Event as u8 => {
            let row: Events = read::decode(key, value)?;
            case.events.extend(row.events.into_iter().map(Cow::Owned));
        }
        _ => {}
    }
    Ok(())
}

/// The scope in a variable's key: behind the prefix byte and the case.
fn scope_in(key: &[u8]) -> Option<ElementInstanceId> {
    let bytes: [u8; 8] = key.get(9..17)?.try_into().ok()?;
    ElementInstanceId::new(u64::from_be_bytes(bytes))
}

fn decoded(key: &[u8], bytes: &[u8]) -> Result<Whole<'static>, TableError> {
    Whole::from_bytes(bytes).map_err(|error| TableError::Codec {
        key: read::hexadecimal(key),
        error,
    })
}

/// A case that lies in one row, with everything of it.
pub(crate) fn whole_case(read: &dyn Read, id: InstanceId) -> Result<Option<Whole<'static>>, TableError> {
    let key = Instance::key(&id);
    match read.get(key.as_bytes())? {
        Some(bytes) if bytes.first() == Some(&WHOLE_VERSION) => decoded(key.as_bytes(), &bytes).map(Some),
        _ => Ok(None),
    }
}

/// An activation, whether it is a row or lies in its case's.
pub(crate) fn element(
    read: &dyn Read,
    case: InstanceId,
    id: ElementInstanceId,
) -> Result<Option<ElementInstance>, TableError> {
    match whole_case(read, case)? {
        Some(mut whole) => Ok(whole.elements.remove(&id).map(Cow::into_owned)),
        None => read::row(read, &(case, id)),
    }
}
