//! Writing rows to a file, block by block.

use std::io;

use super::block::{self, BLOCK};
use super::{FOLDER, KIND, UNFINISHED};
use crate::compression::Compressor;
use crate::error::is_disk_full;
use crate::hash::StateHash;
use crate::header::{Hash, Tip};
use crate::{Disk, DiskFile, StoreError, changes};

/// So many bytes are written before they are synced. Were they all synced at the end, the commits of that moment would
/// have to wait for them.
const SYNC_EVERY: u64 = 8 << 20;

/// A file of rows in the making. Dropped unfinished, it is removed.
pub(crate) struct Writer<'d> {
    disk: &'d dyn Disk,
    /// Its name while it is being made.
    name: String,
    file: Box<dyn DiskFile>,
    length: u64,
    synced: u64,
    /// Whether it must outlast a power cut. Runs need not.
    lasting: bool,
    rows: u64,
    hash: StateHash,
    /// The rows of the present block.
    block: Vec<u8>,
    buffer: Vec<u8>,
    compressor: Compressor,
    published: bool,
}

impl<'d> Writer<'d> {
    /// Begins a file. The folder must be there.
    pub(crate) fn create(disk: &'d dyn Disk, name: &str, tip: &Tip, lasting: bool) -> Result<Self, StoreError> {
        let name = format!("{name}{UNFINISHED}");
        let file = disk.create(&name).map_err(failed("create", &name))?;
        let mut writer = Self {
            disk,
            name,
            file,
            length: 0,
            synced: 0,
            lasting,
            rows: 0,
            hash: StateHash::new(),
            block: Vec::new(),
            buffer: KIND.encode(&tip.folder, tip.seq, &tip.hash),
            compressor: Compressor::new(),
            published: false,
        };
        writer.write_buffer()?;
        Ok(writer)
    }

    /// Adds a row, or a removed one; keys ascend.
    pub(crate) fn add(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let length = changes::OVERHEAD + key.len() + value.map_or(0, <[u8]>::len);
        if self.block.len() + length > BLOCK {
            self.end_block()?;
        }
        changes::encode(key, value, &mut self.block);
        self.rows += 1;
        if let Some(value) = value {
            self.hash.add(key, value);
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), StoreError> {
        if self.block.is_empty() {
            return Ok(());
        }
        block::encode(&self.block, &mut self.compressor, &mut self.buffer);
        self.block.clear();
        self.write_buffer()?;
        if self.lasting && self.length - self.synced >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(())
    }

    fn write_buffer(&mut self) -> Result<(), StoreError> {
        self.file
            .write_at(self.length, &self.buffer)
            .map_err(failed("write", &self.name))?;
        self.length += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.file.sync_data().map_err(failed("sync", &self.name))?;
        self.synced = self.length;
        Ok(())
    }

    /// Writes the footer.
    fn end(&mut self) -> Result<Hash, StoreError> {
        self.end_block()?;
        let hash = self.hash.finish();
        let mut footer = vec![0; 4];
        footer.extend_from_slice(&self.rows.to_be_bytes());
        footer.extend_from_slice(&hash);
        footer.extend_from_slice(&crc32fast::hash(&footer).to_be_bytes());
        self.buffer = footer;
        self.write_buffer()?;
        Ok(hash)
    }

    /// Ends a file that nobody needs after this process; returns the name it keeps.
    pub(crate) fn finish_run(mut self) -> Result<String, StoreError> {
        self.end()?;
        self.published = true;
        Ok(self.name.clone())
    }

    /// Ends the file, makes it lasting and gives it its name. Returns the hash of the rows.
    pub(crate) fn publish(mut self) -> Result<Hash, StoreError> {
        let hash = self.end()?;
        self.sync()?;
        let name = self.name.trim_end_matches(UNFINISHED).to_owned();
        self.disk.rename(&self.name, &name).map_err(failed("rename", &name))?;
        // From here on that is the file to remove if something fails: nothing may be built on a name that may not last.
        self.name = name;
        self.disk.sync_dir(FOLDER).map_err(failed("sync", FOLDER))?;
        self.published = true;
        Ok(hash)
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.published {
            // Leaving it there would do no harm: it is removed at the next start.
            let _ = self.disk.remove(&self.name);
        }
    }
}

fn failed(action: &'static str, file: &str) -> impl FnOnce(io::Error) -> StoreError {
    let other = StoreError::io(action, file);
    |error| {
        if is_disk_full(&error) {
            StoreError::DiskFull
        } else {
            other(error)
        }
    }
}
