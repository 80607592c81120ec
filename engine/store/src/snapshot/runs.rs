//! Sorting what the journal has in the order of its making.

use std::collections::BTreeMap;

use super::FOLDER;
use super::merge::Merge;
use super::reader::Reader;
use super::writer::Writer;
use crate::header::Tip;
use crate::journal::record::Record;
use crate::{Bytes, Disk, StoreError};

/// No more files than this are merged at once, since each is open meanwhile.
const MOST_RUNS: usize = 64;
/// What an entry of the map takes beside its key and value, roughly.
const ENTRY_BYTES: usize = 100;

/// Files of sorted changes, which lie beside the snapshots while one is being made. Removed when dropped.
pub(crate) struct Runs<'d> {
    disk: &'d dyn Disk,
    /// Roughly the memory for the changes that become one file.
    run_bytes: u64,
    /// Oldest first.
    names: Vec<String>,
    made: usize,
    changes: BTreeMap<Bytes, Option<Bytes>>,
    bytes: u64,
}

impl<'d> Runs<'d> {
    /// None yet. Makes the folder of the snapshots if need be.
    pub(crate) fn new(disk: &'d dyn Disk, run_bytes: u64) -> Result<Self, StoreError> {
        disk.create_dir(FOLDER)
            .and_then(|()| disk.sync_dir(""))
            .map_err(StoreError::io("create", FOLDER))?;
        Ok(Self {
            disk,
            run_bytes,
            names: Vec::new(),
            made: 0,
            changes: BTreeMap::new(),
            bytes: 0,
        })
    }

    /// Adds the changes of a record; records come in order.
    pub(crate) fn add(&mut self, record: &Record, tip: &Tip) -> Result<(), StoreError> {
        for (key, value) in record.batch.changes() {
            self.bytes += (ENTRY_BYTES + key.len() + value.as_ref().map_or(0, |value| value.len())) as u64;
            self.changes.insert(key.clone(), value.clone());
        }
        if self.bytes >= self.run_bytes {
            self.end_run(tip)?;
        }
        Ok(())
    }

    fn end_run(&mut self, tip: &Tip) -> Result<(), StoreError> {
        let mut writer = self.begin_run(tip)?;
        for (key, value) in std::mem::take(&mut self.changes) {
            writer.add(&key, value.as_deref())?;
        }
        self.names.push(writer.finish_run()?);
        self.bytes = 0;
        if self.names.len() >= MOST_RUNS {
            self.unite(tip)?;
        }
        Ok(())
    }

    fn begin_run(&mut self, tip: &Tip) -> Result<Writer<'d>, StoreError> {
        self.made += 1;
        Writer::create(self.disk, &format!("{FOLDER}/{:05}.run", self.made), tip, false)
    }

    /// Makes one file of all.
    fn unite(&mut self, tip: &Tip) -> Result<(), StoreError> {
        let mut writer = self.begin_run(tip)?;
        let mut rows = self.merge(None)?;
        while let Some((key, value)) = rows.next_row()? {
            writer.add(&key, value.as_deref())?;
        }
        let united = writer.finish_run()?;
        self.remove();
        self.names.push(united);
        Ok(())
    }

    /// All changes, above the rows of a snapshot if one is given. To be read while `self` is there.
    pub(crate) fn above(&mut self, base: Option<Reader>, tip: &Tip) -> Result<Merge, StoreError> {
        if !self.changes.is_empty() {
            self.end_run(tip)?;
        }
        self.merge(base)
    }

    fn merge(&self, base: Option<Reader>) -> Result<Merge, StoreError> {
        let newest_first = self.names.iter().rev().map(|name| Reader::open(self.disk, name));
        let mut sources = newest_first.collect::<Result<Vec<_>, _>>()?;
        sources.extend(base);
        Merge::new(sources)
    }

    fn remove(&mut self) {
        for name in self.names.drain(..) {
            // Leaving it there would do no harm: it is removed at the next start.
            let _ = self.disk.remove(&name);
        }
    }
}

impl Drop for Runs<'_> {
    fn drop(&mut self) {
        self.remove();
    }
}
