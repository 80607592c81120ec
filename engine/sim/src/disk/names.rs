//! The names of files and folders: those that last, and what was done to them since.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};

use super::Survival;
use crate::Chance;

/// One change of a name.
#[derive(Debug, Clone)]
pub(super) enum NameChange {
    Folder(String),
    File { name: String, id: usize },
    Rename { from: String, to: String, id: usize },
    Removal { name: String, id: usize },
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    pub(super) files: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Names {
    /// As the running system sees them.
    pub(super) present: Tree,
    /// As after a power cut at the worst.
    lasting: Tree,
    /// What was done since the last sync of its folder, oldest first.
    pending: Vec<NameChange>,
}

/// The folder a name lies in; none for the disk itself.
fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl NameChange {
    /// The folder that keeps it.
    fn folder(&self) -> &str {
        let (NameChange::Folder(name)
        | NameChange::File { name, .. }
        | NameChange::Rename { to: name, .. }
        | NameChange::Removal { name, .. }) = self;
        folder(name)
    }
}

impl Tree {
    /// Makes a change, though one before it may be lost.
    fn make(&mut self, change: &NameChange) {
        match change {
            NameChange::Folder(name) => {
                self.folders.insert(name.clone());
            }
            NameChange::File { name, id } => {
                self.files.insert(name.clone(), *id);
            }
            NameChange::Rename { from, to, id } => {
                self.forget(from, *id);
                self.files.insert(to.clone(), *id);
            }
            NameChange::Removal { name, id } => self.forget(name, *id),
        }
    }

    fn forget(&mut self, name: &str, id: usize) {
        if self.files.get(name) == Some(&id) {
            self.files.remove(name);
        }
    }
}

impl Names {
    pub(super) fn id(&self, name: &str) -> io::Result<usize> {
        let id = self.present.files.get(name).copied();
        id.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Whether the folder is there that a name is to lie in.
    pub(super) fn has_folder_of(&self, name: &str) -> io::Result<()> {
        self.has_folder(folder(name))
    }

    fn has_folder(&self, name: &str) -> io::Result<()> {
        if name.is_empty() || self.present.folders.contains(name) {
            Ok(())
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }

    pub(super) fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        self.has_folder(dir)?;
        let names = self.present.files.keys().filter(|name| folder(name) == dir);
        Ok(names
            .map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())
            .collect())
    }

    pub(super) fn make(&mut self, change: NameChange) {
        self.present.make(&change);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self, dir: &str) {
        let (done, pending) = self.pending.drain(..).partition(|change| change.folder() == dir);
        self.pending = pending;
        done.iter().for_each(|change: &NameChange| self.lasting.make(change));
    }

    /// What is there after a power cut.
    pub(super) fn surviving(&self, survival: Survival, chance: &mut Chance) -> Names {
        let mut tree = self.lasting.clone();
        match survival {
            Survival::Kept => tree = self.present.clone(),
            Survival::Mixed(_) => {
                let pending = self.pending.iter();
                let kept = pending.filter(|_| chance.once_in(2));
                kept.for_each(|change| tree.make(change));
            }
            Survival::Lost | Survival::Half | Survival::Zeros => {}
        }
        // With a folder goes all that lies in it.
        let Tree { files, folders } = &mut tree;
        files.retain(|name, _| folder(name).is_empty() || folders.contains(folder(name)));
        Names {
            present: tree.clone(),
            lasting: tree,
            pending: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lost_one_by_one_until_their_folder_is_synced() {
        let mut names = Names::default();
        names.make(NameChange::Folder("a".into()));
        names.sync("");
        let file = |name: &str, id| NameChange::File { name: name.into(), id };
        names.make(file("a/1.tmp", 1));
        names.make(file("a/2", 2));
        names.make(NameChange::Rename {
            from: "a/1.tmp".into(),
            to: "a/1".into(),
            id: 1,
        });
        let left = |names: &Names| {
            let left = (0..200).map(|seed| {
                let names = names.surviving(Survival::Mixed(seed), &mut Chance::new(seed));
                names.list("a").expect("there").join(" ")
            });
            left.collect::<BTreeSet<_>>()
        };
        let expected = ["", "1", "1 2", "1.tmp", "1.tmp 2", "2"];
        assert_eq!(left(&names), expected.map(str::to_owned).into());
        names.sync("a");
        assert_eq!(left(&names), ["1 2".to_owned()].into());
        names.make(NameChange::Removal {
            name: "a/2".into(),
            id: 2,
        });
        assert_eq!(left(&names), ["1".to_owned(), "1 2".to_owned()].into());
    }

    #[test]
    fn with_a_folder_goes_what_lies_in_it() {
        let mut names = Names::default();
        names.make(NameChange::Folder("a".into()));
        names.make(NameChange::File {
            name: "a/1".into(),
            id: 1,
        });
        names.sync("a");
        let lost = names.surviving(Survival::Lost, &mut Chance::new(0));
        assert_eq!((lost.present.files.len(), lost.list("a").is_err()), (0, true));
    }
}
