//! Checking a data folder or backup without changing it.

mod deep;
pub(crate) mod inspect;
mod state;

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::lock::FolderLock;
use crate::{CutTail, Problem, RealDisk, Seq, StoreError};

/// What was found in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// The first record in the journal; 0 if there is none.
    pub first: Seq,
    /// The last whole record; 0 if there is none.
    pub last: Seq,
    /// How many segments the journal has.
    pub segments: usize,
    /// Up to which records the snapshots go, ascending, damaged ones included.
    pub snapshots: Vec<Seq>,
    /// How the state files stand.
    pub state: StateFiles,
    /// Whether the folder is a backup that was not opened since; then its files were compared with its manifest.
    pub is_backup: bool,
    /// What an interrupted write left at the end of the journal. The next start removes it; it was never answered.
    pub torn_tail: Option<CutTail>,
    /// The hash of all rows as of `last`, as [`View::hash`](crate::View::hash) gives it; only if it was asked to look deep.
    pub hash: Option<[u8; 32]>,
    /// What is wrong. Nothing, if it is empty.
    pub problems: Vec<Problem>,
}

/// How the state files stand. They are disposable: whatever is wrong with them, the journal makes them anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StateFiles {
    /// There are none, as in a backup.
    #[default]
    Absent,
    /// They were not looked into: mostly because the next start makes them anew.
    Stale {
        /// Why.
        reason: String,
    },
    /// Every row could be read, and, if it was asked to look deep, was compared with the journal.
    Read {
        /// The number of rows.
        rows: u64,
    },
    /// They cannot be used; the problem says why.
    Damaged,
}

/// Checks a data folder or backup.
///
/// Always: the manifest of a backup, every record of the journal and how they follow each other, every block of every
/// snapshot, the checkpoint, and whether the state files can be read. With `deep` each snapshot is also compared with the
/// one before and the journal between them, and the state files, row by row, with what snapshot and journal say; that
/// needs room for the changed rows in `snapshots` meanwhile.
///
/// Takes the folder's lock, so no process may be using it. It opens and closes the state files as a start would.
///
/// # Errors
/// [`StoreError::Locked`], [`StoreError::NoData`], or if the folder cannot be read at all. What is wrong in it is in
/// [`Verification::problems`].
pub fn verify(folder: &Path, deep: bool) -> Result<Verification, StoreError> {
    if !folder.join("journal").is_dir() {
        let folder = folder.display().to_string();
        return Err(StoreError::NoData { folder });
    }
    let lock = match FolderLock::take(folder) {
        Ok(lock) => Some(Arc::new(lock)),
        // Where nothing can be written, nobody else writes either.
        Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::ReadOnlyFilesystem => None,
        Err(error) => return Err(error),
    };
    let disk = RealDisk::new(folder);
    let mut found = inspect::inspect(&disk)?;
    let mut hash = None;
    let sound = found.problems.is_empty();
    let mut state = state::StateCheck::open(folder, &found, lock.clone())?;
    if deep && sound {
        deep::compare_snapshots(&disk, &mut found)?;
        hash = Some(deep::compare_rows(&disk, &mut found, &mut state)?);
    }
    let state = state.close(&mut found.problems);
    Ok(Verification {
        first: found.first,
        last: found.last,
        segments: found.segments.len(),
        snapshots: found.snapshots.into_keys().collect(),
        state,
        is_backup: found.is_backup,
        torn_tail: found.torn_tail,
        hash,
        problems: found.problems,
    })
}
