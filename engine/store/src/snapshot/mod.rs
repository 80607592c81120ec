//! Snapshots: all rows as of the last record of a segment, so that the journal before it can be let go.
//!
//! A snapshot is made from the one before and the closed segments behind that, never from the state files, so that no
//! fault of sled can become the truth. `FORMAT.md` has the tables.

mod block;
pub(crate) mod make;
pub(crate) mod merge;
pub(crate) mod reader;
pub(crate) mod runs;
pub(crate) mod writer;

use std::io;

use crate::header::{FolderId, Kind, Tip};
use crate::{Disk, Problem, Seq, StoreError};
use reader::Reader;

/// The folder of the snapshots; there is none before the first.
pub(crate) const FOLDER: &str = "snapshots";
const ENDING: &str = ".snapshot";
/// What is not a whole snapshot; of no worth after a crash.
pub(crate) const UNFINISHED: &str = ".tmp";
pub(crate) const KIND: Kind = Kind {
    magic: *b"KAPOKSNP",
    format: 1,
    name: "snapshot",
};

/// The name of the snapshot up to record `last`: fixed width, so that names sort as numbers do.
pub(crate) fn name(last: Seq) -> String {
    format!("{FOLDER}/{last:020}{ENDING}")
}

/// The last sequence numbers of all snapshots, ascending.
pub(crate) fn list(disk: &dyn Disk) -> Result<Vec<Seq>, StoreError> {
    let files = files(disk)?;
    let digits = files.iter().filter_map(|file| file.strip_suffix(ENDING));
    let mut lasts: Vec<Seq> = digits
        .filter(|digits| digits.len() == 20)
        .filter_map(|digits| digits.parse().ok())
        .collect();
    lasts.sort_unstable();
    Ok(lasts)
}

fn files(disk: &dyn Disk) -> Result<Vec<String>, StoreError> {
    match disk.list(FOLDER) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(StoreError::io("list the folder", FOLDER)),
    }
}

/// Removes what an interrupted making of a snapshot left.
pub(crate) fn remove_unfinished(disk: &dyn Disk) -> Result<(), StoreError> {
    for file in files(disk)? {
        if file.ends_with(UNFINISHED) {
            let file = format!("{FOLDER}/{file}");
            disk.remove(&file).map_err(StoreError::io("remove", file))?;
        }
    }
    Ok(())
}

/// Opens a snapshot of this data folder at its first row.
pub(crate) fn open(disk: &dyn Disk, last: Seq, folder: &FolderId) -> Result<Reader, StoreError> {
    let reader = Reader::open(disk, &name(last))?;
    if reader.tip().seq != last {
        return Err(reader.damaged(
            0,
            format!("the header says that it goes up to record {}", reader.tip().seq),
        ));
    }
    if reader.tip().folder != *folder {
        return Err(reader.damaged(0, "it belongs to another data folder".into()));
    }
    Ok(reader)
}

/// The newest snapshot that is whole: every byte of it was read. Tells what is wrong with newer ones.
pub(crate) fn newest_good(
    disk: &dyn Disk,
    folder: &FolderId,
    bad: &mut Vec<Problem>,
) -> Result<Option<Tip>, StoreError> {
    for last in list(disk)?.into_iter().rev() {
        match open(disk, last, folder).and_then(Reader::check) {
            Ok(checked) => return Ok(Some(checked.tip)),
            Err(error) => bad.push(Problem::from(&error)),
        }
    }
    Ok(None)
}
