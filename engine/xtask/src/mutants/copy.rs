//! A copy of the sources.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::failed;
use crate::{place, run};

/// What is built and not in git, but built into the product or used by tests.
const BUILT: [&str; 4] = [
    "plugins/dist",
    "examples/plugin-hello/dist",
    "examples/plugin-orders/dist",
    "designer/dist",
];

pub(super) struct Copy(PathBuf);

impl Copy {
    /// Makes the copy in this folder, or makes it like the sources again. What is so already is not written, so that it
    /// is not built again.
    pub(super) fn fresh(root: PathBuf) -> Result<Self, String> {
        let mut git = run::command("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = run::output(&mut git).ok_or("`git ls-files` failed: mutants are made of what git knows")?;
        let mut files: BTreeSet<PathBuf> = listed.split_terminator('\0').map(PathBuf::from).collect();
        for folder in BUILT {
            collect(place::root(), Path::new(folder), &mut files)?;
        }
        // One that was deleted is still known to git.
        files.retain(|file| place::root().join(file).is_file());
        let copy = Self(root);
        let mut old = BTreeSet::new();
        collect(&copy.0, Path::new(""), &mut old)?;
        for file in old.difference(&files) {
            let file = copy.0.join(file);
            fs::remove_file(&file).map_err(|error| failed(&file, &error))?;
        }
        for file in &files {
            let from = place::root().join(file);
            let content = fs::read(&from).map_err(|error| failed(&from, &error))?;
            let to = copy.0.join(file);
            if fs::read(&to).is_ok_and(|there| there == content) {
                continue;
            }
            let folder = to.parent().unwrap_or(&copy.0);
            fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
            fs::write(&to, content).map_err(|error| failed(&to, &error))?;
        }
        Ok(copy)
    }

    pub(super) fn root(&self) -> &Path {
        &self.0
    }

    /// Replaces a text that must be in a file exactly once; answers what the file was before.
    pub(super) fn replace(&self, file: &str, find: &str, replace: &str) -> Result<String, String> {
        let path = self.0.join(file);
        let original = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let mutated = once(&original, find, replace).map_err(|why| format!("{file}: {why}"))?;
        fs::write(&path, mutated).map_err(|error| failed(&path, &error))?;
        Ok(original)
    }

    pub(super) fn restore(&self, file: &str, original: &str) -> Result<(), String> {
        let path = self.0.join(file);
        fs::write(&path, original).map_err(|error| failed(&path, &error))
    }
}

fn once(text: &str, find: &str, replace: &str) -> Result<String, String> {
    match text.matches(find).count() {
        1 => Ok(text.replacen(find, replace, 1)),
        0 => Err("what it replaces is not there any more".into()),
        times => Err(format!("what it replaces is there {times} times")),
    }
}

/// The files below a folder, relative to the root.
fn collect(root: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.map_err(|error| failed(folder, &error))?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            collect(root, &path, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::list::MUTANTS;

    #[test]
    fn a_text_is_replaced_only_where_it_is_certain() {
        assert_eq!(once("one two", "two", "three"), Ok("one three".into()));
        assert!(once("one two", "four", "three").is_err());
        assert!(once("one one", "one", "three").is_err());
    }

    /// Whoever changes what a mutant replaces learns it at once.
    #[test]
    fn no_mutant_is_stale() {
        for mutant in MUTANTS {
            let text = fs::read_to_string(place::root().join(mutant.file)).expect("the file is there");
            let mutated = once(&text, mutant.find, mutant.replace);
            assert!(
                mutated.is_ok_and(|mutated| mutated != text),
                "{}: {}",
                mutant.name,
                mutant.file
            );
        }
    }
}
