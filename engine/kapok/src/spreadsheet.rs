//! Tables out of files that people make: CSV and XLSX. What they hold is text; what it means is said elsewhere.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use kapok_protocol::{Refusal, RefusalKind};

use crate::Error;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// Text with commas, UTF-8.
    Csv,
    /// A workbook of Excel; its first sheet counts.
    Xlsx,
}

/// A table: its headings, and its rows with their numbers as the file's own program counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<(usize, Vec<String>)>,
}

/// The largest file, in bytes. A workbook is compressed; what it may unfold to is bounded by this and by its own word.
const FILE: usize = 4 << 20;
/// What a workbook may say that it unfolds to.
const UNFOLDED: u64 = 64 << 20;
/// The most rows.
const ROWS: usize = 10_000;
/// The most columns.
const COLUMNS: usize = 100;
/// The longest cell, in bytes.
const CELL: usize = 16 << 10;

impl Sheet {
    /// Reads a file.
    pub(crate) fn read(file: &[u8], kind: SheetKind) -> Result<Self, Error> {
        if file.len() > FILE {
            return Err(wrong(
                "文件超过 4 MB，请分成几个。",
                "The file is larger than 4 MB; split it.",
            ));
        }
        let rows = match kind {
            SheetKind::Csv => read_csv(file)?,
            SheetKind::Xlsx => read_xlsx(file)?,
        };
        let mut rows = rows
            .into_iter()
            .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        let Some((_, headings)) = rows.next() else {
            return Err(wrong("文件里没有内容。", "There is nothing in the file."));
        };
        Ok(Self {
            headings,
            rows: rows.collect(),
        })
    }
}

fn read_csv(file: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Error> {
    let text = std::str::from_utf8(file).map_err(|_| {
        wrong(
            "CSV 文件不是 UTF-8 编码。请在 Excel 中“另存为 → CSV UTF-8”，或直接上传 xlsx 文件。",
            "The CSV file is not UTF-8. Save it as “CSV UTF-8”, or upload the xlsx file.",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            wrong(
                format!("CSV 文件无法读取：{error}"),
                format!("The CSV file cannot be read: {error}"),
            )
        })?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        rows.push((line, bounded(record.iter().map(str::to_owned))?));
        refuse_long(rows.len())?;
    }
    Ok(rows)
}

fn read_xlsx(file: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Error> {
    let failed = |error: &dyn std::fmt::Display| {
        wrong(
            format!("Excel 文件无法读取：{error}"),
            format!("The workbook cannot be read: {error}"),
        )
    };
    if unfolded(file) > UNFOLDED {
        return Err(wrong(
            "Excel 文件展开后太大，请分成几个。",
            "The workbook unfolds to too much; split it.",
        ));
    }
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| failed(&error))?;
    let Some(range) = workbook.worksheet_range_at(0) else {
        return Err(wrong("Excel 文件里没有工作表。", "There is no sheet in the workbook."));
    };
    let range = range.map_err(|error| failed(&error))?;
    let first = range.start().map_or(0, |(row, _)| row as usize) + 1;
    let mut rows = Vec::new();
    for (index, cells) in range.rows().enumerate() {
        rows.push((first + index, bounded(cells.iter().map(text_of))?));
        refuse_long(rows.len())?;
    }
    Ok(rows)
}

/// A cell as one would write it: a whole number without a point, a day as a date.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

fn bounded(cells: impl Iterator<Item = String>) -> Result<Vec<String>, Error> {
    let cells: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
    if cells.len() > COLUMNS || cells.iter().any(|cell| cell.len() > CELL) {
        return Err(wrong(
            format!("表格最多 {COLUMNS} 列，每格最多 {CELL} 字节。"),
            format!("A table has at most {COLUMNS} columns, a cell at most {CELL} bytes."),
        ));
    }
    Ok(cells)
}

fn refuse_long(rows: usize) -> Result<(), Error> {
    if rows > ROWS + 1 {
        return Err(wrong(
            format!("一次最多导入 {ROWS} 行，请分成几个文件。"),
            format!("At most {ROWS} rows at once; split the file."),
        ));
    }
    Ok(())
}

/// How many bytes a ZIP archive says that its files have, by its directory.
fn unfolded(archive: &[u8]) -> u64 {
    const ENTRY: [u8; 4] = [0x50, 0x4b, 0x01, 0x02];
    let sizes = archive.windows(28).filter(|entry| entry.starts_with(&ENTRY));
    sizes
        .filter_map(|entry| Some(u32::from_le_bytes(entry.get(24..28)?.try_into().ok()?)))
        .map(u64::from)
        .sum()
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Refusal::new(RefusalKind::Invalid, "sheet.unreadable", zh, en).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_as_they_are_written() {
        let sheet = Sheet::read(
            "\u{feff}登录名, 姓名\nli.na,\"李,娜\"\n\n,\nwang\n".as_bytes(),
            SheetKind::Csv,
        )
        .expect("reads");
        assert_eq!(sheet.headings, ["登录名", "姓名"]);
        assert_eq!(
            sheet.rows,
            [(2, vec!["li.na".into(), "李,娜".into()]), (5, vec!["wang".into()])]
        );
        for (file, kind) in [
            (&b""[..], SheetKind::Csv),
            (&[0xb5, 0xc7, 0xc2, 0xbc][..], SheetKind::Csv),
            (&b"no archive"[..], SheetKind::Xlsx),
        ] {
            assert!(Sheet::read(file, kind).is_err(), "{file:?}");
        }
        let long = "a\n".repeat(ROWS + 2);
        assert!(Sheet::read(long.as_bytes(), SheetKind::Csv).is_err());
    }
}
