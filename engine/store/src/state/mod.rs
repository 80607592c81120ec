//! The state files: every row as of some sequence number, in sled, so that memory need not hold them all.
//!
//! They are a projection. Whatever is wrong with them, the journal can make them anew; so nothing here is trusted
//! further than [`checkpoint`] can vouch for.
//!
//! Keys in the one tree: `0` is the sequence number that was last applied, `1` + key is a row, `2` + key + number is a
//! further piece of a large value, because sled keeps whole values in its nodes and copies them when a neighbour changes.

pub(crate) mod checkpoint;
mod log;
mod trust;

use std::fs::{self, File};
use std::io;
use std::ops::Bound;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sled::IVec;

use crate::header::FolderId;
use crate::lock::FolderLock;
use crate::overlay::Layer;
use crate::{Bytes, Seq, StoreError};
use checkpoint::Checkpoint;
use trust::Trust;

const APPLIED: [u8; 1] = [0];
const ROW: u8 = 1;
const PIECE: u8 = 2;

/// First byte of a stored value: the value follows.
const WHOLE: u8 = 0;
/// First byte of a stored value: its length follows (8 bytes), and it lies in pieces.
const IN_PIECES: u8 = 1;
const PIECE_BYTES: usize = 4096;
/// Memory for pages while nothing is read.
const CLOSING_CACHE: u64 = 1 << 20;

/// Rows in sled.
pub(crate) struct State {
    db: sled::Db,
    folder: PathBuf,
    trust: Arc<Trust>,
    /// Keeps the data folder locked until sled has let go of its files; dropped after it.
    _lock: Option<Arc<FolderLock>>,
}

