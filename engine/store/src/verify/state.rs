//! Checking the state files: whether they can be read, and whether they hold what they should.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StateFiles;
use super::inspect::Inspection;
use crate::journal::walk::{Step, Walk};
use crate::lock::FolderLock;
use crate::recovery::trusted;
use crate::state::checkpoint::{self, Checkpoint};
use crate::state::{State, StoredRows, sync_files};
use crate::{Bytes, Disk, Options, Problem, Seq, StoreError};

/// So many rows that differ are named; of the others only how many.
const NAMED: u64 = 5;

/// The state files, opened if a start would use them.
pub(super) struct StateCheck {
    found: StateFiles,
    opened: Option<Opened>,
    problems: Vec<Problem>,
}

struct Opened {
    path: PathBuf,
    state: Arc<State>,
    /// As it was found; it is put back at the end.
    checkpoint: Checkpoint,
    /// Rows that were changed behind the checkpoint. They may be there in part, and the next start writes them again.
    unsettled: BTreeSet<Bytes>,
    rows: Option<StoredRows>,
    /// The next row in the files.
    next: Option<(Bytes, Bytes)>,
    differing: u64,
}

impl StateCheck {
    /// Reads the checkpoint, and every row if it vouches for them.
    pub(super) fn open(folder: &Path, found: &Inspection, lock: Option<Arc<FolderLock>>) -> Result<Self, StoreError> {
        let path = folder.join("state");
        let mut check = Self {
            found: StateFiles::Absent,
            opened: None,
            problems: Vec::new(),
        };
        let file = checkpoint::path(&path);
        if !path.exists() && !file.exists() {
            return Ok(check);
        }
        let options = Options::default();
        let checkpoint = Checkpoint::read(&path);
        if file.exists() && checkpoint.is_none() {
            check.wrong("state.checkpoint", "无法读取", "it cannot be read");
        }
        if let (Some(checkpoint), Some(folder)) = (&checkpoint, found.folder) {
            check.compare_with_journal(checkpoint, folder, found.last);
        }
        let folder_id = found.folder.unwrap_or_default();
        let checkpoint = trusted(checkpoint, &folder_id, options.boot_id.as_deref()).and_then(|checkpoint| {
            if found.first > checkpoint.applied + 1 {
                Err("the journal behind their last checkpoint is no longer kept".into())
            } else {
                Ok(checkpoint)
            }
        });
        match checkpoint {
            Ok(_) if lock.is_none() => {
                let reason = "the folder cannot be written to, and opening them writes".into();
                check.found = StateFiles::Stale { reason };
            }
            Ok(checkpoint) if check.problems.is_empty() => check.read(path, checkpoint, &options, lock)?,
            Ok(_) => check.found = StateFiles::Damaged,
            Err(reason) => check.found = StateFiles::Stale { reason },
        }
        Ok(check)
    }

    fn compare_with_journal(&mut self, checkpoint: &Checkpoint, folder: [u8; 16], last: Seq) {
        if checkpoint.folder != folder {
            self.wrong(
                "state.checkpoint",
                "属于另一个数据目录",
                "it belongs to another data folder",
            );
            return;
        }
        let saved = checkpoint.synced.max(checkpoint.applied);
        if saved > last {
            self.problems.push(Problem::new(
                "journal",
                format!("日志到第 {last} 号为止，而第 {saved} 号曾经保存；请把缺失的文件放回原处，或恢复最近的备份"),
                format!(
                    "it ends with record {last}, although record {saved} was saved once; put the missing files back, \
                     or restore the newest backup"
                ),
            ));
        }
    }

    /// Something is wrong with the state files, which does no harm: they can be made anew.
    fn wrong(&mut self, file: &str, zh: &str, en: &str) {
        self.problems.push(Problem::new(
            file,
            format!("{zh}；数据没有丢失，请运行 kapok rebuild 重建状态文件"),
            format!("{en}; nothing is lost, run `kapok rebuild` to make the state files anew"),
        ));
    }

