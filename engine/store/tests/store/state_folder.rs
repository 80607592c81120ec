//! A real folder of state files, and what a power cut may leave of it.
//!
//! sled syncs nothing on Linux. So after a power cut each of its files is there as of an earlier moment, or page by page
//! as of different ones, or with pages that were given to it and never written.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kapok_sim::Chance;

const PAGE: usize = 4096;

type Files = BTreeMap<PathBuf, Vec<u8>>;

pub struct StateFolder {
    folder: tempfile::TempDir,
    /// As it was at some moments of the present run, oldest first.
    moments: Vec<Files>,
    /// What was synced, file and name: the last checkpoint.
    checkpoint: Option<Vec<u8>>,
}

impl StateFolder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            moments: vec![Files::new()],
            checkpoint: None,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Keeps the files as they are just now, also in the middle of being written.
    pub fn remember(&mut self) {
        let mut files = Files::new();
        read(&self.path(), &mut files);
        self.moments.push(files);
        self.checkpoint = fs::read(self.checkpoint_path()).ok();
    }

    /// The power was cut when the files were last remembered.
    pub fn lose_some(&mut self, chance: &mut Chance) {
        let _ = fs::remove_dir_all(self.path());
        let names: Vec<_> = self.moments.iter().flat_map(BTreeMap::keys).cloned().collect();
        for name in names {
            let versions: Vec<_> = self.moments.iter().map(|files| files.get(&name)).collect();
            let Some(bytes) = versions[chance.below(versions.len())] else {
                continue;
            };
            let mut bytes = bytes.clone();
            if chance.once_in(2) {
                for (number, page) in bytes.chunks_mut(PAGE).enumerate() {
                    let other = versions[chance.below(versions.len())];
                    let other = other.and_then(|other| other.get(number * PAGE..number * PAGE + page.len()));
                    match other {
                        Some(other) => page.copy_from_slice(other),
                        None => page.fill(0),
                    }
                }
            }
            fs::create_dir_all(name.parent().expect("in a folder")).expect("creates");
            fs::write(&name, bytes).expect("writes");
        }
        match &self.checkpoint {
            Some(bytes) => fs::write(self.checkpoint_path(), bytes).expect("writes"),
            None => {
                let _ = fs::remove_file(self.checkpoint_path());
            }
        }
        self.moments = vec![Files::new()];
        self.remember();
    }

    fn checkpoint_path(&self) -> PathBuf {
        self.folder.path().join("state.checkpoint")
    }
}

fn read(folder: &Path, files: &mut Files) {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        entries => entries.expect("readable"),
    };
    for entry in entries {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            read(&path, files);
        } else if let Ok(bytes) = fs::read(&path) {
            // One that is gone meanwhile was sled's to remove.
            files.insert(path, bytes);
        }
    }
}