impl State {
    /// Opens or makes the state files. Any failure, also a panic in sled, means that they have to be made anew.
    pub(crate) fn open(folder: &Path, cache_bytes: u64, lock: Option<Arc<FolderLock>>) -> Result<Self, String> {
        remove_half_snapshots(folder).map_err(|error| error.to_string())?;
        log::check(folder).map_err(|error| error.to_string())??;
        let open = || sled::Config::new().path(folder).cache_capacity(cache_bytes).open();
        // sled's threads may let go of its file a moment after the last handle; our own lock keeps other processes out.
        let mut attempts = 0;
        let db = loop {
            match panic::catch_unwind(AssertUnwindSafe(open)) {
                Ok(Ok(db)) => break db,
                Ok(Err(sled::Error::Io(error))) if attempts < 100 && error.to_string().contains("lock") => {
                    attempts += 1;
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(Err(error)) => return Err(error.to_string()),
                Err(_) => return Err("its files cannot be understood".into()),
            }
        };
        Ok(Self {
            db,
            folder: folder.into(),
            trust: Arc::new(Trust::new(folder)),
            _lock: lock,
        })
    }

    /// The number up to which rows were applied, or 0.
    pub(crate) fn applied(&self) -> Result<Seq, StoreError> {
        let stored = self.read(&APPLIED)?;
        Ok(stored
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .map_or(0, Seq::from_be_bytes))
    }

    /// Whether everything up to `applied` has been applied; the error says what is there.
    pub(crate) fn holds(&self, applied: Seq) -> Result<(), String> {
        let found = self.applied().map_err(|error| error.to_string())?;
        if found < applied {
            Err(format!("they hold the rows as of {found}, not {applied}"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        match self.read(&row_key(key))? {
            Some(stored) => self.load(key, &stored).map(Some),
            None => Ok(None),
        }
    }

    /// Rows of a range as they are stored; [`State::load`] makes values of them.
    pub(crate) fn range(&self, lower: Bound<&[u8]>, upper: Bound<&[u8]>) -> StoredRows {
        let lower = match lower {
            Bound::Unbounded => Bound::Included(vec![ROW]),
            other => other.map(row_key),
        };
        let upper = match upper {
            Bound::Unbounded => Bound::Excluded(vec![ROW + 1]),
            other => other.map(row_key),
        };
        StoredRows {
            rows: self.db.range::<Vec<u8>, _>((lower, upper)),
            trust: self.trust.clone(),
        }
    }

    fn read(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        self.trust.during(|| self.db.get(key))
    }

    /// Why the files can no longer be used, if so.
    pub(crate) fn fault(&self) -> Option<String> {
        self.trust.lost()
    }

    /// What could not be read by a view that is still true: then the files are not what was put there.
    pub(crate) fn doubt(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::State { reason } => self.trust.lose(reason),
            other => other,
        }
    }

    /// The value behind a stored one. Of a view that has expired it may not be one.
    pub(crate) fn load(&self, key: &[u8], stored: &[u8]) -> Result<Bytes, StoreError> {
        let (&kind, rest) = stored.split_first().ok_or_else(|| damaged("an empty value"))?;
        if kind == WHOLE {
            return Ok(rest.into());
        }
        let length = pieces_length(stored).ok_or_else(|| damaged("a value of unknown kind"))?;
        let mut value = Vec::new();
        for number in 0..pieces(length) {
            let piece = self
                .read(&piece_key(key, number))?
                .ok_or_else(|| damaged("a value with a piece missing"))?;
            value.extend_from_slice(&piece);
        }
        if value.len() as u64 == length {
            Ok(value.into())
        } else {
            Err(damaged("a value of the wrong length"))
        }
    }

    /// Brings the rows to sequence number `seq`.
    ///
    /// Row by row, since sled's batches make all readers wait. A crash in between is mended by applying the journal
    /// again from the last checkpoint.
    pub(crate) fn apply(&self, layer: &Layer, seq: Seq) -> Result<(), StoreError> {
        for (key, value) in layer {
            self.trust.during(|| self.write(key, value.as_deref()))?;
        }
        self.trust.during(|| self.db.insert(APPLIED, &seq.to_be_bytes()))?;
        Ok(())
    }

    /// What a row was before comes back from writing it, so that looking for its pieces costs nothing. A crash just then
    /// may leave pieces that no row owns; nobody reads them, and files made anew have none.
    fn write(&self, key: &[u8], value: Option<&[u8]>) -> sled::Result<()> {
        let row = row_key(key);
        let (before, new_pieces) = match value {
            // Many rows live and die before they get here; to sled, removing what is not there is as much work as writing.
            None if !self.db.contains_key(&row)? => (None, 0),
            None => (self.db.remove(row)?, 0),
            Some(value) if value.len() <= PIECE_BYTES => (self.db.insert(row, [&[WHOLE], value].concat())?, 0),
            Some(value) => {
                let length = value.len() as u64;
                let head = [&[IN_PIECES][..], &length.to_be_bytes()].concat();
                let before = self.db.insert(row, head)?;
                for (number, piece) in (0..).zip(value.chunks(PIECE_BYTES)) {
                    self.db.insert(piece_key(key, number), piece)?;
                }
                (before, pieces(length))
            }
        };
        let old_pieces = before.and_then(|stored| pieces_length(&stored)).map_or(0, pieces);
        for number in new_pieces..old_pieces {
            self.db.remove(piece_key(key, number))?;
        }
        Ok(())
    }

    /// Puts everything applied so far on the disk. sled's own flush only starts that on Linux (`sync_file_range`).
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.trust.during(|| self.db.flush())?;
        sync_files(&self.folder).map_err(StoreError::io("sync", self.folder.display().to_string()))
    }

    /// The folder of its files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// sled's rows, watched.
pub(crate) struct StoredRows {
    rows: sled::Iter,
    trust: Arc<Trust>,
}

impl Iterator for StoredRows {
    type Item = Result<(Bytes, IVec), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.trust.during(|| self.rows.next().transpose());
        row.map(without_kind).transpose()
    }
}

impl DoubleEndedIterator for StoredRows {
    fn next_back(&mut self) -> Option<Self::Item> {
        let row = self.trust.during(|| self.rows.next_back().transpose());
        row.map(without_kind).transpose()
    }
}

fn without_kind(row: Option<(IVec, IVec)>) -> Option<(Bytes, IVec)> {
    row.map(|(key, stored)| (Bytes::from(&key[1..]), stored))
}

/// Closes the files, which hold everything up to `seq`, so that they can be trusted whatever happens next.
///
/// Does nothing while a view still reads them: sled writes of its own accord until its last handle is gone.
///
/// They are opened once more for that. sled notes where its pages lie when it is opened, by reading its log from the last
/// such note on, and takes damage in it for an end: rows behind it would be old ones. What is noted is read with a
/// checksum for each page and refused when it is damaged. So it is noted now, while the log is as it was written.
pub(crate) fn close(state: Arc<State>, folder: FolderId, seq: Seq, boot: Option<String>) -> io::Result<()> {
    let Some(state) = Arc::into_inner(state) else {
        return Ok(());
    };
    if state.fault().is_some() {
        return Ok(());
    }
    let State {
        db,
        folder: path,
        trust: _,
        _lock,
    } = state;
    drop(db);
    if State::open(&path, CLOSING_CACHE, None).is_err() {
        return Ok(());
    }
    sync_files(&path)?;
    Checkpoint {
        folder,
        applied: seq,
        synced: seq,
        boot,
        clean: true,
    }
    .write(&path)
}

/// Removes the files, so that the next opening begins with none.
pub(crate) fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", folder.display().to_string())(error))
        }
        _ => Ok(()),
    }
}

