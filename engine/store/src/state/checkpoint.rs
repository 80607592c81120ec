//! How far the state files can be trusted after a stop: a small text file beside them.
//!
//! After a killed process the operating system still has what was written, so the files are good from the last
//! checkpoint on. After a power cut anything may be missing from the middle of them, so they are made anew,
//! unless the store had been closed in order. The boot id of Linux tells the two apart.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Seq;
use crate::journal::segment::FolderId;

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
    /// The run of the operating system in which they were written; none if it gives no id.
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
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        Some(Self {
            folder: u128::from_str_radix(&field("folder")?, 16).ok()?.to_be_bytes(),
            applied: field("applied")?.parse().ok()?,
            synced: field("synced")?.parse().ok()?,
            boot: field("boot").map(|boot| (boot != "unknown").then_some(boot))?,
            clean: field("clean")? == "yes",
        })
    }

    /// Replaces the checkpoint, whole or not at all, and syncs it.
    pub(crate) fn write(&self, state_folder: &Path) -> io::Result<()> {
        let body = format!(
            "{TITLE}\nfolder {:032x}\napplied {}\nsynced {}\nboot {}\nclean {}\n",
            u128::from_be_bytes(self.folder),
            self.applied,
            self.synced,
            self.boot.as_deref().unwrap_or("unknown"),
            if self.clean { "yes" } else { "no" },
        );
        let path = path(state_folder);
        let unfinished = path.with_extension("tmp");
        let mut file = File::create(&unfinished)?;
        file.write_all(format!("{body}checksum {:08x}\n", crc32fast::hash(body.as_bytes())).as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        match path.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}

/// `state` → `state.checkpoint`.
fn path(state_folder: &Path) -> PathBuf {
    state_folder.with_extension("checkpoint")
}

/// The id of this run of the operating system.
pub(crate) fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| id.to_owned())
}
