//! Backups: a data folder without state files, copied beside a running process.

use std::path::Path;

use crate::{Seq, StoreError};

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The last record in it.
    pub last: Seq,
    /// The first record to which it can be restored: that of its snapshot, or 0.
    pub first: Seq,
    /// When it was begun, in milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The bytes of all its files.
    pub bytes: u64,
}

/// Copies the data folder `folder` to `to`, which must not exist or be empty, while a process may be using it.
///
/// The copy is a data folder without state files, that can be opened as it is: the newest snapshot and the journal
/// behind it, up to a record that was whole when it was read. It is read again and checked before this returns.
///
/// Takes no lock on the folder, but holds `journal.pin` there, so that nothing is removed that is being copied.
///
/// # Errors
/// [`StoreError::NotEmpty`], [`StoreError::NoData`], or whatever is wrong with the journal, with what can be read of it,
/// or with writing to `to`.
pub fn backup(folder: &Path, to: &Path) -> Result<Backup, StoreError> {
    let _ = (folder, to);
    Err(StoreError::NotYet)
}

/// Makes a data folder at `to`, which must not exist or be empty, from a backup or a data folder that is not in use.
///
/// With `to_seq`, what was committed after that record is left out. Returns the last record that is there. Nothing
/// happens to the backup, and nothing is locked there.
///
/// # Errors
/// [`StoreError::OutOfReach`] if `to_seq` is before the snapshot of the backup or behind its end,
/// [`StoreError::Damaged`] if the backup is, [`StoreError::NotEmpty`], [`StoreError::NoData`], and what reading and
/// writing bring.
pub fn restore(backup: &Path, to: &Path, to_seq: Option<Seq>) -> Result<Seq, StoreError> {
    let _ = (backup, to, to_seq);
    Err(StoreError::NotYet)
}
