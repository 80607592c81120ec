//! One segment file: its name and its header. `FORMAT.md` has the table.

use super::record::Hash;
use crate::{Disk, DiskFile, Seq, StoreError};

/// The folder of the segments.
pub(crate) const FOLDER: &str = "journal";
const ENDING: &str = ".journal";
/// A segment that is not yet whole; of no worth after a crash.
const UNFINISHED: &str = ".tmp";
const MAGIC: [u8; 8] = *b"KAPOKJNL";
const FORMAT: u32 = 1;
/// The length of the header in bytes.
pub(crate) const HEADER: usize = 8 + 4 + 16 + 8 + 32 + 4;

/// Chosen at random when a data folder is made; every file in it bears it, so that files of two folders cannot be mixed.
pub(crate) type FolderId = [u8; 16];

/// What the first record names in place of a record before it.
pub(crate) fn genesis(folder: &FolderId) -> Hash {
    *blake3::hash(folder).as_bytes()
}

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub folder: FolderId,
    /// The number of the first record in it.
    pub first: Seq,
    /// The hash of the last record of the segment before.
    pub previous: Hash,
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_be_bytes());
        bytes.extend_from_slice(&self.folder);
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8; HEADER], file: &str) -> Result<Self, StoreError> {
        let damaged = |reason: &str| StoreError::JournalDamaged {
            file: file.into(),
            offset: 0,
            reason: reason.into(),
        };
        let (body, checksum) = bytes.split_at(HEADER - 4);
        let (magic, body) = body.split_at(8);
        let (format, body) = body.split_at(4);
        let (folder, body) = body.split_at(16);
        let (first, previous) = body.split_at(8);
        if magic != MAGIC {
            return Err(damaged("this is not a journal segment"));
        }
        if crc32fast::hash(&bytes[..HEADER - 4]).to_be_bytes() != checksum {
            return Err(damaged("the checksum of the header does not match"));
        }
        let number = |bytes: &[u8]| bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let format = number(format) as u32;
        if format != FORMAT {
            return Err(StoreError::NewerFormat {
                file: file.into(),
                found: format,
                known: FORMAT,
            });
        }
        let mut header = Header {
            folder: [0; 16],
            first: number(first),
            previous: [0; 32],
        };
        header.folder.copy_from_slice(folder);
        header.previous.copy_from_slice(previous);
        Ok(header)
    }
}

/// The name of the segment that begins with record `first`: fixed width, so that names sort as numbers do.
pub(crate) fn name(first: Seq) -> String {
    format!("{FOLDER}/{first:020}{ENDING}")
}

/// The first sequence numbers of all segments, ascending.
pub(crate) fn list(disk: &dyn Disk) -> Result<Vec<Seq>, StoreError> {
    let mut firsts: Vec<Seq> = disk
        .list(FOLDER)
        .map_err(StoreError::io("list the folder", FOLDER))?
        .iter()
        .filter_map(|file| {
            file.strip_suffix(ENDING)
                .filter(|digits| digits.len() == 20)?
                .parse()
                .ok()
        })
        .collect();
    firsts.sort_unstable();
    Ok(firsts)
}

/// Removes segments whose making was interrupted.
pub(crate) fn remove_unfinished(disk: &dyn Disk) -> Result<(), StoreError> {
    for file in disk.list(FOLDER).map_err(StoreError::io("list the folder", FOLDER))? {
        if file.ends_with(UNFINISHED) {
            let file = format!("{FOLDER}/{file}");
            disk.remove(&file).map_err(StoreError::io("remove", file))?;
        }
    }
    Ok(())
}

/// Makes a segment. It gets its name when its header is on the disk, so a segment with its name always has a header.
pub(crate) fn create(disk: &dyn Disk, header: &Header) -> Result<Box<dyn DiskFile>, CreateError> {
    let name = name(header.first);
    let unfinished = format!("{name}{UNFINISHED}");
    let written = disk.create(&unfinished).and_then(|mut file| {
        file.write_at(0, &header.encode())?;
        Ok(file)
    });
    let mut file = written.map_err(|error| {
        // Leaving it there would do no harm: it is removed at the next start.
        let _ = disk.remove(&unfinished);
        CreateError::NotWritten(error)
    })?;
    file.sync_data()
        .and_then(|()| disk.rename(&unfinished, &name))
        .and_then(|()| disk.sync_dir(FOLDER))
        .map_err(CreateError::NotSynced)?;
    Ok(file)
}

/// How far the making of a segment came.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// Nothing came of it; it may be tried again.
    NotWritten(std::io::Error),
    /// Unknown what is on the disk.
    NotSynced(std::io::Error),
}

/// Reads and checks the header of a segment.
pub(crate) fn read_header(file: &dyn DiskFile, first: Seq) -> Result<Header, StoreError> {
    let name = name(first);
    let mut bytes = [0; HEADER];
    let length = file.len().map_err(StoreError::io("read", &name))?;
    if length < HEADER as u64 {
        let reason = format!("the file has {length} bytes, its header alone would have {HEADER}");
        return Err(StoreError::JournalDamaged {
            file: name,
            offset: 0,
            reason,
        });
    }
    file.read_at(0, &mut bytes).map_err(StoreError::io("read", &name))?;
    let header = Header::decode(&bytes, &name)?;
    if header.first != first {
        let reason = format!("the header says that it begins with record {}", header.first);
        return Err(StoreError::JournalDamaged {
            file: name,
            offset: 0,
            reason,
        });
    }
    Ok(header)
}

/// Reads a whole segment, header included, into memory.
pub(crate) fn read(file: &dyn DiskFile, first: Seq) -> Result<Vec<u8>, StoreError> {
    let name = name(first);
    let length = file.len().map_err(StoreError::io("read", &name))?;
    let mut bytes = vec![0; length as usize];
    file.read_at(0, &mut bytes).map_err(StoreError::io("read", &name))?;
    Ok(bytes)
}
