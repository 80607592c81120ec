//! The journal: the truth of the store.
//!
//! Commits are appended to segment files and synced before they are answered. Each record names the hash of the one
//! before, so nothing can be taken out or put in unseen, and each has a checksum, so damage is told from a write that
//! was interrupted. Segments are never changed once the next one has begun.

mod cursor;
mod history;
pub(crate) mod record;
pub(crate) mod segment;

use std::sync::Arc;

use crate::compression::Compressor;
use crate::error::is_disk_full;
use crate::{Batch, Disk, DiskFile, Seq, StoreError};
use cursor::Cursor;
pub use history::History;
use record::{Hash, Record};
use segment::{CreateError, FOLDER, FolderId, Header};

/// The open end of the journal.
pub(crate) struct Journal {
    disk: Arc<dyn Disk>,
    folder: FolderId,
    segment_bytes: u64,
    /// The segment that is written to, and the number of its first record.
    file: Box<dyn DiskFile>,
    first: Seq,
    length: u64,
    /// The last record, or 0 if there is none.
    tip: Seq,
    tip_hash: Hash,
    buffer: Vec<u8>,
    compressor: Compressor,
}

/// Where to begin reading at the start, and what must be there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// Records up to this one are in the state files already.
    pub applied: Seq,
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

/// The id in the oldest segment; none if there is no journal yet. Makes the folder of the journal if need be.
pub(crate) fn folder_id(disk: &dyn Disk) -> Result<Option<FolderId>, StoreError> {
    disk.create_dir(FOLDER)
        .and_then(|()| disk.sync_dir(""))
        .map_err(StoreError::io("create", FOLDER))?;
    segment::remove_unfinished(disk)?;
    let Some(&first) = segment::list(disk)?.first() else {
        return Ok(None);
    };
    let name = segment::name(first);
    let file = disk.open(&name).map_err(StoreError::io("open", &name))?;
    Ok(Some(segment::read_header(&*file, first)?.folder))
}

impl Journal {
    /// Begins a journal in a folder that has none.
    pub(crate) fn create(disk: Arc<dyn Disk>, segment_bytes: u64, folder: FolderId) -> Result<Self, StoreError> {
        let previous = segment::genesis(&folder);
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
        let length = segment::HEADER as u64;
        Ok(Self {
            disk,
            folder,
            segment_bytes,
            file,
            first: 1,
            length,
            tip: 0,
            tip_hash: previous,
            buffer: Vec::new(),
            compressor: Compressor::new(),
        })
    }

    /// Opens the journal, checks what it reads, and hands every record behind `known.applied` to `apply`.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        segment_bytes: u64,
        known: Known,
        apply: &mut dyn FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(Self, Option<CutTail>), StoreError> {
        let firsts = segment::list(&*disk)?;
        let needed = firsts.partition_point(|&first| first <= known.applied + 1);
        let Some((&start, rest)) = firsts[needed.saturating_sub(1)..].split_first().filter(|_| needed > 0) else {
            let reason = format!("record {} is needed, and no segment has it", known.applied + 1);
            return Err(StoreError::JournalIncomplete { reason });
        };
        let mut cursor = Cursor::open(&*disk, start)?;
        let mut rest = rest.iter();
        let cut = loop {
            let next_segment = rest.next();
            let torn = loop {
                match cursor.step() {
                    Ok(Some(record)) if record.seq > known.applied => apply(record)?,
                    Ok(Some(_)) => {}
                    Ok(None) => break None,
                    Err(stop) => break Some(stop),
                }
            };
            match (torn, next_segment) {
                (None, Some(&first)) => cursor = cursor.follow(&*disk, first)?,
                (Some(stop), None) if stop.torn && !cursor.valid_record_follows() => break Some(stop),
                (Some(stop), _) => return Err(cursor.damaged(stop)),
                (None, None) => break None,
            }
        };
        let tip = cursor.tip();
        if tip < known.synced.max(known.applied) {
            let synced = known.synced.max(known.applied);
            let reason = format!("it ends with record {tip}, although record {synced} was saved once");
            return Err(StoreError::JournalIncomplete { reason });
        }
        let cut = cut.map(|_| CutTail {
            file: cursor.name().into(),
            offset: cursor.offset() as u64,
            bytes: (cursor.bytes().len() - cursor.offset()) as u64,
        });
        let file = settle(&*disk, &cursor, cut.is_some())?;
        let journal = Self {
            disk,
            folder: cursor.folder(),
            segment_bytes,
            file,
            first: cursor.first(),
            length: cursor.offset() as u64,
            tip,
            tip_hash: cursor.tip_hash(),
            buffer: Vec::new(),
            compressor: Compressor::new(),
        };
        Ok((journal, cut))
    }

    /// The id of the data folder.
    pub(crate) fn folder(&self) -> FolderId {
        self.folder
    }

    /// Appends a record and syncs it: when this returns a number, the record is on the disk.
    pub(crate) fn append(&mut self, batch: &Batch, time_ms: i64) -> Result<Seq, AppendError> {
        let seq = self.tip + 1;
        self.buffer.clear();
        let hash = record::encode(
            seq,
            time_ms,
            &self.tip_hash,
            batch,
            &mut self.compressor,
            &mut self.buffer,
        );
        if self.length >= self.segment_bytes && self.first <= self.tip {
            self.begin_segment()?;
        }
        if let Err(error) = self.file.write_at(self.length, &self.buffer) {
            if !is_disk_full(&error) {
                return Err(AppendError::Failed(format!(
                    "writing {}: {error}",
                    segment::name(self.first)
                )));
            }
            self.file
                .truncate(self.length)
                .map_err(|error| AppendError::Failed(format!("shortening {}: {error}", segment::name(self.first))))?;
            return Err(AppendError::Full);
        }
        self.file
            .sync_data()
            .map_err(|error| AppendError::Failed(format!("syncing {}: {error}", segment::name(self.first))))?;
        self.length += self.buffer.len() as u64;
        self.tip = seq;
        self.tip_hash = hash;
        Ok(seq)
    }

    fn begin_segment(&mut self) -> Result<(), AppendError> {
        let header = Header {
            folder: self.folder,
            first: self.tip + 1,
            previous: self.tip_hash,
        };
        self.file = segment::create(&*self.disk, &header).map_err(|error| match error {
            CreateError::NotWritten(error) if is_disk_full(&error) => AppendError::Full,
            CreateError::NotWritten(error) | CreateError::NotSynced(error) => {
                AppendError::Failed(format!("creating {}: {error}", segment::name(header.first)))
            }
        })?;
        self.first = header.first;
        self.length = segment::HEADER as u64;
        Ok(())
    }
}

/// Makes the end of the journal certain before anything is built on it.
///
/// The last record may be in the memory of the operating system only, and if a sync had failed before, a further sync
/// would report success without writing it. So it is written again, then synced.
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
    Ok(file)
}
