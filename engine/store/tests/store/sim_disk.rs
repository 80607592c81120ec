//! A disk that can be cut from power, filled up, and made to fail.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use kapok_store::{Disk, DiskFile};

/// A disk in memory that tells what is lasting from what is only written. Clones are the same disk.
#[derive(Clone, Default)]
pub struct SimDisk(Arc<Mutex<Platter>>);

#[derive(Default)]
struct Platter {
    /// By name, as the running system sees it.
    names: BTreeMap<String, usize>,
    /// By name, as after a power cut.
    lasting_names: BTreeMap<String, usize>,
    files: Vec<Contents>,
    /// No file grows when all together have this many bytes.
    capacity: Option<usize>,
    /// After this many further calls that change something, the power is cut: that call and all later ones fail.
    power_cut_in: Option<usize>,
    /// The next sync fails, once.
    fail_next_sync: bool,
    syncs: usize,
}

#[derive(Default)]
struct Contents {
    written: Vec<u8>,
    lasting: Vec<u8>,
    /// Bytes whose sync failed. The system takes them for synced, so they last only if they are written again.
    forgotten: Range<usize>,
}

/// What of the bytes not synced is on the disk after a power cut.
#[derive(Debug, Clone, Copy)]
pub enum Torn {
    /// Nothing.
    Lost,
    /// The first half.
    Half,
    /// The length, but zeros for the bytes.
    Zeros,
    /// Everything.
    Kept,
}

impl SimDisk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().expect("no panic while locked")
    }

    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.platter().capacity = bytes;
    }

    pub fn cut_power_in(&self, calls: usize) {
        self.platter().power_cut_in = Some(calls);
    }

    pub fn fail_next_sync(&self) {
        self.platter().fail_next_sync = true;
    }

    pub fn syncs(&self) -> usize {
        self.platter().syncs
    }

    pub fn used(&self) -> usize {
        self.platter().files.iter().map(|file| file.written.len()).sum()
    }

    /// What the disk has after a power cut.
    pub fn restarted(&self, torn: Torn) -> SimDisk {
        let platter = self.platter();
        let files = platter.files.iter().map(|file| {
            let (old, new) = (file.lasting.len(), file.written.len());
            let unsynced = new.saturating_sub(old);
            let mut bytes = file.lasting.clone();
            match torn {
                Torn::Lost => {}
                Torn::Half => bytes.extend(file.written.iter().skip(old).take(unsynced / 2)),
                Torn::Zeros => bytes.resize(old + unsynced, 0),
                Torn::Kept => bytes = file.written.clone(),
            }
            Contents {
                written: bytes.clone(),
                lasting: bytes,
                forgotten: 0..0,
            }
        });
        let names = platter.lasting_names.clone();
        let platter = Platter {
            names: names.clone(),
            lasting_names: names,
            files: files.collect(),
            ..Default::default()
        };
        SimDisk(Arc::new(Mutex::new(platter)))
    }

    /// A copy on which everything written is lasting.
    pub fn copy(&self) -> SimDisk {
        let platter = self.platter();
        let files = platter.files.iter().map(|file| Contents {
            written: file.written.clone(),
            lasting: file.written.clone(),
            forgotten: 0..0,
        });
        let names = platter.names.clone();
        let platter = Platter {
            names: names.clone(),
            lasting_names: names,
            files: files.collect(),
            ..Default::default()
        };
        SimDisk(Arc::new(Mutex::new(platter)))
    }

    pub fn files(&self) -> Vec<String> {
        self.platter().names.keys().cloned().collect()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let platter = self.platter();
        platter.files[platter.names[name]].written.clone()
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut platter = self.platter();
        let id = platter.names[name];
        let file = &mut platter.files[id];
        change(&mut file.written);
        file.lasting = file.written.clone();
    }
}

impl Platter {
    fn id(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn use_power(&mut self) -> io::Result<()> {
        match &mut self.power_cut_in {
            Some(0) => Err(io::Error::other("the power is cut")),
            Some(calls) => {
                *calls -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.use_power()?;
        self.syncs += 1;
        if std::mem::take(&mut self.fail_next_sync) {
            Err(io::Error::other("the sync failed"))
        } else {
            Ok(())
        }
    }
}

impl Disk for SimDisk {
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut platter = self.platter();
        platter.use_power()?;
        let id = platter.files.len();
        platter.files.push(Contents::default());
        platter.names.insert(name.into(), id);
        Ok(Box::new(SimFile { disk: self.clone(), id }))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let id = self.platter().id(name)?;
        Ok(Box::new(SimFile { disk: self.clone(), id }))
    }

    fn create_dir(&self, _: &str) -> io::Result<()> {
        self.platter().use_power()
    }

    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let prefix = format!("{dir}/");
        Ok(self
            .platter()
            .names
            .keys()
            .filter_map(|name| name.strip_prefix(&prefix))
            .map(str::to_owned)
            .collect())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.use_power()?;
        let id = platter.id(from)?;
        platter.names.remove(from);
        platter.names.insert(to.into(), id);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.use_power()?;
        let id = platter.id(name)?;
        platter.files[id] = Contents::default();
        platter.names.remove(name);
        Ok(())
    }

    fn sync_dir(&self, _: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.sync()?;
        platter.lasting_names = platter.names.clone();
        Ok(())
    }

    fn available(&self) -> io::Result<u64> {
        let used = self.used();
        Ok(self
            .platter()
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
        Ok(self.disk.platter().files[self.id].written.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let platter = self.disk.platter();
        let bytes = platter.files[self.id]
            .written
            .get(offset as usize..)
            .unwrap_or_default();
        let bytes = bytes.get(..buffer.len()).ok_or(ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let used = self.disk.used();
        let mut platter = self.disk.platter();
        let powered = platter.use_power();
        let room = platter
            .capacity
            .map_or(usize::MAX, |capacity| capacity.saturating_sub(used));
        let Contents { written, forgotten, .. } = &mut platter.files[self.id];
        let offset = offset as usize;
        let fits = (written.len() - offset).saturating_add(room).min(bytes.len());
        let end = written.len().max(offset + fits);
        written.resize(end, 0);
        written[offset..offset + fits].copy_from_slice(&bytes[..fits]);
        if offset <= forgotten.start && offset + fits >= forgotten.end {
            *forgotten = 0..0;
        }
        powered?;
        if fits < bytes.len() {
            Err(ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let synced = platter.sync();
        let file = &mut platter.files[self.id];
        if synced.is_err() {
            file.forgotten = file.lasting.len().min(file.written.len())..file.written.len();
        } else {
            file.lasting = file.written.clone();
            file.lasting[file.forgotten.clone()].fill(0);
        }
        synced
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut platter = self.disk.platter();
        platter.use_power()?;
        let file = &mut platter.files[self.id];
        file.written.truncate(length as usize);
        file.forgotten = file.forgotten.start.min(file.written.len())..file.forgotten.end.min(file.written.len());
        Ok(())
    }
}
