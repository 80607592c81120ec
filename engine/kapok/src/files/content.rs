//! The content of files on the disk, or in memory where everything is.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use kapok_protocol::{Refusal, RefusalKind, Timestamp};
use sha2::{Digest, Sha256};

use super::{LARGEST, kind};
use crate::Error;

/// The folder in a data folder.
pub(crate) const FOLDER: &str = "files";
/// Where files lie that are not whole yet.
const PARTS: &str = "parts";
/// So much of the beginning says what a file is.
const HEAD: usize = 8 << 10;
/// What was left unfinished for so long is nobody's any more: an hour, in milliseconds.
const UNFINISHED: i64 = 3_600_000;

/// Where content lies.
#[derive(Debug)]
pub(crate) enum FileStore {
    /// In a folder of the data folder.
    Folder(PathBuf),
    /// In memory.
    Memory(Mutex<BTreeMap<String, Arc<[u8]>>>),
}

/// Content to be read.
#[derive(Debug)]
pub enum StoredContent {
    /// From the disk.
    File(File),
    /// From memory.
    Memory(io::Cursor<Arc<[u8]>>),
}

impl Read for StoredContent {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for StoredContent {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(position),
            Self::Memory(bytes) => bytes.seek(position),
        }
    }
}

impl FileStore {
    pub(crate) fn new(data: Option<&Path>) -> Self {
        match data {
            Some(data) => Self::Folder(data.join(FOLDER)),
            None => Self::Memory(Mutex::default()),
        }
    }

    /// Begins to take content in.
    pub(crate) fn begin(&self) -> Result<Incoming, Error> {
        let sink = match self {
            Self::Memory(_) => Sink::Memory(Vec::new()),
            Self::Folder(folder) => {
                let parts = folder.join(PARTS);
                fs::create_dir_all(&parts).map_err(|error| failed(&parts, &error))?;
                let mut name = [0; 16];
                getrandom::fill(&mut name).map_err(|error| Error::Data(error.to_string()))?;
                let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
                let path = parts.join(name);
                let file = File::create_new(&path).map_err(|error| failed(&path, &error))?;
                Sink::Part(Part { file, path })
            }
        };
        Ok(Incoming {
            sink,
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
        })
    }

    /// Whether content is there.
    pub(crate) fn has(&self, hash: &str) -> bool {
        match self {
            Self::Folder(folder) => place(folder, hash).is_some_and(|place| place.is_file()),
            Self::Memory(files) => locked(files).contains_key(hash),
        }
    }

    /// Content to be read; nothing when it is not there.
    pub(crate) fn open(&self, hash: &str) -> Result<Option<StoredContent>, Error> {
        match self {
            Self::Memory(files) => {
                let found = locked(files).get(hash).cloned();
                Ok(found.map(|bytes| StoredContent::Memory(io::Cursor::new(bytes))))
            }
            Self::Folder(folder) => {
                let Some(place) = place(folder, hash) else {
                    return Ok(None);
                };
                match File::open(&place) {
                    Ok(file) => Ok(Some(StoredContent::File(file))),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(failed(&place, &error)),
                }
            }
        }
    }

    /// Removes content that no row speaks of any more.
    pub(crate) fn remove(&self, hash: &str) {
        match self {
            Self::Memory(files) => drop(locked(files).remove(hash)),
            Self::Folder(folder) => {
                let Some(place) = place(folder, hash) else { return };
                match fs::remove_file(&place) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        tracing::warn!(%error, file = %place.display(), "a file that nobody needs stays");
                    }
                    _ => {}
                }
            }
        }
    }

    /// Removes what was begun and never finished.
    pub(crate) fn clean_parts(&self, now: Timestamp) {
        let Self::Folder(folder) = self else { return };
        let Ok(entries) = fs::read_dir(folder.join(PARTS)) else {
            return;
        };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|known| known.modified());
            let since = modified
                .ok()
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
            if millis.is_some_and(|millis| now.millis().saturating_sub(millis) > UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Puts whole content where it belongs. It is on the disk when this returns.
    pub(crate) fn keep(&self, whole: Whole) -> Result<(), Error> {
        match (self, whole.sink) {
            (Self::Memory(files), Sink::Memory(bytes)) => {
                locked(files).insert(whole.hash, bytes.into());
                Ok(())
            }
            (Self::Folder(folder), Sink::Part(part)) => {
                let Some(place) = place(folder, &whole.hash) else {
                    return Err(Error::Unknown);
                };
                let Some(shelf) = place.parent() else {
                    return Err(Error::Unknown);
                };
                let kept = fs::create_dir_all(shelf)
                    .and_then(|()| fs::rename(&part.path, &place))
                    .and_then(|()| sync_folder(shelf))
                    .and_then(|()| sync_folder(folder));
                kept.map_err(|error| failed(&place, &error))
            }
            _ => Err(Error::Unknown),
        }
    }
}

/// Content that is being taken in.
#[derive(Debug)]
pub(crate) struct Incoming {
    sink: Sink,
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// Content that was taken in whole, and is on the disk under a name of its own.
#[derive(Debug)]
pub(crate) struct Whole {
    sink: Sink,
    pub(crate) hash: String,
    pub(crate) size: u64,
    pub(crate) media_type: &'static str,
}

#[derive(Debug)]
enum Sink {
    Part(Part),
    Memory(Vec<u8>),
}

/// A file that is not whole yet; it goes when it is given up.
#[derive(Debug)]
struct Part {
    file: File,
    path: PathBuf,
}

impl Drop for Part {
    fn drop(&mut self) {
        // Once it is where it belongs there is none of this name.
        let _ = fs::remove_file(&self.path);
    }
}

impl Incoming {
    /// Takes more in.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > LARGEST {
            let most = LARGEST >> 20;
            return Err(Refusal::new(
                RefusalKind::Limit,
                "too-large",
                format!("文件太大：最多 {most} MB。"),
                format!("The file is too large: at most {most} MB."),
            )
            .into());
        }
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..missing).unwrap_or_default());
        self.hash.update(bytes);
        match &mut self.sink {
            Sink::Memory(kept) => kept.extend_from_slice(bytes),
            Sink::Part(part) => part.file.write_all(bytes).map_err(|error| failed(&part.path, &error))?,
        }
        Ok(())
    }

    /// Everything was taken in.
    pub(crate) fn finish(mut self) -> Result<Whole, Error> {
        if let Sink::Part(part) = &mut self.sink {
            let synced = part.file.seek(SeekFrom::Start(0)).and_then(|_| part.file.sync_all());
            synced.map_err(|error| failed(&part.path, &error))?;
        }
        let hash = self.hash.finalize();
        Ok(Whole {
            sink: self.sink,
            hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            size: self.size,
            media_type: kind::media_type(&self.head),
        })
    }
}

/// Where content of a hash lies; nothing for what is no hash, so that no name leads elsewhere.
pub(crate) fn place(folder: &Path, hash: &str) -> Option<PathBuf> {
    let is_hash = hash.len() == 64
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_hash.then(|| folder.join(&hash[..2]).join(hash))
}

/// A name in a folder is on the disk when the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn locked<T>(files: &Mutex<T>) -> MutexGuard<'_, T> {
    files.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn failed(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::StorageFull {
        return kapok_store::StoreError::DiskFull.into();
    }
    Error::Data(format!("{}: {error}", path.display()))
}
