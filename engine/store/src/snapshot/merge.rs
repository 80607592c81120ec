//! Sorted files as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::reader::Reader;
use crate::batch::Change;
use crate::{Bytes, StoreError};

/// The newest value of each key, in order. The files are given newest first.
pub(crate) struct Merge {
    sources: Vec<Reader>,
    /// The next row of each source.
    heads: Vec<Option<Option<Bytes>>>,
    /// The keys of these rows. Of equal keys the newest source comes first.
    keys: BinaryHeap<Reverse<(Bytes, usize)>>,
}

impl Merge {
    pub(crate) fn new(sources: Vec<Reader>) -> Result<Self, StoreError> {
        let mut merge = Self {
            heads: sources.iter().map(|_| None).collect(),
            keys: BinaryHeap::with_capacity(sources.len()),
            sources,
        };
        for source in 0..merge.sources.len() {
            merge.advance(source)?;
        }
        Ok(merge)
    }

    /// The next row, or removed row. When there is none, every file was read to its end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Change>, StoreError> {
        let Some(Reverse((key, newest))) = self.keys.pop() else {
            return Ok(None);
        };
        let value = self.heads[newest].take().flatten();
        self.advance(newest)?;
        while let Some(Reverse((other, older))) = self.keys.peek() {
            if *other != key {
                break;
            }
            let older = *older;
            self.keys.pop();
            self.advance(older)?;
        }
        Ok(Some((key, value)))
    }

    fn advance(&mut self, source: usize) -> Result<(), StoreError> {
        if let Some((key, value)) = self.sources[source].next_row()? {
            self.heads[source] = Some(value);
            self.keys.push(Reverse((key, source)));
        }
        Ok(())
    }
}
