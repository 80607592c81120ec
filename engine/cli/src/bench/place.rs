//! The temporary folder that everything is measured in, on the disk that is meant.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::Failure;

/// A folder that goes away with this value.
pub(super) struct Place(PathBuf);

impl Place {
    /// Makes one inside `parent`, which must be on a disk: in memory nothing is durable, and everything is fast.
    pub(super) fn make(parent: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(parent)?;
        let parent = parent.canonicalize()?;
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        if let Some(kind) = memory_beneath(&mounts, &parent) {
            let parent = parent.display();
            return Err(format!(
                "{parent} 在内存中（{kind}），测不出磁盘的速度；请用 --data 指定磁盘上的目录。\n{parent} lies in memory \
                 ({kind}), which says nothing about a disk: name a folder on one with --data"
            )
            .into());
        }
        let path = parent.join(format!("kapok-bench-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// A folder in it, not made.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Removes a folder in it, to make room for the next.
    pub(super) fn clear(&self, name: &str) -> Result<(), Failure> {
        Ok(fs::remove_dir_all(self.folder(name))?)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("kapok bench: {} stays behind: {error}", self.0.display());
        }
    }
}

/// The kind of file system beneath a folder, if it is one in memory. `mounts` is how Linux lists them: each line is
/// … mount point … - type source options.
fn memory_beneath(mounts: &str, folder: &Path) -> Option<String> {
    let mounted = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let point = Path::new(place.split(' ').nth(4)?);
        let kind = kind.split(' ').next()?;
        folder.starts_with(point).then(|| (point.components().count(), kind))
    });
    // Of two on the same point the later one covers the other.
    let (_, kind) = mounted.max_by_key(|(depth, _)| *depth)?;
    ["tmpfs", "ramfs"].contains(&kind).then(|| kind.to_owned())
}

/// The bytes that a folder takes on the disk, as `du` counts them.
pub(super) fn disk_bytes(folder: &Path) -> Result<u64, Failure> {
    sum(folder, &|meta| meta.blocks() * 512)
}

/// The bytes that were written to the journal: its files without the zeros at their end, which are written ahead.
pub(super) fn journal_bytes(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for file in fs::read_dir(folder.join("journal"))? {
        let content = fs::read(file?.path())?;
        let zeros = content.iter().rev().take_while(|byte| **byte == 0).count();
        bytes += (content.len() - zeros) as u64;
    }
    Ok(bytes)
}

fn sum(path: &Path, bytes: &impl Fn(&fs::Metadata) -> u64) -> Result<u64, Failure> {
    let meta = match fs::symlink_metadata(path) {
        // Files come and go beneath an engine that runs; a folder may not be there at all.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut total = bytes(&meta);
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            total += sum(&entry?.path(), bytes)?;
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_in_memory_are_found() {
        let mounts = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
                      30 22 0:25 / /tmp rw,nosuid - tmpfs tmpfs rw\n\
                      31 30 254:1 / /tmp/disk rw - ext4 /dev/vdb rw\n\
                      32 22 0:26 / /run rw - ramfs none rw\n\
                      33 32 254:2 / /run rw - xfs /dev/vdc rw";
        let cases = [
            ("/srv/data", None),
            ("/tmp", Some("tmpfs")),
            ("/tmp/a/b", Some("tmpfs")),
            ("/tmp/disk/a", None),
            ("/tmpfile", None),
            ("/run/a", None),
        ];
        for (folder, expected) in cases {
            let found = memory_beneath(mounts, Path::new(folder));
            assert_eq!(found.as_deref(), expected, "{folder}");
        }
    }
}
