//! What a backup says of itself: a small text file beside the copied ones.

use std::io;

use crate::header::{FolderId, Hash};
use crate::{Disk, DiskFile, Seq, StoreError};

/// The file; while its folder is being filled it has another name, and nothing in it.
pub(crate) const NAME: &str = "backup.manifest";
pub(crate) const UNFINISHED: &str = "backup.manifest.tmp";
const TITLE: &str = "kapok-backup 1";

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub folder: FolderId,
    /// The last record.
    pub last: Seq,
    /// When it was begun, in milliseconds since 1970.
    pub time_ms: i64,
    pub files: Vec<Entry>,
}

/// A copied file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: String,
    pub bytes: u64,
    pub hash: Hash,
}

/// What is known of a folder as a backup.
pub(crate) enum Found {
    /// It is none, or was opened since.
    None,
    /// Its copying was interrupted.
    Unfinished,
    /// It cannot be read.
    Damaged,
    Whole(Manifest),
}

/// Says that a folder is being filled. What was begun and not ended is not taken for a backup.
pub(crate) fn begin(disk: &dyn Disk) -> io::Result<()> {
    disk.create(UNFINISHED)?.sync_data()?;
    disk.sync_dir("")
}

/// Looks for the manifest of a folder.
pub(crate) fn find(disk: &dyn Disk) -> Result<Found, StoreError> {
    if read(disk, UNFINISHED)?.is_some() {
        return Ok(Found::Unfinished);
    }
    Ok(match read(disk, NAME)? {
        None => Found::None,
        Some(bytes) => Manifest::parse(&bytes).map_or(Found::Damaged, Found::Whole),
    })
}

/// Removes the manifest of a folder that goes on living: what it says will soon be untrue.
pub(crate) fn remove(disk: &dyn Disk) -> Result<(), StoreError> {
    disk.remove(NAME)
        .and_then(|()| disk.sync_dir(""))
        .map_err(StoreError::io("remove", NAME))
}

fn read(disk: &dyn Disk, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let read: io::Result<_> = (|| {
        let file = disk.open_to_read(name)?;
        let mut bytes = vec![0; file.len()? as usize];
        file.read_at(0, &mut bytes)?;
        Ok(bytes)
    })();
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("read", name)(error)),
    }
}

impl Manifest {
    /// Says that all is there.
    pub(crate) fn finish(&self, disk: &dyn Disk) -> io::Result<()> {
        let mut file = disk.create(UNFINISHED)?;
        file.write_at(0, self.text().as_bytes())?;
        file.sync_data()?;
        disk.rename(UNFINISHED, NAME)?;
        disk.sync_dir("")
    }

    fn text(&self) -> String {
        let folder = u128::from_be_bytes(self.folder);
        let mut text = format!(
            "{TITLE}\nfolder {folder:032x}\nlast {}\ntime {}\n",
            self.last, self.time_ms
        );
        for Entry { name, bytes, hash } in &self.files {
            let hash = blake3::Hash::from(*hash);
            text.push_str(&format!("file {bytes} {hash} {name}\n"));
        }
        let checksum = crc32fast::hash(text.as_bytes());
        text.push_str(&format!("checksum {checksum:08x}\n"));
        text
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?;
        let (body, checksum) = text.strip_suffix('\n')?.rsplit_once("checksum ")?;
        if format!("{:08x}", crc32fast::hash(body.as_bytes())) != checksum {
            return None;
        }
        let mut lines = body.lines();
        (lines.next()? == TITLE).then_some(())?;
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        Some(Self {
            folder: u128::from_str_radix(field("folder")?, 16).ok()?.to_be_bytes(),
            last: field("last")?.parse().ok()?,
            time_ms: field("time")?.parse().ok()?,
            files: lines.map(Entry::parse).collect::<Option<_>>()?,
        })
    }
}

impl Entry {
    /// Reads a file of the folder to its end.
    pub(crate) fn of(disk: &dyn Disk, name: &str) -> io::Result<Self> {
        let file = disk.open_to_read(name)?;
        let bytes = file.len()?;
        let mut hasher = blake3::Hasher::new();
        read_in_parts(&*file, bytes, &mut |part| {
            hasher.update(part);
            Ok(())
        })?;
        Ok(Self {
            name: name.into(),
            bytes,
            hash: *hasher.finalize().as_bytes(),
        })
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("file ")?.splitn(3, ' ');
        Some(Self {
            bytes: parts.next()?.parse().ok()?,
            hash: *blake3::Hash::from_hex(parts.next()?).ok()?.as_bytes(),
            name: parts.next()?.into(),
        })
    }
}

/// Hands on the first `length` bytes of a file, a piece at a time.
pub(crate) fn read_in_parts(
    file: &dyn DiskFile,
    length: u64,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut part = vec![0; 1 << 20];
    let mut offset = 0;
    while offset < length {
        let size = (length - offset).min(part.len() as u64) as usize;
        file.read_at(offset, &mut part[..size])?;
        take(&part[..size])?;
        offset += size as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_manifest_is_none() {
        let entry = |name: &str, bytes| Entry {
            name: name.into(),
            bytes,
            hash: [bytes as u8; 32],
        };
        let manifest = Manifest {
            folder: [7; 16],
            last: 4711,
            time_ms: -3,
            files: vec![entry("journal/1", 12), entry("snapshots/a b", 0)],
        };
        let whole = manifest.text();
        assert_eq!(Manifest::parse(whole.as_bytes()), Some(manifest));
        for at in 0..whole.len() {
            let mut damaged = whole.clone().into_bytes();
            damaged[at] ^= 1;
            assert_eq!(Manifest::parse(&damaged), None, "byte {at}");
            assert_eq!(Manifest::parse(&whole.as_bytes()[..at]), None, "cut at {at}");
        }
    }
}
