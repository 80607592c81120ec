//! Where mutants are built: a folder of their own, since cargo would take one of them for the real thing. What is built of
//! others' crates is the same there, and taken over from the usual folder; building it again would take minutes.

use std::{fs, path::Path};

use super::failed;

/// Adds others' crates as they are built already, as far as they are not there.
pub(super) fn seed(usual: &Path, own: &Path) -> Result<(), String> {
    for (folder, is_theirs) in FOLDERS {
        take(
            &usual.join("debug").join(folder),
            &own.join("debug").join(folder),
            Some(is_theirs),
        )?;
    }
    Ok(())
}

type IsTheirs = fn(&str) -> bool;

/// In `deps` there are our tests too, under any name, but nobody else's programs.
const FOLDERS: [(&str, IsTheirs); 3] = [
    (".fingerprint", |name| !is_ours(name)),
    ("build", |name| !is_ours(name)),
    ("deps", |name| name.starts_with("lib") && !is_ours(name)),
];

fn is_ours(name: &str) -> bool {
    name.contains("kapok")
}

fn take(from: &Path, to: &Path, is_theirs: Option<IsTheirs>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed(from, &error))?;
        if is_theirs.is_some_and(|is_theirs| !is_theirs(&entry.file_name().to_string_lossy())) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if to.exists() {
            continue;
        }
        if from.is_dir() {
            take(&from, &to, None)?;
            continue;
        }
        // What the compiler makes it makes anew and moves into place, so a second name for it costs nothing and is safe;
        // cargo's notes it writes over, and they are small.
        let is_large = fs::metadata(&from).is_ok_and(|file| file.len() > 1 << 20);
        if !is_large || fs::hard_link(&from, &to).is_err() {
            copy_with_time(&from, &to).map_err(|error| failed(&to, &error))?;
        }
    }
    Ok(())
}

/// Cargo compares times.
fn copy_with_time(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    let time = fs::metadata(from)?.modified()?;
    fs::File::options().write(true).open(to)?.set_modified(time)
}
