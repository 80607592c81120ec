//! How far the state files can be trusted after a stop: a small text file beside them.
//!
//! After a killed process the operating system still has what was written, so the files are good from the last
//! checkpoint on. After a power cut anything may be missing from the middle of them, so they are made anew,
//! unless the store had been closed in order. The boot id of Linux tells the two apart. A copy of a folder in use
//! is no better than what a power cut leaves; the number of the folder in its file system tells it from the original.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::Seq;
use crate::header::FolderId;

const TITLE: &str = "kapok-state 1";

/// What is known of the state files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The data folder they belong to.
    pub folder: FolderId,
    /// They hold at least everything up to here.
    pub applied: Seq,
    /// The journal was synced at least up to here.
    pub synced: Seq,
    /// The run of the operating system in which they were written; none if it gives no id, or if they are a copy.
    pub boot: Option<String>,
    /// They were closed and synced, and have not been opened since.
    pub clean: bool,
}

impl Checkpoint {
    /// Whether the files can be used, in this folder and this run of the operating system.
    pub(crate) fn vouches(&self, folder: FolderId, boot: Option<&str>) -> bool {
        self.folder == folder && (self.clean || (boot.is_some() && self.boot.as_deref() == boot))
    }

    /// Reads the checkpoint; none if there is no whole one.
    pub(crate) fn read(state_folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(path(state_folder)).ok()?;
        let (body, checksum) = text.trim_end().rsplit_once("checksum ")?;
        if format!("{:08x}", crc32fast::hash(body.as_bytes())) != checksum {
            return None;
        }
        let mut lines = body.lines();
        (lines.next()? == TITLE).then_some(())?;
        let here = place(state_folder).ok()?;
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        Some(Self {
            folder: u128::from_str_radix(&field("folder")?, 16).ok()?.to_be_bytes(),
            applied: field("applied")?.parse().ok()?,
            synced: field("synced")?.parse().ok()?,
            boot: {
                let (boot, place) = (field("boot")?, field("place")?);
                (boot != "unknown" && place == here).then_some(boot)
            },
            clean: field("clean")? == "yes",
        })
    }

    /// Replaces the checkpoint, whole or not at all, and syncs it.
    pub(crate) fn write(&self, state_folder: &Path) -> io::Result<()> {
        let body = format!(
            "{TITLE}\nfolder {:032x}\napplied {}\nsynced {}\nboot {}\nplace {}\nclean {}\n",
            u128::from_be_bytes(self.folder),
            self.applied,
            self.synced,
            self.boot.as_deref().unwrap_or("unknown"),
            place(state_folder)?,
            if self.clean { "yes" } else { "no" },
        );
        let path = path(state_folder);
        let unfinished = path.with_extension("tmp");
        let mut file = File::create(&unfinished)?;
        file.write_all(format!("{body}checksum {:08x}\n", crc32fast::hash(body.as_bytes())).as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(parent(&path))?.sync_all()
    }
}

/// The folder something lies in, also of a bare name.
fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// `state` → `state.checkpoint`.
pub(crate) fn path(state_folder: &Path) -> PathBuf {
    state_folder.with_extension("checkpoint")
}

/// Where the data folder lies: device and number in it.
fn place(state_folder: &Path) -> io::Result<String> {
    let parent = fs::metadata(parent(state_folder))?;
    Ok(format!("{}:{}", parent.dev(), parent.ino()))
}

/// The id of this run of the operating system.
pub(crate) fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_folder_in_the_same_run_or_closed_in_order_is_vouched_for() {
        let (original, copy) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        let (original, copy) = (original.path().join("state"), copy.path().join("state"));
        let (this, other) = (Some("this run"), Some("another"));
        for clean in [false, true] {
            let boot = this.map(str::to_owned);
            let checkpoint = Checkpoint {
                folder: [1; 16],
                applied: 7,
                synced: 9,
                boot,
                clean,
            };
            checkpoint.write(&original).expect("writes");
            fs::copy(path(&original), path(&copy)).expect("copies");
            let (read, copied) = (
                Checkpoint::read(&original).expect("whole"),
                Checkpoint::read(&copy).expect("whole"),
            );
            assert_eq!(read, checkpoint);
            assert!(read.vouches([1; 16], this));
            assert!(!read.vouches([2; 16], this));
            assert_eq!(read.vouches([1; 16], other), clean);
            assert_eq!(read.vouches([1; 16], None), clean);
            assert_eq!(copied.vouches([1; 16], this), clean);
        }
    }

    #[test]
    fn a_damaged_checkpoint_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state");
        let checkpoint = Checkpoint {
            folder: [1; 16],
            applied: 7,
            synced: 9,
            boot: None,
            clean: true,
        };
        checkpoint.write(&state).expect("writes");
        let whole = fs::read(path(&state)).expect("readable");
        // The last byte ends the line and says nothing.
        for at in 0..whole.len() - 1 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(path(&state), damaged).expect("writes");
            assert_eq!(Checkpoint::read(&state), None, "byte {at}");
            fs::write(path(&state), &whole[..at]).expect("writes");
            assert_eq!(Checkpoint::read(&state), None, "cut at {at}");
        }
    }
}
