//! Changes above what is committed.

use std::{borrow::Cow, collections::BTreeMap, ops::Bound, sync::Arc};

use kapok_store::{Batch, MAX_KEY, StoreError};

use crate::{
    Prefix, Read, TableError, codec,
    prefix::Number,
    read::{self, Pair},
    rows::{RecordKey, Row, record_of},
};

type Writes = BTreeMap<Arc<[u8]>, Option<Arc<[u8]>>>;

/// Changes that are not committed yet, readable as if they were.
///
/// One stands above another: a command's above its group's, the group's above a view. A command that is refused drops
/// its own; one that is carried out hands its changes down with [`Transaction::into_writes`] and [`Transaction::absorb`].
pub struct Transaction<'a> {
    below: &'a dyn Read,
    writes: Cow<'a, Writes>,
    /// The last id that was drawn when it began: rows of larger ids cannot lie below. `u64::MAX` when that is not known.
    last_id: u64,
}

/// The changes of one transaction.
#[derive(Debug, Default)]
pub struct WriteSet(Writes);

impl WriteSet {
    /// The records whose facts the changes touch.
    pub fn records(&self) -> Vec<RecordKey> {
        let mut records = Vec::new();
        for prefix in [Prefix::Record, Prefix::RollUp] {
            let from = Bound::Included(&[prefix as u8][..]);
            let rows = self.0.range::<[u8], _>((from, Bound::Unbounded));
            let rows = rows.take_while(|(key, _)| key.first() == Some(&(prefix as u8)));
            records.extend(rows.filter_map(|(key, _)| record_of(key)));
        }
        records
    }
}

/// Which lists of things to be done have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Timers by their moment.
    pub timers: bool,
    /// Jobs that may run.
    pub jobs: bool,
    /// Messages to be looked at.
    pub outbox: bool,
    /// Work on many records that goes on.
    pub record_jobs: bool,
    /// Calls of plugins to be made.
    pub plugin_work: bool,
    /// Imports that go on.
    pub imports: bool,
}

impl<'a> Transaction<'a> {
    /// No changes yet.
    pub fn new(below: &'a dyn Read) -> Self {
        Self::after(below, u64::MAX)
    }

    /// No changes yet, and no rows below that bear a larger id than this: looking for them costs nothing.
    pub fn after(below: &'a dyn Read, last_id: u64) -> Self {
        Self {
            below,
            writes: Cow::default(),
            last_id,
        }
    }

    /// Changes that were decided and handed down already, above what is committed.
    pub fn of(below: &'a dyn Read, changes: &'a WriteSet) -> Self {
        Self {
            below,
            writes: Cow::Borrowed(&changes.0),
            last_id: u64::MAX,
        }
    }

    /// Takes over the changes of a transaction that stood above this one.
    pub fn absorb(&mut self, changes: WriteSet) {
        self.writes.to_mut().extend(changes.0);
    }

