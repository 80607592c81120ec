//! Reading one segment from its beginning, checking the chain.

use super::record::{self, Record};
use super::{CutTail, segment};
use crate::header::{FolderId, HEADER, Hash, Tip, genesis};
use crate::{Disk, Seq, StoreError};

/// A place in a segment that has been read into memory.
pub(crate) struct Cursor {
    name: String,
    folder: FolderId,
    first: Seq,
    bytes: Vec<u8>,
    offset: usize,
    /// The hash the next record must name.
    previous: Hash,
    next: Seq,
    /// Where the last record that was read begins.
    last: usize,
}

/// Why there is no further record at the place of the cursor.
pub(crate) struct Stop {
    pub reason: String,
    /// The bytes are no whole record, as after an interrupted write. Otherwise a whole record is in the wrong place.
    pub torn: bool,
}

impl Cursor {
    /// Begins at the first record of the segment.
    pub(crate) fn open(disk: &dyn Disk, first: Seq) -> Result<Self, StoreError> {
        let name = segment::name(first);
        let file = disk.open_to_read(&name).map_err(StoreError::io("open", &name))?;
        let header = segment::read_header(&*file, first)?;
        let cursor = Self {
            bytes: segment::read(&*file, first)?,
            name,
            folder: header.folder,
            first,
            offset: HEADER,
            previous: header.previous,
            next: first,
            last: HEADER,
        };
        if first == 1 && cursor.previous != genesis(&cursor.folder) {
            return Err(cursor.damaged_header("the first segment does not name the hash of its folder's id"));
        }
        Ok(cursor)
    }

    /// As [`Cursor::open`]; the segment must continue where the records before it end.
    pub(crate) fn follow(disk: &dyn Disk, first: Seq, tip: &Tip) -> Result<Self, StoreError> {
        if first != tip.seq + 1 {
            let reason = format!("record {} is followed by the file that begins with {first}", tip.seq);
            return Err(StoreError::JournalIncomplete { reason });
        }
        let cursor = Self::open(disk, first)?;
        if cursor.folder != tip.folder {
            return Err(cursor.damaged_header("it belongs to another data folder"));
        }
        if cursor.previous != tip.hash {
            return Err(cursor.damaged_header("it does not follow the record before it: the hashes differ"));
        }
        Ok(cursor)
    }

    /// The next record; `None` at the end of the file, or where only zeros follow, which were written ahead.
    pub(crate) fn step(&mut self) -> Result<Option<Record>, Stop> {
        let mut rest = self.bytes[self.offset..].iter();
        if rest.all(|&byte| byte == 0) {
            return Ok(None);
        }
        let read = record::decode(&self.bytes, self.offset).map_err(|fault| Stop {
            torn: fault.torn,
            reason: fault.reason,
        })?;
        if read.record.seq != self.next {
            let reason = format!("record {} is here where {} should be", read.record.seq, self.next);
            return Err(Stop { reason, torn: false });
        }
        if read.previous != self.previous {
            let reason = format!(
                "record {} does not follow the record before it: the hashes differ",
                self.next
            );
            return Err(Stop { reason, torn: false });
        }
        self.last = self.offset;
        self.offset = read.end;
        self.previous = read.hash;
        self.next += 1;
        Ok(Some(read.record))
    }

    /// Whether a whole record lies anywhere behind this place: then this is no interrupted write.
    pub(crate) fn valid_record_follows(&self) -> bool {
        record::find_after(&self.bytes, self.offset, self.next).is_some()
    }

    pub(crate) fn damaged(&self, stop: Stop) -> StoreError {
        StoreError::JournalDamaged {
            file: self.name.clone(),
            offset: self.offset as u64,
            reason: stop.reason,
        }
    }

    /// What lies behind this place, if no record begins here.
    pub(crate) fn tail(&self) -> CutTail {
        CutTail {
            file: self.name.clone(),
            offset: self.offset as u64,
            bytes: (self.bytes.len() - self.offset) as u64,
        }
    }

    /// Something is wrong with the last record read.
    pub(crate) fn damaged_last(&self, reason: &str) -> StoreError {
        StoreError::JournalDamaged {
            file: self.name.clone(),
            offset: self.last as u64,
            reason: reason.into(),
        }
    }

    fn damaged_header(&self, reason: &str) -> StoreError {
        StoreError::JournalDamaged {
            file: self.name.clone(),
            offset: 0,
            reason: reason.into(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn first(&self) -> Seq {
        self.first
    }

    /// The last record read, or the last of the segment before.
    pub(crate) fn tip(&self) -> Tip {
        Tip {
            folder: self.folder,
            seq: self.next - 1,
            hash: self.previous,
        }
    }

    /// Behind the last record read.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// From where to where the last record read goes; empty if none was read.
    pub(crate) fn last_record(&self) -> (usize, usize) {
        (self.last, self.offset)
    }
}
