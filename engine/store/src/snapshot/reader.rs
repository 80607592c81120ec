//! Reading rows from a file, checking everything.

use super::block::{self, CHECKSUM, HEAD};
use super::{KIND, UNFINISHED};
use crate::batch::Change;
use crate::hash::StateHash;
use crate::header::{HEADER, Hash, HeaderFault, Tip, array};
use crate::overlay::{ENTRY_BYTES, Layer};
use crate::{Bytes, Disk, DiskFile, StoreError, changes};

/// What a file ends with: a length of 0, which is no block, the number of rows, their hash, a checksum.
const FOOTER: usize = 4 + 8 + 32 + 4;

/// The rows of a snapshot or run, in order, with one block in memory.
///
/// After the last row the footer is compared with all that was read; so a file was whole if its end was reached.
pub(crate) struct Reader {
    name: String,
    file: Box<dyn DiskFile>,
    length: u64,
    tip: Tip,
    /// Where the next block begins, and where the present one does.
    offset: u64,
    block_offset: u64,
    block: Vec<u8>,
    /// The next row in the block.
    at: usize,
    key: Option<Bytes>,
    rows: u64,
    hash: StateHash,
    ended: bool,
}

/// What a whole file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub tip: Tip,
    pub rows: u64,
    pub hash: Hash,
}

impl Reader {
    pub(crate) fn open(disk: &dyn Disk, name: &str) -> Result<Self, StoreError> {
        let file = disk.open_to_read(name).map_err(StoreError::io("open", name))?;
        let length = file.len().map_err(StoreError::io("read", name))?;
        let damaged = |reason| StoreError::SnapshotDamaged {
            file: name.into(),
            offset: 0,
            reason,
        };
        if length < (HEADER + FOOTER) as u64 {
            return Err(damaged(format!("{length} bytes are too few for a snapshot")));
        }
        let mut header = [0; HEADER];
        file.read_at(0, &mut header).map_err(StoreError::io("read", name))?;
        let (folder, seq, hash) = KIND.decode(&header).map_err(|fault| match fault {
            HeaderFault::Damaged(reason) => damaged(reason),
            HeaderFault::Newer(found) => StoreError::NewerFormat {
                file: name.into(),
                found,
                known: KIND.format,
            },
        })?;
        Ok(Self {
            name: name.into(),
            file,
            length,
            tip: Tip { folder, seq, hash },
            offset: HEADER as u64,
            block_offset: HEADER as u64,
            block: Vec::new(),
            at: 0,
            key: None,
            rows: 0,
            hash: StateHash::new(),
            ended: false,
        })
    }

    /// The record up to which it goes.
    pub(crate) fn tip(&self) -> Tip {
        self.tip
    }

    /// The next row; none when all were read and the footer agrees.
    pub(crate) fn next_row(&mut self) -> Result<Option<Change>, StoreError> {
        if self.at == self.block.len() && !self.read_block()? {
            return Ok(None);
        }
        let mut rest = &self.block[self.at..];
        let (key, value) = changes::decode(&mut rest).map_err(|reason| self.damaged_block(reason))?;
        self.at = self.block.len() - rest.len();
        if self.key.as_ref().is_some_and(|before| *before >= key) {
            return Err(self.damaged_block("its rows are not in order".into()));
        }
        match &value {
            Some(value) => self.hash.add(&key, value),
            None if self.name.ends_with(UNFINISHED) => {}
            None => return Err(self.damaged_block("a removed row is in it".into())),
        }
        self.rows += 1;
        self.key = Some(key.clone());
        Ok(Some((key, value)))
    }

    /// The next rows as a map of roughly so many bytes in memory, and how many it takes; none at the end.
    pub(crate) fn next_layer(&mut self, limit: usize) -> Result<Option<(Layer, usize)>, StoreError> {
        let mut layer = Layer::new_sync();
        let mut bytes = 0;
        while bytes < limit.max(1) {
            let Some((key, value)) = self.next_row()? else { break };
            bytes += ENTRY_BYTES + key.len() + value.as_ref().map_or(0, |value| value.len());
            layer.insert_mut(key, value);
        }
        Ok((bytes > 0).then_some((layer, bytes)))
    }

    /// Reads on to the end.
    pub(crate) fn check(mut self) -> Result<Checked, StoreError> {
        while self.next_row()?.is_some() {}
        Ok(Checked {
            tip: self.tip,
            rows: self.rows,
            hash: self.hash.finish(),
        })
    }

    /// Brings the next block to memory; false at the end.
    fn read_block(&mut self) -> Result<bool, StoreError> {
        if self.ended {
            return Ok(false);
        }
        let mut head = [0; HEAD];
        self.read_at(&mut head)?;
        let (stored, rows) = block::lengths(&head).map_err(|reason| self.damaged(self.offset, reason))?;
        if stored == 0 {
            self.read_footer()?;
            return Ok(false);
        }
        let whole = HEAD + stored + CHECKSUM;
        if whole as u64 + FOOTER as u64 > self.length - self.offset {
            return Err(self.damaged(
                self.offset,
                format!("a block of {whole} bytes does not fit into the file"),
            ));
        }
        let mut bytes = vec![0; whole];
        self.read_at(&mut bytes)?;
        self.block = block::decode(bytes, rows).map_err(|reason| self.damaged(self.offset, reason))?;
        self.at = 0;
        self.block_offset = self.offset;
        self.offset += whole as u64;
        Ok(true)
    }

    fn read_footer(&mut self) -> Result<(), StoreError> {
        let damaged = |reason: &str| Err(self.damaged(self.offset, reason.into()));
        let mut footer = [0; FOOTER];
        if self.length - self.offset != FOOTER as u64 {
            return damaged("the footer is not at the end of the file");
        }
        self.read_at(&mut footer)?;
        let (body, checksum) = footer.split_at(FOOTER - 4);
        if crc32fast::hash(body).to_be_bytes() != checksum {
            return damaged("the checksum of the footer does not match");
        }
        let rows = u64::from_be_bytes(array(&body[4..]));
        if rows != self.rows {
            return damaged(&format!("there are {} rows, the footer says {rows}", self.rows));
        }
        if body[12..] != self.hash.finish() {
            return damaged("the hash of the rows is not the one in the footer");
        }
        self.ended = true;
        Ok(())
    }

    fn read_at(&self, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.file
            .read_at(self.offset, buffer)
            .map_err(StoreError::io("read", &self.name))
    }

    pub(crate) fn damaged(&self, offset: u64, reason: String) -> StoreError {
        StoreError::SnapshotDamaged {
            file: self.name.clone(),
            offset,
            reason,
        }
    }

    /// Something is wrong with the rows of the present block.
    fn damaged_block(&self, reason: String) -> StoreError {
        self.damaged(self.block_offset, reason)
    }
}
