//! A disk in memory that can be cut from power, filled up, and made to fail.
//!
//! It tells what is lasting from what is only written. What was not synced when the power went is there afterwards or
//! not, each sector and each name for itself, as on a machine whose system and disk write back in any order.

mod contents;
mod names;

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kapok_store::{Disk, DiskFile};

use crate::Chance;
use contents::{Change, Contents};
use names::{NameChange, Names};

/// The bytes that are written whole or not at all; most of the time.
pub const SECTOR: usize = 512;

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct SimDisk(Arc<Mutex<Platter>>);

/// What of the things not synced is on the disk after a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survival {
    /// Nothing.
    Lost,
    /// The first half of the bytes by which files grew.
    Half,
    /// The length of files, but zeros for the bytes by which they grew.
    Zeros,
    /// Everything.
    Kept,
    /// Each sector, length and name as of a moment of its own since it was last synced, which this seed decides.
    Mixed(u64),
}

#[derive(Default)]
struct Platter {
    names: Names,
    files: Vec<Contents>,
    /// No file grows when all together have this many bytes.
    capacity: Option<usize>,
    power: Power,
    /// After this many further calls that change something, one fails.
    fault_in: Option<usize>,
    /// The next sync fails, once.
    fail_next_sync: bool,
    calls: usize,
    syncs: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Power {
    #[default]
    On,
    /// After this many further calls that change something, it is cut.
    CutIn(usize),
    Cut,
}

/// What becomes of a call that changes something.
enum Call {
    /// It is done.
    Done,
    /// The power goes, or the disk fails, while it is done: it is done in part at most, and answers this error.
    Begun(io::Error),
}

impl SimDisk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves room for so many bytes in all files together; with none, for any number.
    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.platter().capacity = bytes;
    }

    /// Cuts the power during the call that comes after so many further calls that change something. It and all later
    /// calls fail.
    pub fn cut_power_in(&self, calls: usize) {
        self.platter().power = Power::CutIn(calls);
    }

    /// Whether the power is cut.
    pub fn is_cut(&self) -> bool {
        self.platter().power == Power::Cut
    }

    /// Fails the next sync, once. What it should have synced is taken for synced by the system, as Linux does.
    pub fn fail_next_sync(&self) {
        self.platter().fail_next_sync = true;
    }

    /// Fails the call that comes after so many further calls that change something, once. It may be done in part.
    pub fn fail_in(&self, calls: usize) {
        self.platter().fault_in = Some(calls);
    }

    /// How many calls there were that change something.
    pub fn calls(&self) -> usize {
        self.platter().calls
    }

    /// How many of them were syncs.
    pub fn syncs(&self) -> usize {
        self.platter().syncs
    }

    /// The bytes in all files together.
    pub fn used(&self) -> usize {
        self.platter().used()
    }

    /// What the disk has after a power cut.
    pub fn restarted(&self, survival: Survival) -> SimDisk {
        let platter = self.platter();
        let mut chance = Chance::new(match survival {
            Survival::Mixed(seed) => seed,
            _ => 0,
        });
        let names = platter.names.surviving(survival, &mut chance);
        let files = platter.files.iter();
        let files = files.map(|file| Contents::synced(file.surviving(survival, &mut chance)));
        SimDisk::with(names, files.collect())
    }

    /// A copy on which everything written is lasting.
    pub fn copy(&self) -> SimDisk {
        self.restarted(Survival::Kept)
    }

    fn with(names: Names, files: Vec<Contents>) -> Self {
        SimDisk(Arc::new(Mutex::new(Platter {
            names,
            files,
            ..Platter::default()
        })))
    }

    /// The names of all files, ascending.
    pub fn files(&self) -> Vec<String> {
        self.platter().names.present.files.keys().cloned().collect()
    }

    /// What is written in a file; nothing if there is no such file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let platter = self.platter();
        let file = platter.names.id(name).ok();
        file.map(|id| platter.files[id].written.clone()).unwrap_or_default()
    }

    /// Damages a file behind everybody's back, so that it lasts.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut platter = self.platter();
        if let Ok(id) = platter.names.id(name) {
            let mut bytes = std::mem::take(&mut platter.files[id].written);
            change(&mut bytes);
            platter.files[id] = Contents::synced(bytes);
        }
    }
}

impl Platter {
    fn used(&self) -> usize {
        let files = self.names.present.files.values();
        files.map(|&id| self.files[id].written.len()).sum()
    }

    fn reading(&self) -> io::Result<()> {
        match self.power {
            Power::Cut => Err(power_is_cut()),
            _ => Ok(()),
        }
    }