    /// The changes, to hand down.
    pub fn into_writes(self) -> WriteSet {
        WriteSet(self.writes.into_owned())
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Which lists of things to be done the changes touch.
    pub fn changed(&self) -> Changed {
        let touched = |prefix: Prefix| {
            let first = self
                .writes
                .range::<[u8], _>((Bound::Included(&[prefix as u8][..]), Bound::Unbounded))
                .next();
            first.is_some_and(|(key, _)| key.first() == Some(&(prefix as u8)))
        };
        Changed {
            timers: touched(Prefix::TimerByDue),
            jobs: touched(Prefix::JobReady) || touched(Prefix::JobByTopic),
            outbox: touched(Prefix::OutboxByMoment),
            record_jobs: touched(Prefix::RecordJobOpen),
            plugin_work: touched(Prefix::PluginWorkByMoment),
            imports: touched(Prefix::ImportOpen),
        }
    }

    /// How many bytes the changes take, or which limit of the store they break whatever else is in their batch.
    pub fn size(&self) -> Result<usize, TableError> {
        let mut size = 0;
        for (key, value) in self.writes.iter() {
            if key.len() > MAX_KEY {
                let (what, size, limit) = ("a key", key.len(), MAX_KEY);
                return Err(StoreError::TooLarge { what, size, limit }.into());
            }
            size += key.len() + value.as_ref().map_or(0, |value| value.len());
        }
        Ok(size)
    }

    /// Writes bytes at a key.
    pub(crate) fn write(&mut self, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.writes
            .to_mut()
            .insert(Arc::from(key.into()), Some(Arc::from(value)));
    }

    pub(crate) fn erase(&mut self, key: Vec<u8>) {
        self.writes.to_mut().insert(Arc::from(key), None);
    }

    /// Writes a row and whatever index rows change with it.
    pub(crate) fn put<R: Row>(&mut self, row: &R) -> Result<(), TableError> {
        let old = self.indexes_of::<R>(R::key(&row.id()).as_bytes())?;
        self.replace_row(row, &old);
        Ok(())
    }

    /// Writes a row that has no index rows and was not there before.
    pub(crate) fn put_new<R: Row>(&mut self, row: &R) {
        self.write(R::key(&row.id()), codec::encode(R::VERSION, row));
    }

    /// Writes a row whose index rows have been these.
    pub(crate) fn replace_row<R: Row>(&mut self, row: &R, old: &[Vec<u8>]) {
        self.replace(row, codec::encode(R::VERSION, row), old);
    }

    /// Writes a row as these bytes, whose index rows have been these.
    pub(crate) fn replace<R: Row>(&mut self, row: &R, bytes: Vec<u8>, old: &[Vec<u8>]) {
        let new: Vec<Vec<u8>> = row.indexes().into_iter().map(Vec::from).collect();
        for gone in old.iter().filter(|index| !new.contains(index)) {
            self.erase(gone.clone());
        }
        for added in new.into_iter().filter(|index| !old.contains(index)) {
            self.write(added, Vec::new());
        }
        self.write(R::key(&row.id()), bytes);
    }

    /// Deletes a row and its index rows.
    pub(crate) fn delete<R: Row>(&mut self, id: &R::Id) -> Result<(), TableError> {
        let key = R::key(id);
        for index in self.indexes_of::<R>(key.as_bytes())? {
            self.erase(index);
        }
        self.erase(key.into_bytes());
        Ok(())
    }

    /// The changes from a key on, as long as keys begin with `prefix`.
    fn from<'t>(
        &'t self,
        start: Bound<&[u8]>,
        prefix: &[u8],
    ) -> impl Iterator<Item = (&'t Arc<[u8]>, &'t Option<Arc<[u8]>>)> {
        self.writes
            .range::<[u8], _>((start, Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Whether what lies at a key, or behind it as a prefix, can only be what was written here.
    fn is_new(&self, key: &[u8]) -> bool {
        let Some((kind, mut rest)) = key.split_first() else {
            return false;
        };
        for number in Prefix::numbers_in_front(*kind) {
            let Some((bytes, after)) = rest.split_first_chunk::<8>() else {
                return false;
            };
            let id = match number {
                Number::Id => u64::from_be_bytes(*bytes),
                Number::NewestFirst => !u64::from_be_bytes(*bytes),
                Number::Other => 0,
            };
            if id > self.last_id {
                return true;
            }
            rest = after;
        }
        false
    }

    fn indexes_of<R: Row>(&self, key: &[u8]) -> Result<Vec<Vec<u8>>, TableError> {
        let Some(bytes) = self.get(key)? else {
            return Ok(Vec::new());
        };
        Ok(read::decode::<R>(key, &bytes)?
            .indexes()
            .into_iter()
            .map(Vec::from)
            .collect())
    }
}

impl Read for Transaction<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        match self.writes.get(key) {
            Some(value) => Ok(value.clone()),
            None if self.is_new(key) => Ok(None),
            None => self.below.get(key),
        }
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let mine: Vec<_> = self.from(start, prefix).collect();
        let below = match self.is_new(prefix) {
            true => Vec::new(),
            false if mine.is_empty() => return self.below.scan(prefix, after, limit),
            false => self.below.scan(prefix, after, limit.saturating_add(mine.len()))?,
        };
        Ok(merged(below, mine).into_iter().take(limit).collect())
    }

    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let mine: Vec<_> = self
            .from(Bound::Included(prefix), prefix)
            .take_while(|(key, _)| before.is_none_or(|before| key.as_ref() < before))
            .collect();
        if mine.is_empty() {
            return self.below.scan_back(prefix, before, limit);
        }
        let below = self.below.scan_back(prefix, before, limit.saturating_add(mine.len()))?;
        Ok(merged(below, mine).into_iter().rev().take(limit).collect())
    }
}

