//! The journal: the truth of the store.
//!
//! Commits are appended to segment files and synced before they are answered. Each record names the hash of the one
//! before, so nothing can be taken out or put in unseen, and each has a checksum, so damage is told from a write that
//! was interrupted. Segments are never changed once the next one has begun.

pub(crate) mod cursor;
mod history;
pub(crate) mod record;
pub(crate) mod segment;
pub(crate) mod walk;

use std::io;
use std::sync::Arc;

use crate::compression::Compressor;
use crate::error::is_disk_full;
use crate::header::{FolderId, HEADER, Tip, genesis};
use crate::{Batch, Disk, DiskFile, Seq, StoreError};
use cursor::Cursor;
pub use history::History;
use record::Record;
use segment::{CreateError, FOLDER, Header};
use walk::{Step, Walk};

/// The open end of the journal.
pub(crate) struct Journal {
    disk: Arc<dyn Disk>,
    sizes: Sizes,
    /// The segment that is written to, and the number of its first record.
    file: Box<dyn DiskFile>,
    first: Seq,
    length: u64,
    /// The length of the file: what lies behind `length` is zeros, written ahead.
    reserved: u64,
    /// The last record.
    tip: Tip,
    buffer: Vec<u8>,
    compressor: Compressor,
}

/// How large things may become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// A new segment is begun when one has this many bytes.
    pub segment: u64,
    /// So many zeros are written ahead.
    pub ahead: u64,
}

/// Where to begin reading at the start, and what must be there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// Records up to this one are in the rows already.
    pub applied: Seq,
    /// What the last of them is, if a snapshot says so.
    pub tip: Option<Tip>,
    /// A record that is known to have been synced once: if the journal ends before it, something was lost.
    pub synced: Seq,
}

/// The bytes of an interrupted write that were removed from the end of the journal. They were never answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutTail {
    /// The segment, relative to the data folder.
    pub file: String,
    /// Where it ends now.
    pub offset: u64,
    /// The number of bytes removed.
    pub bytes: u64,
}

/// Why nothing was appended.
pub(crate) enum AppendError {
    /// The disk is full; what was written in part is removed again.
    Full,
    /// Unknown what is on the disk.
    Failed(String),
}

/// Makes the folder of the journal if need be, and removes what an interrupted making of a segment left in it.
pub(crate) fn prepare(disk: &dyn Disk) -> Result<(), StoreError> {
    disk.create_dir(FOLDER)
        .and_then(|()| disk.sync_dir(""))
        .map_err(StoreError::io("create", FOLDER))?;
    segment::remove_unfinished(disk)
}

impl Journal {
    /// Begins a journal in a folder that has none.
    pub(crate) fn create(disk: Arc<dyn Disk>, sizes: Sizes, folder: FolderId) -> Result<Self, StoreError> {
        let previous = genesis(&folder);
        let header = Header {
            folder,
            first: 1,
            previous,
        };
        let file = segment::create(&*disk, &header).map_err(|error| match error {
            CreateError::NotWritten(error) if is_disk_full(&error) => StoreError::DiskFull,
            CreateError::NotWritten(source) | CreateError::NotSynced(source) => StoreError::Io {
                action: "create",
                file: segment::name(1),
                source,
            },
        })?;
        Ok(Self {
            disk,
            sizes,
            file,
            first: 1,
            length: HEADER as u64,
            reserved: HEADER as u64,
            tip: Tip {
                folder,
                seq: 0,
                hash: previous,
            },
            buffer: Vec::new(),
            compressor: Compressor::new(),
        })
    }

    /// Opens the journal, checks what it reads, and hands every record behind `known.applied` to `apply`.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        sizes: Sizes,
        known: Known,
        apply: &mut dyn FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(Self, Option<CutTail>), StoreError> {
        let mut walk = Walk::new(&segment::list(&*disk)?, known.applied, known.tip)?;
        let torn = loop {
            match walk.next(&*disk)? {
                Step::Record(record) => apply(record)?,
                Step::End => break false,
                Step::Torn => break true,
            }
        };
        let cursor = walk.into_cursor().ok_or_else(|| StoreError::JournalIncomplete {
            reason: "its last segment is missing".into(),
        })?;
        let tip = cursor.tip();
        let saved = known.synced.max(known.applied);
        if tip.seq < saved {
            let reason = format!(
                "it ends with record {}, although record {saved} was saved once",
                tip.seq
            );
            return Err(StoreError::JournalIncomplete { reason });
        }
        let cut = torn.then(|| cursor.tail());
        let file = settle(&*disk, &cursor, cut.is_some())?;
        let length = cursor.offset() as u64;
        let journal = Self {
            disk,
            sizes,
            file,
            first: cursor.first(),
            length,
            reserved: if cut.is_some() {
                length
            } else {
                cursor.bytes().len() as u64
            },
            tip,
            buffer: Vec::new(),
            compressor: Compressor::new(),
        };
        Ok((journal, cut))
    }

