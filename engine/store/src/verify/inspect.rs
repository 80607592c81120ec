//! What can be checked with the files of a folder alone. It goes on behind what is wrong, so that all of it is told.

use std::collections::BTreeMap;

use crate::backup::manifest::{self, Entry, Found, Manifest};
use crate::header::{FolderId, Tip};
use crate::journal::cursor::Cursor;
use crate::journal::segment;
use crate::snapshot::reader::{Checked, Reader};
use crate::{CutTail, Disk, Problem, Seq, StoreError, snapshot};

/// What was found in the files.
#[derive(Default)]
pub(crate) struct Inspection {
    pub folder: Option<FolderId>,
    /// The first record in the journal, and the last whole one.
    pub first: Seq,
    pub last: Seq,
    /// The first records of all segments.
    pub segments: Vec<Seq>,
    pub torn_tail: Option<CutTail>,
    /// All snapshots, with what those hold that are whole.
    pub snapshots: BTreeMap<Seq, Option<Checked>>,
    pub is_backup: bool,
    pub problems: Vec<Problem>,
    /// What the records are that snapshots go up to, as far as the journal knows.
    ends: BTreeMap<Seq, Tip>,
}

/// Reads everything in a folder: the manifest if it is a backup, the journal, the snapshots.
pub(crate) fn inspect(disk: &dyn Disk) -> Result<Inspection, StoreError> {
    let mut found = inspect_files(disk)?;
    found.compare_with_manifest(disk)?;
    Ok(found)
}

/// As [`inspect`], without the manifest.
pub(crate) fn inspect_files(disk: &dyn Disk) -> Result<Inspection, StoreError> {
    let mut found = Inspection {
        segments: segment::list(disk)?,
        ..Inspection::default()
    };
    let snapshots = snapshot::list(disk)?;
    found.snapshots = snapshots.into_iter().map(|last| (last, None)).collect();
    found.read_journal(disk);
    found.read_snapshots(disk);
    found.compare_reach();
    Ok(found)
}

impl Inspection {
    fn note(&mut self, error: &StoreError) {
        self.problems.push(error.into());
    }

    fn read_journal(&mut self, disk: &dyn Disk) {
        let segments = self.segments.clone();
        self.first = segments.first().copied().unwrap_or(0);
        self.last = self.first.saturating_sub(1);
        let mut tip = None;
        for &first in &segments {
            tip = match self.open_segment(disk, first, tip) {
                Some(cursor) => self.read_segment(cursor, segments.last() == Some(&first)),
                None => None,
            };
        }
        if segments.is_empty() {
            self.problems.push(Problem::new(
                segment::FOLDER,
                "没有日志文件；请把缺失的文件放回原处，或恢复最近的备份",
                "there is no journal; put the missing files back, or restore the newest backup",
            ));
        }
    }

    /// Opens a segment behind the one before, or by itself if that does not work.
    fn open_segment(&mut self, disk: &dyn Disk, first: Seq, before: Option<Tip>) -> Option<Cursor> {
        let followed = before.map(|tip| Cursor::follow(disk, first, &tip));
        let opened = match followed {
            Some(Ok(cursor)) => Ok(cursor),
            Some(Err(error)) => {
                self.note(&error);
                return Cursor::open(disk, first).ok();
            }
            None => Cursor::open(disk, first),
        };
        opened.map_err(|error| self.note(&error)).ok()
    }

    /// Reads a segment to its end. Returns its last record if nothing was wrong.
    fn read_segment(&mut self, mut cursor: Cursor, is_last: bool) -> Option<Tip> {
        match self.folder {
            None => self.folder = Some(cursor.tip().folder),
            Some(folder) if folder == cursor.tip().folder => {}
            Some(_) => self.note(&cursor.damaged_last("it belongs to another data folder")),
        }
        loop {
            let tip = cursor.tip();
            self.last = self.last.max(tip.seq);
            if self.snapshots.contains_key(&tip.seq) {
                self.ends.insert(tip.seq, tip);
            }
            match cursor.step() {
                Ok(Some(_)) => {}
                Ok(None) => return Some(cursor.tip()),
                Err(stop) if stop.torn && is_last && !cursor.valid_record_follows() => {
                    self.torn_tail = Some(cursor.tail());
                    return Some(cursor.tip());
                }
                Err(stop) => {
                    self.note(&cursor.damaged(stop));
                    return None;
                }
            }
        }
    }

