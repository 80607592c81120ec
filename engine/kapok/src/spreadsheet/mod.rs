//! Tables out of files that people make: CSV and XLSX. What they hold is text; what it means is said elsewhere.
//!
//! A file may come from anybody, so everything about it is bounded, whatever it says of itself: its size, what an archive
//! unfolds to, rows, columns, the length of a cell, and all text together. Rows are handed on one by one; no table of all
//! cells is made.

mod archive;
mod csv;
mod encoding;
#[cfg(test)]
mod tests;
mod xlsx;

use kapok_protocol::{Refusal, RefusalKind};

use crate::Error;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// Text with commas, semicolons or tabs: UTF-8 or GB18030.
    Csv,
    /// A workbook of Excel; its first sheet counts.
    Xlsx,
}

impl SheetKind {
    /// What a file is, by its beginning.
    pub(crate) fn of(file: &[u8]) -> Self {
        match file.starts_with(b"PK\x03\x04") {
            true => Self::Xlsx,
            false => Self::Csv,
        }
    }
}

/// How large a file may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of the file.
    pub(crate) file: usize,
    /// Bytes that an archive may unfold to.
    pub(crate) unfolded: u64,
    /// Rows, without the headings.
    pub(crate) rows: usize,
    /// Columns.
    pub(crate) columns: usize,
    /// Bytes of one cell.
    pub(crate) cell: usize,
    /// Bytes of all cells together.
    pub(crate) text: usize,
}

impl Limits {
    /// A few people.
    pub(crate) const PEOPLE: Self = Self {
        file: 4 << 20,
        unfolded: 64 << 20,
        rows: 10_000,
        columns: 100,
        cell: 16 << 10,
        text: 32 << 20,
    };
    /// Many records.
    pub(crate) const RECORDS: Self = Self {
        file: 64 << 20,
        unfolded: 512 << 20,
        rows: 500_000,
        columns: 200,
        cell: 32 << 10,
        text: 96 << 20,
    };
}

/// A row with its number as the file's own program counts it.
pub(crate) type Line = (u64, Vec<String>);

/// A table: its headings, and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// Reads a small file as a whole.
    pub(crate) fn read(file: &[u8], kind: SheetKind) -> Result<Self, Error> {
        let mut rows = Vec::new();
        read(file, kind, Limits::PEOPLE, &mut |(number, cells)| {
            rows.push((usize::try_from(number).unwrap_or(usize::MAX), cells));
            Ok(())
        })?;
        let mut rows = rows.into_iter();
        let headings = rows.next().map(|(_, headings)| headings).unwrap_or_default();
        Ok(Self {
            headings,
            rows: rows.collect(),
        })
    }
}

/// Reads a file row by row; rows without any text are left out. There is at least one row.
pub(crate) fn read(
    file: &[u8],
    kind: SheetKind,
    limits: Limits,
    each: &mut dyn FnMut(Line) -> Result<(), Error>,
) -> Result<(), Error> {
    if file.len() > limits.file {
        let most = limits.file >> 20;
        return Err(wrong(
            format!("文件超过 {most} MB，请分成几个。"),
            format!("The file is larger than {most} MB; split it."),
        ));
    }
    let mut bounds = Bounds {
        limits,
        rows: 0,
        text: 0,
        each,
    };
    match kind {
        SheetKind::Csv => csv::read(file, &mut bounds)?,
        SheetKind::Xlsx => xlsx::read(file, &mut bounds)?,
    }
    if bounds.rows == 0 {
        return Err(wrong("文件里没有内容。", "There is nothing in the file."));
    }
    Ok(())
}

/// Hands rows on as long as they are within the limits.
struct Bounds<'a> {
    limits: Limits,
    rows: usize,
    text: usize,
    each: &'a mut dyn FnMut(Line) -> Result<(), Error>,
}

impl Bounds<'_> {
    fn row(&mut self, number: u64, mut cells: Vec<String>) -> Result<(), Error> {
        let filled = cells.iter().rposition(|cell| !cell.is_empty());
        let Some(filled) = filled else { return Ok(()) };
        cells.truncate(filled + 1);
        let Limits {
            rows, columns, text, ..
        } = self.limits;
        if cells.len() > columns {
            return Err(self.too_wide(number));
        }
        self.text += cells.iter().map(String::len).sum::<usize>();
        if self.text > text {
            let most = text >> 20;
            return Err(wrong(
                format!("表格内容超过 {most} MB，请分成几个文件。"),
                format!("There is more than {most} MB of text in it; split the file."),
            ));
        }
        if self.rows > rows {
            return Err(wrong(
                format!("一次最多导入 {rows} 行，请分成几个文件。"),
                format!("At most {rows} rows at once; split the file."),
            ));
        }
        self.rows += 1;
        (self.each)((number, cells))
    }

    fn too_wide(&self, number: u64) -> Error {
        let most = self.limits.columns;
        wrong(
            format!("第 {number} 行超过 {most} 列，请删去多余的列。"),
            format!("Row {number} has more than {most} columns; remove some."),
        )
    }

    fn refuse_long(&self, number: u64, cell: &str) -> Result<(), Error> {
        let most = self.limits.cell;
        if cell.len() <= most {
            return Ok(());
        }
        Err(wrong(
            format!("第 {number} 行有一格超过 {most} 字节，请缩短；如果是 CSV 文件，也可能是引号没有成对。"),
            format!(
                "A cell in row {number} is longer than {most} bytes; shorten it. In a CSV file a quote may be missing."
            ),
        ))
    }
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Refusal::new(RefusalKind::Invalid, "sheet.unreadable", zh, en).into()
}