    /// Opens the files as a start would, and reads every row.
    fn read(
        &mut self,
        path: PathBuf,
        checkpoint: Checkpoint,
        options: &Options,
        lock: Option<Arc<FolderLock>>,
    ) -> Result<(), StoreError> {
        if !path.exists() {
            self.found = StateFiles::Damaged;
            self.wrong("state", "文件不见了", "the files are missing");
            return Ok(());
        }
        // Before sled may write: were this interrupted, the next start would not take them for closed in order.
        Checkpoint {
            clean: false,
            boot: options.boot_id.clone(),
            ..checkpoint.clone()
        }
        .write(&path)
        .map_err(StoreError::io(
            "write the checkpoint beside",
            path.display().to_string(),
        ))?;
        let opened = State::open(&path, options.cache_bytes, lock)
            .and_then(|state| state.holds(checkpoint.applied).map(|()| Arc::new(state)));
        let state = match opened {
            Ok(state) => state,
            Err(reason) => {
                self.found = StateFiles::Damaged;
                self.wrong(
                    "state",
                    &format!("无法使用（{reason}）"),
                    &format!("they cannot be used ({reason})"),
                );
                return Ok(());
            }
        };
        let opened = Opened {
            path,
            state,
            checkpoint,
            unsettled: BTreeSet::new(),
            rows: None,
            next: None,
            differing: 0,
        };
        match opened.count() {
            Ok(rows) => self.found = StateFiles::Read { rows },
            Err(error) => {
                self.found = StateFiles::Damaged;
                let (zh, en) = (error.in_chinese(), error.to_string());
                self.problems.push(Problem::new("state", zh, en));
            }
        }
        self.opened = Some(opened);
        Ok(())
    }

    /// The files to compare with, if they can be read.
    fn readable(&mut self) -> Option<&mut Opened> {
        self.opened
            .as_mut()
            .filter(|_| matches!(self.found, StateFiles::Read { .. }))
    }

    /// Prepares to compare rows.
    pub(super) fn begin(&mut self, disk: &dyn Disk, segments: &[Seq]) -> Result<(), StoreError> {
        let Some(opened) = self.readable() else { return Ok(()) };
        let mut walk = Walk::new(segments, opened.checkpoint.applied, None)?;
        while let Step::Record(record) = walk.next(disk)? {
            let keys = record.batch.changes().iter().map(|(key, _)| key.clone());
            opened.unsettled.extend(keys);
        }
        opened.rows = Some(opened.state.range(Bound::Unbounded, Bound::Unbounded));
        opened.advance()
    }

    /// Compares the next row there should be.
    pub(super) fn compare(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let Some(opened) = self.readable() else { return Ok(()) };
        let mut wrong = Vec::new();
        // Rows before it should not be there.
        while let Some((extra, _)) = opened.next.take_if(|(next, _)| &**next < key) {
            wrong.push(extra);
            opened.advance()?;
        }
        let found = opened.next.take_if(|(next, _)| &**next == key);
        if found.as_ref().is_none_or(|(_, found)| **found != *value) {
            wrong.push(key.into());
        }
        if found.is_some() {
            opened.advance()?;
        }
        wrong.into_iter().for_each(|key| self.differs(&key));
        Ok(())
    }

    /// Compares what is left in the files: nothing should be.
    pub(super) fn end(&mut self) -> Result<(), StoreError> {
        while let Some(opened) = self.readable()
            && let Some((extra, _)) = opened.next.take()
        {
            opened.advance()?;
            self.differs(&extra);
        }
        Ok(())
    }

    fn differs(&mut self, key: &[u8]) {
        let Some(opened) = &mut self.opened else { return };
        if opened.unsettled.contains(key) {
            return;
        }
        opened.differing += 1;
        if opened.differing <= NAMED {
            let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            self.wrong(
                "state",
                &format!("键 {key} 的内容与日志不符"),
                &format!("the row with key {key} is not as the journal has it"),
            );
        }
    }

    /// Closes the files, with the checkpoint that was found, and tells how they stand.
    pub(super) fn close(mut self, problems: &mut Vec<Problem>) -> StateFiles {
        if let Some(opened) = self.opened.take() {
            let differing = opened.differing;
            if differing > NAMED {
                let en = format!("{differing} rows in all are not as the journal has them");
                self.wrong("state", &format!("共有 {differing} 行与日志不符"), &en);
            }
            if let Err(error) = opened.close() {
                let error = StoreError::io("close", "state")(error);
                self.problems.push(Problem::from(&error));
            }
        }
        problems.append(&mut self.problems);
        self.found
    }
}

impl Opened {
    fn count(&self) -> Result<u64, StoreError> {
        let mut rows = 0;
        for row in self.state.range(Bound::Unbounded, Bound::Unbounded) {
            let (key, stored) = row?;
            self.state.load(&key, &stored)?;
            rows += 1;
        }
        Ok(rows)
    }

    fn advance(&mut self) -> Result<(), StoreError> {
        let row = self.rows.as_mut().and_then(Iterator::next).transpose()?;
        self.next = match row {
            Some((key, stored)) => {
                let value = self.state.load(&key, &stored)?;
                Some((key, value))
            }
            None => None,
        };
        Ok(())
    }

    fn close(self) -> std::io::Result<()> {
        let Self {
            path,
            state,
            checkpoint,
            rows,
            ..
        } = self;
        let lost = state.fault().is_some();
        drop(rows);
        drop(state);
        if lost {
            // Their checkpoint no longer vouches for them, and that must stay so.
            return Ok(());
        }
        sync_files(&path)?;
        checkpoint.write(&path)
    }
}
