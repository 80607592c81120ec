//! Backups: a data folder without state files, copied beside a running process, and brought back.

mod copy;
pub(crate) mod manifest;

use std::fs;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::keeper::{self, PIN};
use crate::verify::inspect;
use crate::{Disk, RealDisk, Seq, StoreError};
use copy::Copy;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The first record to which it can be restored: the last one in its snapshot, or 0.
    pub first: Seq,
    /// The last record in it.
    pub last: Seq,
    /// When it was begun, in milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The bytes of all its files.
    pub bytes: u64,
}

/// Copies the data folder `folder` to `to`, which must not exist or be empty, while a process may be using it.
///
/// The copy is a data folder without state files, that can be opened as it is: the newest snapshot and the journal
/// behind it, up to a record that was whole when it was read. It is read again and checked before this returns; if
/// anything fails, what was copied is removed.
///
/// Takes no lock on the folder, but holds `journal.pin` there, so that nothing is removed that is being copied.
///
/// # Errors
/// [`StoreError::NotEmpty`], [`StoreError::NoData`], or whatever is wrong with the journal, with what can be read of it,
/// or with writing to `to`.
pub fn backup(folder: &Path, to: &Path) -> Result<Backup, StoreError> {
    let source = data_disk(folder)?;
    fill(to, |target| {
        let pin = keeper::open_pin(&folder.join(PIN))?;
        let name = PIN.to_owned();
        pin.lock_shared().map_err(StoreError::io("lock", name))?;
        let copied = backup_between(&source, target, now_ms());
        let _ = pin.unlock();
        copied
    })
}

/// As [`backup`], from one disk to another, which is empty. The caller sees to it that no [`Store`](crate::Store) removes
/// segments meanwhile.
///
/// # Errors
/// As [`backup`].
pub fn backup_between(source: &dyn Disk, target: &dyn Disk, time_ms: i64) -> Result<Backup, StoreError> {
    Copy { source, target }.run(None, time_ms)
}

/// Makes a data folder at `to`, which must not exist or be empty, from a backup or a data folder that is not in use.
///
/// With `to_seq`, what was committed after that record is left out. Returns the last record that is there. Nothing
/// happens to the backup, and nothing is locked there; it is checked first. If anything fails, what was copied is removed.
///
/// # Errors
/// [`StoreError::OutOfReach`] if `to_seq` is before the snapshots of the backup or behind its end,
/// [`StoreError::Damaged`] if the backup is, [`StoreError::NotEmpty`], [`StoreError::NoData`], and what reading and
/// writing bring.
pub fn restore(backup: &Path, to: &Path, to_seq: Option<Seq>) -> Result<Seq, StoreError> {
    let source = data_disk(backup)?;
    let found = inspect::inspect(&source)?;
    if !found.problems.is_empty() {
        return Err(StoreError::Damaged {
            folder: backup.display().to_string(),
            problems: found.problems,
        });
    }
    let mut snapshots = found.snapshots.keys().copied();
    let first = match found.first {
        1 => 0,
        first => snapshots.find(|last| last + 1 >= first).unwrap_or(0),
    };
    if let Some(wanted) = to_seq.filter(|wanted| !(first..=found.last).contains(wanted)) {
        let last = found.last;
        return Err(StoreError::OutOfReach { wanted, first, last });
    }
    fill(to, |target| {
        let copy = Copy {
            source: &source,
            target,
        };
        Ok(copy.run(to_seq, now_ms())?.last)
    })
}

fn data_disk(folder: &Path) -> Result<RealDisk, StoreError> {
    if folder.join("journal").is_dir() {
        Ok(RealDisk::new(folder))
    } else {
        Err(StoreError::NoData {
            folder: folder.display().to_string(),
        })
    }
}

/// Has a folder filled that must not exist or be empty; after an error it is again as it was.
fn fill<T>(to: &Path, fill: impl FnOnce(&RealDisk) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let name = to.display().to_string();
    let existed = match fs::read_dir(to).map(|mut entries| entries.next().is_none()) {
        Ok(true) => true,
        Ok(false) => return Err(StoreError::NotEmpty { folder: name }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(to).map_err(StoreError::io("create", name))?;
            false
        }
        Err(error) => return Err(StoreError::io("list the folder", name)(error)),
    };
    if let Some(parent) = to.canonicalize().ok().as_deref().and_then(Path::parent) {
        // So that the folder itself outlasts a power cut; a parent that we may not open is somebody else's matter.
        let _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
    }
    let filled = fill(&RealDisk::new(to));
    if filled.is_err() {
        // If that fails too, what is left says that it is unfinished.
        let _ = clear(to);
        if !existed {
            let _ = fs::remove_dir(to);
        }
    }
    filled
}

/// Removes what [`Copy`] makes; the mark that it is unfinished goes last.
fn clear(folder: &Path) -> io::Result<()> {
    for part in ["journal", "snapshots"] {
        match fs::remove_dir_all(folder.join(part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::remove_file(folder.join(manifest::UNFINISHED)).or_else(|_| fs::remove_file(folder.join(manifest::NAME)))
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