/// Syncs every file and folder below `folder`; files that go away meanwhile are sled's to remove.
pub(crate) fn sync_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let synced = match entry.file_type() {
            Ok(kind) if kind.is_dir() => sync_files(&entry.path()),
            Ok(_) => File::open(entry.path()).and_then(|file| file.sync_all()),
            Err(error) => Err(error),
        };
        match synced {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    File::open(folder)?.sync_all()
}

/// sled panics on a snapshot whose writing was interrupted.
fn remove_half_snapshots(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn row_key(key: &[u8]) -> Vec<u8> {
    [&[ROW], key].concat()
}

fn piece_key(key: &[u8], number: u32) -> Vec<u8> {
    [&[PIECE], key, &number.to_be_bytes()].concat()
}

fn pieces(length: u64) -> u32 {
    u32::try_from(length.div_ceil(PIECE_BYTES as u64)).unwrap_or(u32::MAX)
}

fn pieces_length(stored: &[u8]) -> Option<u64> {
    let (&kind, length) = stored.split_first()?;
    (kind == IN_PIECES).then(|| length.try_into().ok().map(u64::from_be_bytes))?
}

fn damaged(what: &str) -> StoreError {
    StoreError::State {
        reason: format!("they hold {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys in sled beside the applied number.
    fn keys(state: &State) -> usize {
        state
            .db
            .iter()
            .filter(|row| row.as_ref().is_ok_and(|(key, _)| key[0] != APPLIED[0]))
            .count()
    }

    #[test]
    fn values_leave_no_pieces_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = State::open(&folder.path().join("state"), 1 << 20, None).expect("opens");
        let sizes = [
            Some(0),
            Some(4096),
            Some(4097),
            Some(40_960),
            Some(8193),
            None,
            Some(12_288),
            Some(1),
            None,
        ];
        for (seq, size) in (1..).zip(sizes) {
            let value = size.map(|size| Bytes::from(vec![7; size]));
            let mut layer = Layer::new_sync();
            layer.insert_mut(b"key"[..].into(), value.clone());
            state.apply(&layer, seq).expect("applies");
            assert_eq!(state.get(b"key").expect("readable"), value);
            assert_eq!(state.applied().expect("readable"), seq);
            let pieces = size
                .filter(|&size| size > PIECE_BYTES)
                .map_or(0, |size| size.div_ceil(PIECE_BYTES));
            assert_eq!(keys(&state), pieces + usize::from(size.is_some()), "{size:?}");
        }
    }
}
