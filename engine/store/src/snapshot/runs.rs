//! Sorting what the journal has in the order of its making.

use std::collections::BTreeMap;

use super::FOLDER;
use super::merge::Merge;
use super::reader::Reader;
use super::writer::Writer;
use crate::header::Tip;
use crate::journal::record::Record;
use crate::{Bytes, Disk, StoreError};

/// Roughly the memory for the changes that become one run: those of a segment.
const RUN_BYTES: usize = 64 << 20;
/// What an entry of the map takes beside its key and value, roughly.
const ENTRY_BYTES: usize = 100;

/// Files of sorted changes, which lie beside the snapshots while one is being made. Removed when dropped.
pub(crate) struct Runs<'d> {
    disk: &'d dyn Disk,
    names: Vec<String>,
    changes: BTreeMap<Bytes, Option<Bytes>>,
    bytes: usize,
}

impl<'d> Runs<'d> {
    /// None yet. Makes the folder of the snapshots if need be.
    pub(crate) fn new(disk: &'d dyn Disk) -> Result<Self, StoreError> {
        disk.create_dir(FOLDER)
            .and_then(|()| disk.sync_dir(""))
            .map_err(StoreError::io("create", FOLDER))?;
        Ok(Self {
            disk,
            names: Vec::new(),
            changes: BTreeMap::new(),
            bytes: 0,
        })
    }

    /// The number of files so far.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Adds the changes of a record; records come in order.
    pub(crate) fn add(&mut self, record: &Record, tip: &Tip) -> Result<(), StoreError> {
        for (key, value) in record.batch.changes() {
            self.bytes += ENTRY_BYTES + key.len() + value.as_ref().map_or(0, |value| value.len());
            self.changes.insert(key.clone(), value.clone());
        }
        if self.bytes >= RUN_BYTES {
            self.end_run(tip)?;
        }
        Ok(())
    }

    fn end_run(&mut self, tip: &Tip) -> Result<(), StoreError> {
        let name = format!("{FOLDER}/{:05}.run", self.names.len());
        let mut writer = Writer::create(self.disk, &name, tip, false)?;
        for (key, value) in std::mem::take(&mut self.changes) {
            writer.add(&key, value.as_deref())?;
        }
        self.names.push(writer.finish_run()?);
        self.bytes = 0;
        Ok(())
    }

    /// All changes, above the rows of a snapshot if one is given. To be read while `self` is there.
    pub(crate) fn above(&mut self, base: Option<Reader>, tip: &Tip) -> Result<Merge, StoreError> {
        if !self.changes.is_empty() {
            self.end_run(tip)?;
        }
        let newest_first = self.names.iter().rev().map(|name| Reader::open(self.disk, name));
        let mut sources = newest_first.collect::<Result<Vec<_>, _>>()?;
        sources.extend(base);
        Merge::new(sources)
    }
}

impl Drop for Runs<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            // Leaving it there would do no harm: it is removed at the next start.
            let _ = self.disk.remove(name);
        }
    }
}
