//! Reading: a view is a true snapshot.

use std::ops::Bound;
use std::sync::Arc;

use sled::IVec;

use crate::hash::StateHash;
use crate::overlay::{Layer, Version};
use crate::state::State;
use crate::{Batch, Bytes, Seq, StoreError};

/// The rows as of one commit, unmoved by later ones. Cheap to make and to clone.
///
/// A view of a store with state files should be short-lived: when new commits wait to be written there, they wait for
/// older views for [`Options::view_patience`](crate::Options::view_patience) at most; then those answer
/// [`StoreError::ViewExpired`], never wrong rows. A view in memory does not expire.
#[derive(Clone)]
pub struct View {
    /// Changes that are in no commit.
    supposed: Option<Layer>,
    version: Arc<Version>,
    state: Option<Arc<State>>,
}

impl View {
    pub(crate) fn new(version: Arc<Version>, state: Option<Arc<State>>) -> Self {
        Self {
            supposed: None,
            version,
            state,
        }
    }

    /// The number of the last commit in it; 0 before the first.
    pub fn seq(&self) -> Seq {
        self.version.seq
    }

    /// The same rows, as if these changes had been made as well.
    #[must_use]
    pub fn supposing(&self, changes: &Batch) -> Self {
        let mut supposed = self.supposed.clone().unwrap_or_default();
        for (key, value) in changes.changes() {
            supposed.insert_mut(key.clone(), value.clone());
        }
        Self {
            supposed: Some(supposed),
            ..self.clone()
        }
    }

