//! Cases that end: their rows become one.

use std::{borrow::Cow, collections::BTreeMap};

use kapok_process::state::{Changes, ElementInstance, Instance, InstanceState};
use kapok_protocol::{ElementInstanceId, InstanceId, Value};

use crate::{
    Key, Prefix, Read, TableError, Transaction,
    history::{Events, FINISHED_VERSION, Finished},
    process_state::{decode_value, name_in},
    read,
    rows::Row,
};

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

/// Those of them that stay in what is left of it.
const LEFT: [Prefix; 3] = [Prefix::Element, Prefix::Variable, Prefix::Event];

/// Those that few cases have, and that go. The index rows of live activations go with these.
const SIDE: [Prefix; 3] = [Prefix::Compensation, Prefix::Item, Prefix::Tokens];

/// The cases that a command ends, and what will be left of them.
pub(crate) struct Finishing<'a>(BTreeMap<InstanceId, Finished<'a>>);

impl<'a> Finishing<'a> {
    /// Gathers what lies in rows of the cases that these changes end, and erases those rows.
    pub(crate) fn begin(tx: &mut Transaction<'_>, changes: &'a Changes) -> Result<Self, TableError> {
        let mut cases = BTreeMap::new();
        for (id, row) in &changes.instances {
            if let Some(row) = row
                && row.state != InstanceState::Active
                && row.activations <= GATHERED
            {
                cases.insert(*id, gather(tx, row)?);
            }
        }
        Ok(Self(cases))
    }

    pub(crate) fn has(&self, id: InstanceId) -> bool {
        self.0.contains_key(&id)
    }

    pub(crate) fn case(&mut self, id: InstanceId) -> Option<&mut Finished<'a>> {
        self.0.get_mut(&id)
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = &Finished<'a>> {
        self.0.values()
    }
}

fn gather<'a>(tx: &mut Transaction<'_>, row: &'a Instance) -> Result<Finished<'a>, TableError> {
    let key = Instance::key(&row.id);
    let Some(stored) = tx.get(key.as_bytes())? else {
        return Ok(Finished::new(Cow::Borrowed(row)));
    };
    let mut case = match stored.first() {
        Some(&FINISHED_VERSION) => decoded(key.as_bytes(), &stored)?,
        _ => Finished::new(Cow::Borrowed(row)),
    };
    case.instance = Cow::Borrowed(row);
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
    // Looking for what is not there costs as much as finding it.
    for prefix in SIDE.into_iter().filter(|_| row.side_rows != Some(false)) {
        let prefix = Key::new(prefix).number(row.id.get());
        for (key, _) in tx.scan(prefix.as_bytes(), None, usize::MAX)? {
            tx.erase(key.to_vec());
        }
    }
    Ok(case)
}

/// Takes one row into what will be left of its case.
fn take_in(case: &mut Finished<'_>, key: &[u8], value: &[u8]) -> Result<(), TableError> {
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

fn decoded(key: &[u8], bytes: &[u8]) -> Result<Finished<'static>, TableError> {
    Finished::from_bytes(bytes).map_err(|error| TableError::Codec {
        key: read::hexadecimal(key),
        error,
    })
}

/// What is left of a case, if it has ended and lies in one row.
pub(crate) fn finished_case(read: &dyn Read, id: InstanceId) -> Result<Option<Finished<'static>>, TableError> {
    let key = Instance::key(&id);
    match read.get(key.as_bytes())? {
        Some(bytes) if bytes.first() == Some(&FINISHED_VERSION) => decoded(key.as_bytes(), &bytes).map(Some),
        _ => Ok(None),
    }
}
