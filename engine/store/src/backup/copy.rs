//! Copying snapshot and journal, whole records only.

use std::io;

use super::Backup;
use super::manifest::{self, Entry, Manifest, read_in_parts};
use crate::header::{FolderId, Tip};
use crate::journal::cursor::Cursor;
use crate::journal::segment;
use crate::snapshot::make::beginning;
use crate::verify::inspect;
use crate::{Disk, DiskFile, Problem, Seq, StoreError, snapshot};

/// From a data folder that may be in use to an empty folder.
pub(super) struct Copy<'a> {
    pub source: &'a dyn Disk,
    pub target: &'a dyn Disk,
}

impl Copy<'_> {
    /// Copies everything up to record `to_seq`, or to the end.
    pub(super) fn run(&self, to_seq: Option<Seq>, time_ms: i64) -> Result<Backup, StoreError> {
        let folder = segment::folder_id(self.source)?.ok_or_else(|| StoreError::JournalIncomplete {
            reason: "there is none".into(),
        })?;
        manifest::begin(self.target).map_err(in_copy("begin", manifest::NAME))?;
        let mut files = Vec::new();
        let base = self.copy_snapshot(&folder, to_seq.unwrap_or(Seq::MAX), &mut files)?;
        let tip = self.copy_journal(base.unwrap_or_else(|| beginning(&folder)), to_seq, &mut files)?;
        self.check(&tip)?;
        let entries = files
            .iter()
            .map(|name| Entry::of(self.target, name).map_err(in_copy("read", name)));
        let manifest = Manifest {
            folder,
            last: tip.seq,
            time_ms,
            files: entries.collect::<Result<_, _>>()?,
        };
        manifest.finish(self.target).map_err(in_copy("write", manifest::NAME))?;
        Ok(Backup {
            first: base.map_or(0, |base| base.seq),
            last: tip.seq,
            time_ms,
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        })
    }

    /// Copies the newest snapshot up to `to_seq` that is whole in the copy.
    fn copy_snapshot(
        &self,
        folder: &FolderId,
        to_seq: Seq,
        files: &mut Vec<String>,
    ) -> Result<Option<Tip>, StoreError> {
        let mut damage = Vec::new();
        for last in snapshot::list(self.source)?
            .into_iter()
            .rev()
            .filter(|&last| last <= to_seq)
        {
            let name = snapshot::name(last);
            make_folder(self.target, snapshot::FOLDER)?;
            let source = self.source.open_to_read(&name).map_err(StoreError::io("open", &name))?;
            let length = source.len().map_err(StoreError::io("read", &name))?;
            let mut copied = NewFile::create(self.target, &name)?;
            read_in_parts(&*source, length, &mut |part| copied.write(part)).map_err(StoreError::io("copy", &name))?;
            copied.finish(snapshot::FOLDER)?;
            match snapshot::open(self.target, last, folder).and_then(snapshot::reader::Reader::check) {
                Ok(checked) => {
                    files.push(name);
                    return Ok(Some(checked.tip));
                }
                Err(error) => {
                    damage.push(Problem::from(&error));
                    self.target.remove(&name).map_err(in_copy("remove", &name))?;
                }
            }
        }
        let first = segment::list(self.source)?.first().copied().unwrap_or(1);
        if first > 1 {
            let damage: Vec<_> = damage.iter().map(|problem| problem.en.as_str()).collect();
            let reason = format!(
                "it begins with record {first}, and no whole snapshot has the rows before that; {}",
                damage.join("; ")
            );
            return Err(StoreError::JournalIncomplete { reason });
        }
        Ok(None)
    }

    /// Copies the segments behind `base`, the last one as far as its records are whole. One is in memory at a time.
    fn copy_journal(&self, base: Tip, to_seq: Option<Seq>, files: &mut Vec<String>) -> Result<Tip, StoreError> {
        make_folder(self.target, segment::FOLDER)?;
        let mut firsts = segment::list(self.source)?;
        firsts.retain(|&first| first > base.seq);
        let newest = firsts.last().copied();
        let mut tip = base;
        for first in firsts {
            let mut cursor = Cursor::follow(self.source, first, &tip)?;
            while to_seq != Some(cursor.tip().seq) {
                match cursor.step() {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    // A record that is just being written, or was left by an interrupted write.
                    Err(stop) if stop.torn && Some(first) == newest && !cursor.valid_record_follows() => break,
                    Err(stop) => return Err(cursor.damaged(stop)),
                }
            }
            let whole = &cursor.bytes()[..cursor.offset()];
            let mut copied = NewFile::create(self.target, cursor.name())?;
            copied.write(whole).map_err(in_copy("write", cursor.name()))?;
            copied.finish(segment::FOLDER)?;
            files.push(cursor.name().to_owned());
            tip = cursor.tip();
            if to_seq == Some(tip.seq) {
                break;
            }
        }
        Ok(tip)
    }

    /// Reads the copy as a stranger would.
    fn check(&self, tip: &Tip) -> Result<(), StoreError> {
        let found = inspect::inspect_files(self.target)?;
        let mut problems = found.problems;
        if found.last != tip.seq {
            problems.push(Problem::new(
                segment::FOLDER,
                format!("副本到第 {} 号为止，应到第 {} 号", found.last, tip.seq),
                format!("it ends with record {}, not {}", found.last, tip.seq),
            ));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(StoreError::CopyDamaged { problems })
        }
    }
}

/// A file of the copy in the making. It gets its name when it is whole.
struct NewFile<'a> {
    target: &'a dyn Disk,
    name: &'a str,
    unfinished: String,
    file: Box<dyn DiskFile>,
    length: u64,
}

impl<'a> NewFile<'a> {
    fn create(target: &'a dyn Disk, name: &'a str) -> Result<Self, StoreError> {
        let unfinished = format!("{name}.tmp");
        Ok(Self {
            file: target.create(&unfinished).map_err(in_copy("create", name))?,
            target,
            name,
            unfinished,
            length: 0,
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(self.length, bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self, folder: &str) -> Result<(), StoreError> {
        self.file
            .sync_data()
            .and_then(|()| self.target.rename(&self.unfinished, self.name))
            .and_then(|()| self.target.sync_dir(folder))
            .map_err(in_copy("sync", self.name))
    }
}

fn make_folder(target: &dyn Disk, folder: &str) -> Result<(), StoreError> {
    target
        .create_dir(folder)
        .and_then(|()| target.sync_dir(""))
        .map_err(in_copy("create", folder))
}

fn in_copy(action: &'static str, name: &str) -> impl FnOnce(io::Error) -> StoreError {
    StoreError::io(action, format!("{name} in the copy"))
}