    /// Counts a call that changes something.
    fn changing(&mut self) -> io::Result<Call> {
        self.reading()?;
        self.calls += 1;
        if let Power::CutIn(left) = self.power {
            self.power = left.checked_sub(1).map_or(Power::Cut, Power::CutIn);
            if self.power == Power::Cut {
                return Ok(Call::Begun(power_is_cut()));
            }
        }
        let left = self.fault_in.take();
        self.fault_in = left.and_then(|left| left.checked_sub(1));
        if left == Some(0) {
            return Ok(Call::Begun(io::Error::other("the disk failed")));
        }
        Ok(Call::Done)
    }

    fn syncing(&mut self) -> io::Result<Call> {
        let call = self.changing()?;
        self.syncs += 1;
        if std::mem::take(&mut self.fail_next_sync) {
            return Ok(Call::Begun(io::Error::other("the sync failed")));
        }
        Ok(call)
    }

    /// Changes a name. When the call only begins, it may last all the same, as what is done and not synced.
    fn rename(&mut self, change: impl FnOnce(&Self) -> io::Result<NameChange>) -> io::Result<()> {
        let call = self.changing()?;
        let change = change(self)?;
        self.names.make(change);
        call.answer()
    }
}

impl Call {
    fn answer(self) -> io::Result<()> {
        match self {
            Call::Done => Ok(()),
            Call::Begun(error) => Err(error),
        }
    }
}

fn power_is_cut() -> io::Error {
    io::Error::other("the power is cut")
}

impl Disk for SimDisk {
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut platter = self.platter();
        let id = match platter.names.id(name) {
            Ok(id) => {
                let call = platter.changing()?;
                platter.files[id].make(Change::Truncate(0));
                call.answer()?;
                id
            }
            Err(_) => {
                let id = platter.files.len();
                platter.files.push(Contents::default());
                platter.rename(|platter| {
                    platter.names.has_folder_of(name)?;
                    Ok(NameChange::File { name: name.into(), id })
                })?;
                id
            }
        };
        Ok(Box::new(SimFile { disk: self.clone(), id }))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let platter = self.platter();
        platter.reading()?;
        let id = platter.names.id(name)?;
        Ok(Box::new(SimFile { disk: self.clone(), id }))
    }

    fn create_dir(&self, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.rename(|platter| {
            platter.names.has_folder_of(name)?;
            Ok(NameChange::Folder(name.into()))
        })
    }

    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let platter = self.platter();
        platter.reading()?;
        platter.names.list(dir)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.platter().rename(|platter| {
            platter.names.has_folder_of(to)?;
            Ok(NameChange::Rename {
                from: from.into(),
                to: to.into(),
                id: platter.names.id(from)?,
            })
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.platter().rename(|platter| {
            let id = platter.names.id(name)?;
            Ok(NameChange::Removal { name: name.into(), id })
        })
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        let mut platter = self.platter();
        let call = platter.syncing()?;
        if matches!(call, Call::Done) {
            platter.names.sync(dir);
        }
        call.answer()
    }

    fn available(&self) -> io::Result<u64> {
        let platter = self.platter();
        platter.reading()?;
        let used = platter.used();
        Ok(platter
            .capacity
            .map_or(u64::MAX, |capacity| capacity.saturating_sub(used) as u64))
    }
}

struct SimFile {
    disk: SimDisk,
    id: usize,
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        let platter = self.disk.platter();
        platter.reading()?;
        Ok(platter.files[self.id].written.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let platter = self.disk.platter();
        platter.reading()?;
        let bytes = platter.files[self.id].written.get(offset as usize..);
        let bytes = bytes.and_then(|bytes| bytes.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let call = platter.changing()?;
        let used = platter.used();
        let room = platter
            .capacity
            .map_or(usize::MAX, |capacity| capacity.saturating_sub(used));
        let file = &mut platter.files[self.id];
        let offset = offset as usize;
        let fits = file.written.len().saturating_sub(offset).saturating_add(room);
        let fits = fits.min(bytes.len());
        file.make(Change::Write(offset, bytes[..fits].into()));
        call.answer()?;
        if fits < bytes.len() {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let call = platter.syncing()?;
        let file = &mut platter.files[self.id];
        match call {
            Call::Done => file.sync(),
            Call::Begun(_) => file.forget(),
        }
        call.answer()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let call = platter.changing()?;
        platter.files[self.id].make(Change::Truncate(length as usize));
        call.answer()
    }
}
