//! A folder of data as a whole: checking, copying, making its state files anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use kapok_protocol::Text;
use kapok_store::{Backup, Seq, Store, Verification};

use super::{
    Report, attachments, format, rows,
    text::{error_text, io_text, store_text},
};

/// What a check of a folder found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Of its files.
    pub files: Verification,
    /// Of its rows; `None` when they were not looked at, because the files are damaged or are those of a backup.
    pub rows: Option<Report>,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.files.problems.is_empty() && self.rows.as_ref().is_none_or(Report::is_sound)
    }
}

/// Checks a data folder or a backup. Takes the folder's lock.
///
/// Files first: the journal, snapshots, state files. When nothing is wrong with them, the rows of a data folder too. A
/// backup is never opened, so its rows are looked at only with `deep`, in a copy that is restored for that among the
/// temporary files.
///
/// # Errors
/// Why it cannot be checked. What is wrong in it is in the answer.
pub fn verify(folder: &Path, deep: bool) -> Result<Verified, Text> {
    let files = kapok_store::verify(folder, deep).map_err(store_text)?;
    let rows = match (files.problems.is_empty(), files.is_backup, deep) {
        (false, ..) | (true, true, false) => None,
        (true, true, true) => {
            let copy = Scratch::new()?;
            kapok_store::restore(folder, &copy.0, None).map_err(store_text)?;
            Some(check_rows(&copy.0, folder, deep)?)
        }
        (true, false, _) => Some(check_rows(folder, folder, deep)?),
    };
    Ok(Verified { files, rows })
}

fn check_rows(folder: &Path, files: &Path, deep: bool) -> Result<Report, Text> {
    let store = Store::open(folder).map_err(store_text)?;
    let view = store.view();
    format::require_known(&view).map_err(|error| error_text(&error))?;
    let mut report = rows::check(&view).map_err(|error| error_text(&error))?;
    attachments::check(&view, files, deep, &mut report)?;
    Ok(report)
}

/// A folder for a while.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Text> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("kapok-verify-{}-{number}", process::id()));
        fs::create_dir(&folder).map_err(|error| io_text(&folder, &error))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Whatever is left is among temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies a data folder to `to`, which must not be there or be empty, while a server may be using it. The copy is checked.
///
/// # Errors
/// Why it is no backup.
pub fn backup(folder: &Path, to: &Path) -> Result<Backup, Text> {
    super::require_data(folder)?;
    let made = kapok_store::backup(folder, to).map_err(store_text)?;
    // Content is there before a row speaks of it, so what the rows of the copy speak of is there by now.
    attachments::copy(&attachments::of(folder), &attachments::of(to))?;
    Ok(made)
}

/// Makes a data folder, which must not be there or be empty, from a backup; with `to_seq`, as it was after that commit.
/// Answers the number of the last commit in it.
///
/// # Errors
/// Why not.
pub fn restore(backup: &Path, folder: &Path, to_seq: Option<Seq>) -> Result<Seq, Text> {
    super::require_data(backup)?;
    let last = kapok_store::restore(backup, folder, to_seq).map_err(store_text)?;
    attachments::copy(&attachments::of(backup), &attachments::of(folder))?;
    Ok(last)
}

/// Throws the state files of a data folder away and makes them anew. Answers the number of the last commit.
///
/// # Errors
/// Why not.
pub fn rebuild(folder: &Path) -> Result<Seq, Text> {
    super::require_data(folder)?;
    kapok_store::rebuild(folder).map_err(store_text)
}
