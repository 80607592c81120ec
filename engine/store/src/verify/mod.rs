//! Checking a data folder or backup without changing it.

use std::path::Path;

use crate::{CutTail, Problem, Seq, StoreError};

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
    /// They were not looked into, because the next start makes them anew.
    Stale {
        /// Why it does that.
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
    let _ = (folder, deep);
    Err(StoreError::NotYet)
}
