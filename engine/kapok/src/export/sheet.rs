//! Spreadsheets written row by row: CSV as Excel opens it, and XLSX with a bounded amount of memory.

use kapok_protocol::Value;
use kapok_records::FieldKind;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::Error;

/// A form of spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    /// Text with commas: UTF-8 with a mark, so that Excel knows.
    Csv,
    /// A workbook of Excel.
    Xlsx,
}

impl SheetFormat {
    /// What the names of such files end with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The longest text in a cell of Excel, in characters.
const LONGEST: usize = 32_767;
/// Numbers of more digits would be rounded by Excel.
const DIGITS: usize = 15;
/// What a spreadsheet takes for the beginning of a formula, full-width signs included, or for nothing.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Text, whatever it looks like.
    Text(String),
    /// A number, and how it is written.
    Number(Decimal, String),
    /// A day, `YYYY-MM-DD`.
    Day(String),
}

impl Cell {
    /// A value of a kind that is written so.
    pub(crate) fn of(kind: &FieldKind, value: &Value, written: String) -> Self {
        match (kind.of_values(), value) {
            (_, Value::Number(number)) => Self::Number(*number, written),
            // A masked day is no day.
            (FieldKind::Date, Value::Text(text)) if text.len() == 10 => Self::Day(written),
            _ => Self::Text(written),
        }
    }
}

/// Writes a spreadsheet.
pub(crate) enum SheetWriter {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Xlsx(Box<Book>),
}

pub(crate) struct Book {
    workbook: Workbook,
    day: Format,
    row: u32,
}

impl SheetWriter {
    pub(crate) fn new(format: SheetFormat) -> Result<Self, Error> {
        Ok(match format {
            SheetFormat::Csv => {
                let mark = "\u{feff}".as_bytes().to_vec();
                let mut builder = csv::WriterBuilder::new();
                builder.terminator(csv::Terminator::CRLF).flexible(true);
                Self::Csv(Box::new(builder.from_writer(mark)))
            }
            SheetFormat::Xlsx => {
                let mut workbook = Workbook::new();
                workbook
                    .add_worksheet_with_constant_memory()
                    .map_err(|error| failed(&error))?;
                Self::Xlsx(Box::new(Book {
                    workbook,
                    day: Format::new().set_num_format("yyyy-mm-dd"),
                    row: 0,
                }))
            }
        })
    }

    /// Writes a row of texts.
    pub(crate) fn texts(&mut self, cells: &[String]) -> Result<(), Error> {
        let cells: Vec<Cell> = cells.iter().cloned().map(Cell::Text).collect();
        self.row(&cells)
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        match self {
            Self::Csv(writer) => {
                let texts = cells.iter().map(|cell| match cell {
                    Cell::Text(text) => guarded(text),
                    Cell::Number(_, text) | Cell::Day(text) => text.clone(),
                });
                writer.write_record(texts).map_err(|error| failed(&error))
            }
            Self::Xlsx(book) => book.write(cells).map_err(|error| failed(&error)),
        }
    }

    /// What can be sent already; nothing of a workbook, which is only whole at its end.
    pub(crate) fn written(&mut self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Csv(writer) => {
                writer.flush().map_err(|error| failed(&error))?;
                let fresh = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .flexible(true)
                    .from_writer(Vec::new());
                let written = std::mem::replace(&mut **writer, fresh);
                written.into_inner().map_err(|error| failed(&error))
            }
            Self::Xlsx(_) => Ok(Vec::new()),
        }
    }

    /// The rest.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(|error| failed(&error)),
            Self::Xlsx(mut book) => book.workbook.save_to_buffer().map_err(|error| failed(&error)),
        }
    }
}

impl Book {
    fn write(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let row = self.row;
        let sheet: &mut Worksheet = self.workbook.worksheet_from_index(0)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) if text.is_empty() => {}
                Cell::Text(text) => {
                    sheet.write_string(row, column, shortened(text))?;
                }
                Cell::Number(number, written) => {
                    let digits = written.bytes().filter(u8::is_ascii_digit).count();
                    match number.to_f64().filter(|_| digits <= DIGITS) {
                        Some(number) => sheet.write_number(row, column, number)?,
                        None => sheet.write_string(row, column, written)?,
                    };
                }
                Cell::Day(text) => {
                    match ExcelDateTime::parse_from_str(text) {
                        Ok(day) => sheet.write_datetime_with_format(row, column, &day, &self.day)?,
                        // Before 1900 there are no days in Excel.
                        Err(_) => sheet.write_string(row, column, text)?,
                    };
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    match text.len() > LONGEST {
        true => text.chars().take(LONGEST).collect(),
        false => text.to_owned(),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Data(format!("a spreadsheet cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::{Limits, SheetKind, read};

    const TEXTS: [&str; 9] = [
        "=1+1", "+86 138", "-x", "@a", "\tb", "＝1", "a,\"b\"", "线\n行", "'quoted",
    ];

    fn written(format: SheetFormat) -> Vec<u8> {
        let mut sheet = SheetWriter::new(format).expect("begins");
        sheet.texts(&TEXTS.map(str::to_owned)).expect("writes");
        let mut begin = sheet.written().expect("writes");
        let number = |text: &str| Cell::Number(text.parse().expect("a number"), text.to_owned());
        let cells = [
            number("-5.50"),
            number("12345678901234567"),
            Cell::Day("2026-11-23".into()),
            Cell::Day("1850-01-01".into()),
        ];
        sheet.row(&cells).expect("writes");
        begin.extend(sheet.finish().expect("ends"));
        begin
    }

    fn read_back(file: &[u8]) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        read(file, SheetKind::of(file), Limits::RECORDS, &mut |(_, cells)| {
            rows.push(cells);
            Ok(())
        })
        .expect("reads");
        rows
    }

    #[test]
    fn no_text_of_an_export_is_a_formula() {
        let file = String::from_utf8(written(SheetFormat::Csv)).expect("UTF-8");
        let text = file.strip_prefix('\u{feff}').expect("a mark");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("reads");
        for cell in &rows[0] {
            assert!(!cell.starts_with(FORMULA), "{cell:?}");
        }
        // A number is one, whatever its sign.
        assert_eq!(&rows[1][0], "-5.50");
    }

    #[test]
    fn what_is_exported_is_read_back() {
        for format in [SheetFormat::Csv, SheetFormat::Xlsx] {
            let rows = read_back(&written(format));
            let texts: Vec<&str> = TEXTS.iter().map(|text| text.trim()).collect();
            let expected: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            // Behind its guard a tab is kept, in a cell of a workbook it is not.
            let first: Vec<String> = rows[0].iter().map(|text| text.trim().to_owned()).collect();
            assert_eq!(first, expected, "{format:?}");
            let number = if format == SheetFormat::Csv { "-5.50" } else { "-5.5" };
            assert_eq!(
                rows[1],
                [number, "12345678901234567", "2026-11-23", "1850-01-01"],
                "{format:?}"
            );
        }
    }
}
