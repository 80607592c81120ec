//! The content of attached files, on its way with the rows: in backups, exports and checks.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use kapok_protocol::Text;
use kapok_store::View;
use kapok_tables::{
    Queries,
    verify::{Finding, Report},
};
use sha2::{Digest, Sha256};

use super::text::{error_text, io_text};
use crate::files::{FOLDER, place};

/// So much is copied at once.
const CHUNK: usize = 1 << 20;
/// So many rows are looked at in one go.
const ROWS: usize = 1_000;

/// Where the files of an export lie: beside it, because they are no text.
pub(super) fn beside(export: &Path) -> PathBuf {
    let mut name = export.file_name().unwrap_or_default().to_owned();
    name.push(".files");
    export.with_file_name(name)
}

/// Copies all content from one folder to another; each file is read to its end and compared with its name.
pub(super) fn copy(from: &Path, to: &Path) -> Result<u64, Text> {
    let mut copied = 0;
    for shelf in entries(from).map_err(|error| io_text(from, &error))? {
        let is_shelf = shelf.file_name().is_some_and(|name| name.len() == 2) && shelf.is_dir();
        if !is_shelf {
            continue;
        }
        for file in entries(&shelf).map_err(|error| io_text(&shelf, &error))? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(target) = place(to, name) else { continue };
            match copy_one(&file, &target, name) {
                Ok(true) => copied += 1,
                Ok(false) => return Err(damaged(&file)),
                // Nobody needed it any more.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !file.exists() => {}
                Err(error) => return Err(io_text(&file, &error)),
            }
        }
    }
    Ok(copied)
}

/// The files of a data folder or backup.
pub(super) fn of(folder: &Path) -> PathBuf {
    folder.join(FOLDER)
}

/// What is wrong with the content of files that records name: it is not there, or, `deep`, it is not what it was.
pub(super) fn check(view: &View, folder: &Path, deep: bool, report: &mut Report) -> Result<(), Text> {
    let queries = Queries(view);
    let mut after: Option<String> = None;
    loop {
        let rows = queries.stored_files(after.as_deref(), ROWS);
        let rows = rows.map_err(|error| error_text(&error.into()))?;
        for row in &rows {
            let used = queries
                .is_file_used(&row.hash)
                .map_err(|error| error_text(&error.into()))?;
            if !used {
                continue;
            }
            let place = place(&of(folder), &row.hash);
            let size = place
                .as_ref()
                .and_then(|place| fs::metadata(place).ok())
                .map(|known| known.len());
            let sound = size == Some(row.size)
                && (!deep || place.is_some_and(|place| hash_of(&place).is_ok_and(|hash| hash == row.hash)));
            if !sound {
                report.found += 1;
                report.findings.push(Finding {
                    key: row.hash.clone(),
                    kind: "stored-file",
                    text: Text::new(
                        "附件的内容丢失或已损坏，请从备份的 files 目录中恢复它。",
                        "The content of an attached file is missing or damaged: take it from the folder `files` of a backup.",
                    ),
                });
            }
        }
        after = rows.last().filter(|_| rows.len() == ROWS).map(|row| row.hash.clone());
        if after.is_none() {
            return Ok(());
        }
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    found.sort();
    Ok(found)
}

/// Copies a file; whether its content is what its name says.
fn copy_one(from: &Path, to: &Path, hash: &str) -> io::Result<bool> {
    let mut source = File::open(from)?;
    if let Some(shelf) = to.parent() {
        fs::create_dir_all(shelf)?;
    }
    let mut target = File::create(to)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = source.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        sum.update(bytes);
        target.write_all(bytes)?;
    }
    target.sync_all()?;
    Ok(hex(&sum.finalize()) == hash)
}

fn hash_of(file: &Path) -> io::Result<String> {
    let mut source = File::open(file)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = source.read(&mut buffer)?;
        match buffer.get(..read).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => sum.update(bytes),
            None => return Ok(hex(&sum.finalize())),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn damaged(file: &Path) -> Text {
    let file = file.display();
    Text::new(
        format!("附件 {file} 已损坏：内容与文件名不符。请从较早的备份中恢复它，或将其移走后再试。"),
        format!(
            "The attached file {file} is damaged: its content is not what its name says. Take it from an earlier backup, or \
             move it away and try again."
        ),
    )
}