    /// What lies above the state files, newest first.
    fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.supposed.iter().chain(self.version.layers())
    }

    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError::ViewExpired`], or [`StoreError::State`] if the state files cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        if let Some(change) = self.layers().find_map(|layer| layer.get(key)) {
            return Ok(change.clone());
        }
        let Some(state) = &self.state else { return Ok(None) };
        let found = state.get(key);
        // Only after reading: had the state files moved on before that, the mark is seen now.
        self.check()?;
        found.map_err(|error| state.doubt(error))
    }

    /// The rows whose keys begin with `prefix`, ascending.
    pub fn scan(&self, prefix: &[u8]) -> Scan<'_> {
        let end = successor(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        Scan::new(self, Bound::Included(prefix.to_vec()), end)
    }

    /// The rows from `start` up to but not including `end`, ascending.
    pub fn scan_range(&self, start: &[u8], end: &[u8]) -> Scan<'_> {
        Scan::new(self, Bound::Included(start.to_vec()), Bound::Excluded(end.to_vec()))
    }

    /// One number for all rows, as `FORMAT.md` defines it: equal if, and as good as only if, all keys and values are.
    /// It reads every row.
    ///
    /// # Errors
    /// [`StoreError::ViewExpired`] if commits went on meanwhile, or [`StoreError::State`] if the state files cannot be read.
    pub fn hash(&self) -> Result<[u8; 32], StoreError> {
        let mut hash = StateHash::new();
        for row in self.scan(b"") {
            let (key, value) = row?;
            hash.add(&key, &value);
        }
        Ok(hash.finish())
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.version.is_expired() {
            Err(StoreError::ViewExpired { seq: self.seq() })
        } else {
            Ok(())
        }
    }
}

/// Rows in the order of their keys, read as they are asked for. After an error it ends.
pub struct Scan<'v> {
    view: &'v View,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    start: Option<Bound<Vec<u8>>>,
    reverse: bool,
    merge: Option<Merge<'v>>,
}

impl<'v> Scan<'v> {
    fn new(view: &'v View, lower: Bound<Vec<u8>>, upper: Bound<Vec<u8>>) -> Self {
        Self {
            view,
            lower,
            upper,
            start: None,
            reverse: false,
            merge: None,
        }
    }

    /// Descending instead of ascending. To be called before the first row is taken, as the two below.
    pub fn reverse(mut self) -> Self {
        self.reverse = true;
        self
    }

    /// Begins just behind `key` in the direction of the scan, as for the next page.
    pub fn after(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.start = Some(Bound::Excluded(key.into()));
        self
    }

    /// Begins at `key`, included, in the direction of the scan.
    pub fn from(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.start = Some(Bound::Included(key.into()));
        self
    }

    fn begin(&mut self) -> Merge<'v> {
        if let Some(start) = self.start.take() {
            if self.reverse {
                self.upper = tighter(std::mem::replace(&mut self.upper, Bound::Unbounded), start, |a, b| {
                    a < b
                });
            } else {
                self.lower = tighter(std::mem::replace(&mut self.lower, Bound::Unbounded), start, |a, b| {
                    a > b
                });
            }
        }
        let mut sources = Vec::new();
        if !is_empty(&self.lower, &self.upper) {
            for layer in self.view.layers() {
                let bounds = (self.lower.as_ref().map(to_bytes), self.upper.as_ref().map(to_bytes));
                let rows = layer.range::<Bytes, _>(bounds);
                let rows = rows.map(|(key, value)| Ok((key.clone(), value.clone().map_or(Found::Gone, Found::Value))));
                sources.push(Source::new(rows, self.reverse));
            }
            if let Some(state) = &self.view.state {
                let rows = state.range(
                    self.lower.as_ref().map(Vec::as_slice),
                    self.upper.as_ref().map(Vec::as_slice),
                );
                sources.push(Source::new(
                    rows.map(|row| row.map(|(key, value)| (key, Found::Stored(value)))),
                    self.reverse,
                ));
            }
        }
        Merge {
            sources,
            reverse: self.reverse,
        }
    }

    fn read(&mut self) -> Result<Option<(Bytes, Bytes)>, StoreError> {
        if self.merge.is_none() {
            self.merge = Some(self.begin());
        }
        let Some(merge) = &mut self.merge else { return Ok(None) };
        loop {
            match merge.next()? {
                None => return Ok(None),
                Some((_, Found::Gone)) => {}
                Some((key, Found::Value(value))) => return Ok(Some((key, value))),
                Some((key, Found::Stored(stored))) => {
                    let Some(state) = &self.view.state else { return Ok(None) };
                    let value = state.load(&key, &stored)?;
                    return Ok(Some((key, value)));
                }
            }
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<(Bytes, Bytes), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        // Also at the end and after a failure: both may be due to the state files having moved on.
        let read = match (self.view.check(), &self.view.state) {
            (Err(expired), _) => Err(expired),
            (Ok(()), Some(state)) => read.map_err(|error| state.doubt(error)),
            (Ok(()), None) => read,
        };
        if read.is_err() {
            self.merge = Some(Merge {
                sources: Vec::new(),
                reverse: self.reverse,
            });
        }
        read.transpose()
    }
}

/// What a layer says of a key.
enum Found {
    /// Removed, whatever lies below.
    Gone,
    Value(Bytes),
    /// As in the state files, not loaded yet: a layer above may hide it.
    Stored(IVec),
}

type Row = Result<(Bytes, Found), StoreError>;

/// One layer, with its next row in hand.
struct Source<'v> {
    rows: Box<dyn Iterator<Item = Row> + Send + 'v>,
    head: Option<Row>,
}

impl<'v> Source<'v> {
    fn new(rows: impl DoubleEndedIterator<Item = Row> + Send + 'v, reverse: bool) -> Self {
        let mut rows: Box<dyn Iterator<Item = Row> + Send + 'v> =
            if reverse { Box::new(rows.rev()) } else { Box::new(rows) };
        let head = rows.next();
        Self { rows, head }
    }

    fn take(&mut self) -> Option<Row> {
        std::mem::replace(&mut self.head, self.rows.next())
    }
}

/// Layers as one; the first one that has a key decides on it.
struct Merge<'v> {
    /// Newest first.
    sources: Vec<Source<'v>>,
    reverse: bool,
}

impl Merge<'_> {
    fn next(&mut self) -> Result<Option<(Bytes, Found)>, StoreError> {
        if let Some(failed) = self
            .sources
            .iter_mut()
            .find(|source| matches!(source.head, Some(Err(_))))
        {
            return failed.take().transpose();
        }
        let mut best: Option<(usize, &Bytes)> = None;
        for (number, source) in self.sources.iter().enumerate() {
            let Some(Ok((key, _))) = &source.head else { continue };
            let nearer = best.is_none_or(|(_, best)| if self.reverse { key > best } else { key < best });
            if nearer {
                best = Some((number, key));
            }
        }
        let Some((number, key)) = best else { return Ok(None) };
        let key = key.clone();
        for lower in &mut self.sources[number + 1..] {
            if matches!(&lower.head, Some(Ok((other, _))) if *other == key) {
                lower.take();
            }
        }
        self.sources[number].take().transpose()
    }
}

fn to_bytes(key: &Vec<u8>) -> Bytes {
    key.as_slice().into()
}

/// The least key above all keys that begin with `prefix`; none if there is no such key.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte < u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// The bound that lets fewer keys through; `inner` says whether a key lies further inside than another.
fn tighter(one: Bound<Vec<u8>>, other: Bound<Vec<u8>>, inner: impl Fn(&[u8], &[u8]) -> bool) -> Bound<Vec<u8>> {
    let key = |bound: &Bound<Vec<u8>>| match bound {
        Bound::Included(key) | Bound::Excluded(key) => Some(key.clone()),
        Bound::Unbounded => None,
    };
    match (key(&one), key(&other)) {
        (None, _) => other,
        (_, None) => one,
        (Some(a), Some(b)) if a == b => {
            if matches!(one, Bound::Excluded(_)) {
                one
            } else {
                other
            }
        }
        (Some(a), Some(b)) => {
            if inner(&a, &b) {
                one
            } else {
                other
            }
        }
    }
}

/// No key can lie between the bounds; the maps would panic on such a range.
fn is_empty(lower: &Bound<Vec<u8>>, upper: &Bound<Vec<u8>>) -> bool {
    match (lower, upper) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(lower), Bound::Included(upper)) => lower > upper,
        (Bound::Included(lower) | Bound::Excluded(lower), Bound::Included(upper) | Bound::Excluded(upper)) => {
            lower >= upper
        }
    }
}
