//! How much room the store takes.

use std::fs;
use std::io;
use std::path::Path;

use crate::journal::segment;
use crate::{Disk, Problem, Seq, StoreError, snapshot};

/// Bytes on the disk, and how the snapshots stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the journal.
    pub journal: u64,
    /// Of the snapshots.
    pub snapshots: u64,
    /// Of the state files.
    pub state: u64,
    /// That may still be written.
    pub available: u64,
    /// Up to which record the newest snapshot goes.
    pub newest_snapshot: Option<Seq>,
    /// Why the last attempt to make a snapshot came to nothing. The journal grows until one succeeds; it is tried again.
    pub snapshot_problem: Option<Problem>,
}

impl Usage {
    pub(crate) fn measure(disk: &dyn Disk, state_folder: Option<&Path>) -> Result<Self, StoreError> {
        let snapshots = snapshot::list(disk)?;
        let segments = segment::list(disk)?;
        Ok(Self {
            journal: length_of_all(disk, segments.into_iter().map(segment::name))?,
            newest_snapshot: snapshots.last().copied(),
            snapshots: length_of_all(disk, snapshots.into_iter().map(snapshot::name))?,
            state: state_folder.map_or(Ok(0), folder_length)?,
            available: disk
                .available()
                .map_err(StoreError::io("measure the disk of", "the data folder"))?,
            snapshot_problem: None,
        })
    }
}

fn length_of_all(disk: &dyn Disk, names: impl Iterator<Item = String>) -> Result<u64, StoreError> {
    names.map(|name| length(disk, &name)).sum()
}

/// The length of a file; 0 if it has gone since its name was read.
pub(crate) fn length(disk: &dyn Disk, name: &str) -> Result<u64, StoreError> {
    match disk.open_to_read(name).and_then(|file| file.len()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        other => other.map_err(StoreError::io("measure", name)),
    }
}

/// The bytes of all files below a folder; files that go away meanwhile are sled's to remove.
fn folder_length(folder: &Path) -> Result<u64, StoreError> {
    let measured = (|| {
        let mut bytes = 0;
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                match entry.metadata() {
                    Ok(data) if data.is_dir() => folders.push(entry.path()),
                    Ok(data) => bytes += data.len(),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(bytes)
    })();
    match measured {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        other => other.map_err(StoreError::io("measure", folder.display().to_string())),
    }
}
