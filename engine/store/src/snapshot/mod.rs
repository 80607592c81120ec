//! Snapshots: all rows as of the last record of a segment, so that the journal before it can be let go.

use std::io;

use crate::{Disk, Seq, StoreError};

/// The folder of the snapshots; there is none before the first.
pub(crate) const FOLDER: &str = "snapshots";
const ENDING: &str = ".snapshot";

/// The name of the snapshot up to record `last`: fixed width, so that names sort as numbers do.
pub(crate) fn name(last: Seq) -> String {
    format!("{FOLDER}/{last:020}{ENDING}")
}

/// The last sequence numbers of all snapshots, ascending.
pub(crate) fn list(disk: &dyn Disk) -> Result<Vec<Seq>, StoreError> {
    let files = match disk.list(FOLDER) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(StoreError::io("list the folder", FOLDER))?,
    };
    let digits = files.iter().filter_map(|file| file.strip_suffix(ENDING));
    let mut lasts: Vec<Seq> = digits
        .filter(|digits| digits.len() == 20)
        .filter_map(|digits| digits.parse().ok())
        .collect();
    lasts.sort_unstable();
    Ok(lasts)
}