    /// The id of the data folder.
    pub(crate) fn folder(&self) -> FolderId {
        self.tip.folder
    }

    /// The number with which the present segment begins.
    pub(crate) fn segment(&self) -> Seq {
        self.first
    }

    /// Appends a record and syncs it: when this returns a number, the record is on the disk.
    pub(crate) fn append(&mut self, batch: &Batch, time_ms: i64) -> Result<Seq, AppendError> {
        let seq = self.tip.seq + 1;
        self.buffer.clear();
        let hash = record::encode(
            seq,
            time_ms,
            &self.tip.hash,
            batch,
            &mut self.compressor,
            &mut self.buffer,
        );
        if self.length >= self.sizes.segment {
            self.begin_segment()?;
        }
        if let Err(error) = self.write() {
            if !is_disk_full(&error) {
                return Err(AppendError::Failed(format!(
                    "writing {}: {error}",
                    segment::name(self.first)
                )));
            }
            self.shorten()?;
            return Err(AppendError::Full);
        }
        self.file
            .sync_data()
            .map_err(|error| AppendError::Failed(format!("syncing {}: {error}", segment::name(self.first))))?;
        self.length += self.buffer.len() as u64;
        self.tip.seq = seq;
        self.tip.hash = hash;
        Ok(seq)
    }

    /// Writes the buffer at the end, with zeros behind it when the file must grow for it.
    ///
    /// A file that grows has to have its length and its blocks written at every sync, besides the bytes; where zeros are
    /// already, only the bytes are.
    fn write(&mut self) -> io::Result<()> {
        let record = self.buffer.len();
        let end = self.length + record as u64;
        if end > self.reserved {
            let ahead = self.sizes.ahead.min(self.sizes.segment.saturating_sub(end));
            self.buffer.resize(record + ahead as usize, 0);
            let written = self.file.write_at(self.length, &self.buffer);
            self.buffer.truncate(record);
            match written {
                Ok(()) => self.reserved = end + ahead,
                // There may be room without the zeros.
                Err(error) if is_disk_full(&error) && ahead > 0 => {
                    self.file.truncate(self.length)?;
                    self.reserved = self.length;
                    self.file.write_at(self.length, &self.buffer)?;
                    self.reserved = end;
                }
                Err(error) => return Err(error),
            }
            return Ok(());
        }
        self.file.write_at(self.length, &self.buffer)
    }

    /// Cuts the file behind the last record. Synced, because the next record may begin another segment, and then this one
    /// must be whole to its end.
    fn shorten(&mut self) -> Result<(), AppendError> {
        self.file
            .truncate(self.length)
            .and_then(|()| self.file.sync_data())
            .map_err(|error| AppendError::Failed(format!("shortening {}: {error}", segment::name(self.first))))?;
        self.reserved = self.length;
        Ok(())
    }

    /// Closes the present segment and begins the next, unless there is nothing in it yet.
    pub(crate) fn begin_segment(&mut self) -> Result<(), AppendError> {
        if self.first > self.tip.seq {
            return Ok(());
        }
        if self.reserved > self.length {
            self.shorten()?;
        }
        let header = Header {
            folder: self.tip.folder,
            first: self.tip.seq + 1,
            previous: self.tip.hash,
        };
        self.file = segment::create(&*self.disk, &header).map_err(|error| match error {
            CreateError::NotWritten(error) if is_disk_full(&error) => AppendError::Full,
            CreateError::NotWritten(error) | CreateError::NotSynced(error) => {
                AppendError::Failed(format!("creating {}: {error}", segment::name(header.first)))
            }
        })?;
        self.first = header.first;
        self.length = HEADER as u64;
        self.reserved = self.length;
        Ok(())
    }
}

/// Makes the end of the journal certain before anything is built on it.
///
/// The last record may be in the memory of the operating system only, and if a sync had failed before, a further sync
/// would report success without writing it. So it is written again, then synced. The name of its segment may have been
/// given just before the process ended, so that is synced too.
fn settle(disk: &dyn Disk, cursor: &Cursor, cut: bool) -> Result<Box<dyn DiskFile>, StoreError> {
    let name = cursor.name();
    let mut file = disk.open(name).map_err(StoreError::io("open", name))?;
    if cut {
        file.truncate(cursor.offset() as u64)
            .map_err(StoreError::io("shorten", name))?;
    }
    let (start, end) = cursor.last_record();
    file.write_at(start as u64, &cursor.bytes()[start..end])
        .map_err(StoreError::io("write", name))?;
    file.sync_data().map_err(StoreError::io("sync", name))?;
    disk.sync_dir(FOLDER).map_err(StoreError::io("sync", FOLDER))?;
    Ok(file)
}
