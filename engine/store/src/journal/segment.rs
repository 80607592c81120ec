//! One segment file: its name and its header. `FORMAT.md` has the table.

use std::io;

use crate::header::{FolderId, HEADER, Hash, HeaderFault, Kind};
use crate::{Disk, DiskFile, Seq, StoreError};

/// The folder of the segments.
pub(crate) const FOLDER: &str = "journal";
pub(crate) const ENDING: &str = ".journal";
/// A segment that is not yet whole; of no worth after a crash.
const UNFINISHED: &str = ".tmp";
const KIND: Kind = Kind {
    magic: *b"KAPOKJNL",
    format: 1,
    name: "journal segment",
};

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
        KIND.encode(&self.folder, self.first, &self.previous)
    }

    fn decode(bytes: &[u8; HEADER], file: &str) -> Result<Self, StoreError> {
        match KIND.decode(bytes) {
            Ok((folder, first, previous)) => Ok(Self {
                folder,
                first,
                previous,
            }),
            Err(HeaderFault::Damaged(reason)) => Err(StoreError::JournalDamaged {
                file: file.into(),
                offset: 0,
                reason,
            }),
            Err(HeaderFault::Newer(found)) => Err(StoreError::NewerFormat {
                file: file.into(),
                found,
                known: KIND.format,
            }),
        }
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
    NotWritten(io::Error),
    /// Unknown what is on the disk.
    NotSynced(io::Error),
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

/// The id of the data folder, from its oldest segment; none if it has no journal.
pub(crate) fn folder_id(disk: &dyn Disk) -> Result<Option<FolderId>, StoreError> {
    let Some(&first) = list(disk)?.first() else {
        return Ok(None);
    };
    let name = name(first);
    let file = disk.open_to_read(&name).map_err(StoreError::io("open", &name))?;
    Ok(Some(read_header(&*file, first)?.folder))
}

/// Reads a whole segment, header included, into memory.
pub(crate) fn read(file: &dyn DiskFile, first: Seq) -> Result<Vec<u8>, StoreError> {
    let name = name(first);
    let mut length = file.len().map_err(StoreError::io("read", &name))?;
    loop {
        let mut bytes = vec![0; length as usize];
        match file.read_at(0, &mut bytes) {
            Ok(()) => return Ok(bytes),
            Err(error) => {
                let before = length;
                length = file.len().map_err(StoreError::io("read", &name))?;
                // Zeros behind the last record may be cut off while somebody copies it.
                if error.kind() != io::ErrorKind::UnexpectedEof || length >= before {
                    return Err(StoreError::io("read", &name)(error));
                }
            }
        }
    }
}
