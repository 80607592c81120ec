//! What a ZIP archive really unfolds to.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::wrong;
use crate::Error;

/// A workbook has a few dozen files, and some for pictures.
const ENTRIES: usize = 2_000;
/// What is held in memory may be this part of the whole.
const HELD: u64 = 4;

/// Refuses an archive that unfolds to more than `most` bytes. It is unfolded once to find out: what it says of itself may
/// be a lie.
pub(super) fn refuse_bomb(file: &[u8], most: u64) -> Result<(), Error> {
    let unreadable = |error: &dyn std::fmt::Display| {
        wrong(
            format!("Excel 文件无法读取：{error}"),
            format!("The workbook cannot be read: {error}"),
        )
    };
    let too_much = || {
        wrong(
            "Excel 文件展开后太大，请分成几个。",
            "The workbook unfolds to too much; split it.",
        )
    };
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
    if archive.len() > ENTRIES {
        return Err(too_much());
    }
    let mut left = most;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        // Cells are read one by one; whatever else there is (texts that cells share, styles) is held in memory.
        let is_sheet = entry.name().is_ok_and(|name| name.contains("worksheets/"));
        let limit = if is_sheet { left } else { left.min(most / HELD) };
        let unfolded = io::copy(&mut entry.take(limit + 1), &mut io::sink()).map_err(|error| unreadable(&error))?;
        if unfolded > limit {
            return Err(too_much());
        }
        left -= unfolded;
    }
    Ok(())
}