/// A key and what was written there; nothing erases.
type Change<'a> = (&'a Arc<[u8]>, &'a Option<Arc<[u8]>>);

/// Rows with changes above them.
fn merged(below: Vec<Pair>, changes: Vec<Change<'_>>) -> BTreeMap<Arc<[u8]>, Arc<[u8]>> {
    let mut merged: BTreeMap<_, _> = below.into_iter().collect();
    for (key, value) in changes {
        match value {
            Some(value) => merged.insert(key.clone(), value.clone()),
            None => merged.remove(key),
        };
    }
    merged
}

impl From<&WriteSet> for Batch {
    fn from(changes: &WriteSet) -> Self {
        let mut batch = Self::new();
        for (key, value) in &changes.0 {
            match value {
                Some(value) => batch.put(key.clone(), value.clone()),
                None => batch.delete(key.clone()),
            }
        }
        batch
    }
}

impl From<WriteSet> for Batch {
    fn from(changes: WriteSet) -> Self {
        Self::from(&changes)
    }
}

#[cfg(test)]
mod tests {
    use kapok_store::Store;
    use proptest::{collection, prelude::*};

    use super::*;

    type Model = BTreeMap<Vec<u8>, Vec<u8>>;
    /// Keys and what is written there; nothing erases.
    type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

    /// Short keys of few bytes, so that they meet, and are one another's prefixes.
    fn key() -> impl Strategy<Value = Vec<u8>> {
        collection::vec(prop_oneof![Just(0_u8), Just(1), Just(255)], 0..4)
    }

    fn changes() -> impl Strategy<Value = Changes> {
        collection::vec((key(), proptest::option::of(collection::vec(any::<u8>(), 0..2))), 0..12)
    }

    fn apply(model: &mut Model, tx: &mut Transaction<'_>, changes: Changes) {
        for (key, value) in changes {
            match value {
                Some(value) => {
                    model.insert(key.clone(), value.clone());
                    tx.write(key, value);
                }
                None => {
                    model.remove(&key);
                    tx.erase(key);
                }
            }
        }
    }

    fn scan(model: &Model, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
        let found = model
            .iter()
            .filter(|(key, _)| key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after));
        found
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn scan_back(model: &Model, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
        let found = scan(model, prefix, None, usize::MAX).into_iter().rev();
        found
            .filter(|(key, _)| before.is_none_or(|before| key.as_slice() < before))
            .take(limit)
            .collect()
    }

    proptest! {
        /// Nested as they may be, transactions read as one map does.
        #[test]
        fn a_transaction_is_a_map(
            layers in [changes(), changes(), changes(), changes()],
            refused in changes(),
            asked in collection::vec((key(), proptest::option::of(key()), 0..6_usize), 1..8),
        ) {
            let [committed, group, first, second] = layers;
            let mut model = Model::new();
            let store = Store::memory();
            let nothing = store.view();
            let mut tx = Transaction::new(&nothing);
            apply(&mut model, &mut tx, committed);
            store.commit(Batch::from(tx.into_writes()), 0).expect("commits");

            let view = store.view();
            let mut below = Transaction::new(&view);
            apply(&mut model, &mut below, group);
            let mut command = Transaction::new(&below);
            apply(&mut model, &mut command, first);
            let writes = command.into_writes();
            below.absorb(writes);
            // What is dropped was never there.
            apply(&mut Model::new(), &mut Transaction::new(&below), refused);
            let mut top = Transaction::new(&below);
            apply(&mut model, &mut top, second);

            for (key, after, limit) in asked {
                let found = top.get(&key).expect("reads").map(|value| value.to_vec());
                prop_assert_eq!(found.as_ref(), model.get(&key));
                let found = top.scan(&key, after.as_deref(), limit).expect("scans");
                let found: Vec<_> = found.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
                prop_assert_eq!(found, scan(&model, &key, after.as_deref(), limit));
                let found = top.scan_back(&key, after.as_deref(), limit).expect("scans");
                let found: Vec<_> = found.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
                prop_assert_eq!(found, scan_back(&model, &key, after.as_deref(), limit));
            }
        }
    }
}
