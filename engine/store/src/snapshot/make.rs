//! Making a snapshot from the one before and the closed segments behind it.

use super::reader::Reader;
use super::runs::Runs;
use super::writer::Writer;
use crate::header::{FolderId, Tip, genesis};
use crate::journal::cursor::Cursor;
use crate::journal::segment;
use crate::{Disk, Seq, StoreError, snapshot};

/// How many rows are written before somebody who wants to close the store is heard.
const HEARD_EVERY: u64 = 1000;

/// A snapshot that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Made {
    /// Up to here it goes.
    pub last: Seq,
    /// The snapshot it was made from, which was read whole on the way; none if it was made from the journal alone.
    pub base: Option<Seq>,
}

/// The closed segments behind record `last`: all but the present one.
pub(crate) fn closed_behind(disk: &dyn Disk, last: Seq) -> Result<Vec<Seq>, StoreError> {
    let mut firsts = segment::list(disk)?;
    firsts.pop();
    firsts.retain(|&first| first > last);
    Ok(firsts)
}

/// Makes a snapshot of what the closed segments hold. None if there is none behind the newest snapshot, or if it was told
/// to stop. A snapshot that turns out to be damaged is passed over for the one before.
///
/// `memory` is roughly how many bytes of it are taken for sorting.
pub(crate) fn make(
    disk: &dyn Disk,
    folder: &FolderId,
    memory: u64,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Made>, StoreError> {
    let bases = snapshot::list(disk)?.into_iter().rev();
    let mut damage = None;
    for base in bases.map(Some).chain([None]) {
        let segments = closed_behind(disk, base.unwrap_or(0))?;
        match make_from(disk, folder, base, &segments, memory, stop) {
            Err(error) if base.is_some_and(|base| is_about(&error, &snapshot::name(base))) => damage = Some(error),
            // The journal no longer begins at 1: then the damage of the snapshots is the reason worth telling.
            Err(StoreError::JournalIncomplete { reason }) if base.is_none() => {
                return Err(damage.unwrap_or(StoreError::JournalIncomplete { reason }));
            }
            other => return other,
        }
    }
    Ok(None)
}

fn is_about(error: &StoreError, name: &str) -> bool {
    match error {
        StoreError::SnapshotDamaged { file, .. } | StoreError::Io { file, .. } => file == name,
        _ => false,
    }
}

fn make_from(
    disk: &dyn Disk,
    folder: &FolderId,
    base: Option<Seq>,
    segments: &[Seq],
    memory: u64,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Made>, StoreError> {
    if segments.is_empty() {
        return Ok(None);
    }
    let base = base.map(|last| snapshot::open(disk, last, folder)).transpose()?;
    let made_from = base.as_ref().map(|base| base.tip().seq);
    let mut tip = base.as_ref().map_or_else(|| beginning(folder), Reader::tip);
    let mut runs = Runs::new(disk, memory)?;
    for &first in segments {
        tip = add_segment(disk, first, tip, &mut runs)?;
        if stop() {
            return Ok(None);
        }
    }
    let mut rows = runs.above(base, &tip)?;
    let mut writer = Writer::create(disk, &snapshot::name(tip.seq), &tip, true)?;
    let mut read = 0u64;
    while let Some((key, value)) = rows.next_row()? {
        if let Some(value) = value {
            writer.add(&key, Some(&value))?;
        }
        read += 1;
        if read.is_multiple_of(HEARD_EVERY) && stop() {
            return Ok(None);
        }
    }
    writer.publish()?;
    Ok(Some(Made {
        last: tip.seq,
        base: made_from,
    }))
}

/// The place before the first record.
pub(crate) fn beginning(folder: &FolderId) -> Tip {
    Tip {
        folder: *folder,
        seq: 0,
        hash: genesis(folder),
    }
}

/// Adds the changes of a segment, which must be whole to its end. Returns its last record.
pub(crate) fn add_segment(disk: &dyn Disk, first: Seq, tip: Tip, runs: &mut Runs<'_>) -> Result<Tip, StoreError> {
    let mut cursor = Cursor::follow(disk, first, &tip)?;
    while let Some(record) = cursor.step().map_err(|stop| cursor.damaged(stop))? {
        runs.add(&record, &cursor.tip())?;
    }
    Ok(cursor.tip())
}