    fn read_snapshots(&mut self, disk: &dyn Disk) {
        let Some(folder) = self.folder else { return };
        for last in self.snapshots.keys().copied().collect::<Vec<_>>() {
            match snapshot::open(disk, last, &folder).and_then(Reader::check) {
                Ok(checked) => {
                    self.compare_end(&checked);
                    self.snapshots.insert(last, Some(checked));
                }
                Err(error) => self.note(&error),
            }
        }
    }

    /// Compares the record that a snapshot goes up to with the journal.
    fn compare_end(&mut self, checked: &Checked) {
        let last = checked.tip.seq;
        if last > self.last {
            self.problems.push(Problem::new(
                segment::FOLDER,
                format!(
                    "日志到第 {} 号为止，而快照到第 {last} 号；请把缺失的文件放回原处，或恢复最近的备份",
                    self.last
                ),
                format!(
                    "it ends with record {}, although a snapshot goes up to {last}; put the missing files back, or \
                     restore the newest backup",
                    self.last
                ),
            ));
        } else if self.ends.get(&last).is_some_and(|tip| *tip != checked.tip) {
            self.note(&StoreError::SnapshotDamaged {
                file: snapshot::name(last),
                offset: 0,
                reason: "it does not belong to this journal: the hashes of its last record differ".into(),
            });
        }
    }

    /// Whether the journal reaches back to every snapshot, or to the beginning.
    fn compare_reach(&mut self) {
        let first = self.first;
        let unreached: Vec<_> = self.snapshots.keys().filter(|&last| last + 1 < first).collect();
        if !unreached.is_empty() || (first > 1 && self.snapshots.is_empty()) {
            let after = unreached.first().map_or(0, |&&last| last);
            self.problems.push(Problem::new(
                segment::FOLDER,
                format!(
                    "缺少第 {} 到 {} 号；请把缺失的文件放回原处，或恢复最近的备份",
                    after + 1,
                    first - 1
                ),
                format!(
                    "the records from {} to {} are missing; put the missing files back, or restore the newest backup",
                    after + 1,
                    first - 1
                ),
            ));
        }
        let mut whole = self.snapshots.values().filter(|checked| checked.is_some());
        if first > 1 && !self.snapshots.is_empty() && whole.next().is_none() {
            self.problems.push(Problem::new(
                snapshot::FOLDER,
                "没有完好的快照，状态文件一旦丢失就无法重建；请恢复最近的备份",
                "none is whole, so the state files could not be made anew; restore the newest backup",
            ));
        }
    }

    fn compare_with_manifest(&mut self, disk: &dyn Disk) -> Result<(), StoreError> {
        match manifest::find(disk)? {
            Found::None => {}
            Found::Unfinished => self.problems.push(Problem::new(
                manifest::UNFINISHED,
                "备份或恢复在此目录中断，内容不完整；请删除此目录，另做一次",
                "the copying to this folder was interrupted, so something is missing; remove the folder and copy again",
            )),
            Found::Damaged => self.problems.push(Problem::new(
                manifest::NAME,
                "备份清单已损坏；请使用另一个备份",
                "the manifest of the backup is damaged; take another backup",
            )),
            Found::Whole(manifest) => {
                self.is_backup = true;
                self.compare_files(disk, &manifest);
            }
        }
        Ok(())
    }

    fn compare_files(&mut self, disk: &dyn Disk, manifest: &Manifest) {
        for expected in &manifest.files {
            match Entry::of(disk, &expected.name) {
                Ok(found) if found == *expected => {}
                Ok(_) => self.problems.push(Problem::new(
                    &expected.name,
                    "与备份清单不符，文件已被更改；请使用另一个备份",
                    "it is not as it was copied; take another backup",
                )),
                Err(error) => self.note(&StoreError::io("read", &expected.name)(error)),
            }
        }
        if self.last != manifest.last {
            self.problems.push(Problem::new(
                segment::FOLDER,
                format!(
                    "备份应到第 {} 号为止，实际到第 {} 号；请使用另一个备份",
                    manifest.last, self.last
                ),
                format!(
                    "the backup should end with record {}, it ends with {}; take another backup",
                    manifest.last, self.last
                ),
            ));
        }
        if self.folder.is_some_and(|folder| folder != manifest.folder) {
            self.problems.push(Problem::new(
                manifest::NAME,
                "备份清单属于另一个数据目录；请使用另一个备份",
                "the manifest belongs to another data folder; take another backup",
            ));
        }
    }
}
