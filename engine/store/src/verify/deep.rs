//! Doing the work again, and comparing: each snapshot with the one before and the journal between, the state files with
//! all of it.

use super::inspect::Inspection;
use super::state::StateCheck;
use crate::hash::StateHash;
use crate::header::{Hash, Tip};
use crate::journal::cursor::Cursor;
use crate::snapshot::make::beginning;
use crate::snapshot::runs::Runs;
use crate::{Disk, Options, Seq, StoreError, snapshot};

/// Makes each snapshot again, as far as the journal reaches back, and compares the rows by their hash.
pub(super) fn compare_snapshots(disk: &dyn Disk, found: &mut Inspection) -> Result<(), StoreError> {
    let mut base = None;
    for (last, checked) in found.snapshots.clone() {
        let (Some(checked), Some(folder)) = (checked, found.folder) else {
            continue;
        };
        let before: Tip = base.unwrap_or_else(|| beginning(&folder));
        if found.segments.contains(&(before.seq + 1)) {
            let hash = rows(disk, &found.segments, base, before, last, &mut |_, _| Ok(()))?;
            if hash != checked.hash {
                found.problems.push(
                    (&StoreError::SnapshotDamaged {
                        file: snapshot::name(last),
                        offset: 0,
                        reason: "its rows are not those that the snapshot before it and the journal give".into(),
                    })
                        .into(),
                );
            }
        }
        base = Some(checked.tip);
    }
    Ok(())
}

/// Compares the state files row by row with the newest snapshot and the journal. Returns the hash of all rows.
pub(super) fn compare_rows(
    disk: &dyn Disk,
    found: &mut Inspection,
    state: &mut StateCheck,
) -> Result<Hash, StoreError> {
    let newest = found.snapshots.values().rev().flatten().next();
    let base = newest.map(|checked| checked.tip);
    let folder = found.folder.unwrap_or_default();
    let before = base.unwrap_or_else(|| beginning(&folder));
    state.begin(disk, &found.segments)?;
    let hash = rows(disk, &found.segments, base, before, found.last, &mut |key, value| {
        state.compare(key, value)
    })?;
    state.end()?;
    Ok(hash)
}

/// What is done with a row: its key and value.
type EachRow<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// Hands on the rows as of record `last`, in order, and returns their hash. `base` is the snapshot to begin with.
fn rows(
    disk: &dyn Disk,
    segments: &[Seq],
    base: Option<Tip>,
    before: Tip,
    last: Seq,
    row: &mut EachRow<'_>,
) -> Result<Hash, StoreError> {
    let mut runs = Runs::new(disk, Options::default().segment_bytes)?;
    let mut tip = before;
    for &first in segments.iter().filter(|&&first| first > before.seq && first <= last) {
        let mut cursor = Cursor::follow(disk, first, &tip)?;
        while cursor.tip().seq < last
            && let Some(record) = cursor.step().map_err(|stop| cursor.damaged(stop))?
        {
            runs.add(&record, &cursor.tip())?;
        }
        tip = cursor.tip();
    }
    let base = base
        .map(|base| snapshot::open(disk, base.seq, &base.folder))
        .transpose()?;
    let mut merged = runs.above(base, &tip)?;
    let mut hash = StateHash::new();
    while let Some((key, value)) = merged.next_row()? {
        if let Some(value) = value {
            hash.add(&key, &value);
            row(&key, &value)?;
        }
    }
    Ok(hash.finish())
}
