//! Workbooks of Excel, cell by cell.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use rust_decimal::{Decimal, prelude::FromPrimitive};

use super::{Bounds, archive, wrong};
use crate::Error;

pub(super) fn read(file: &[u8], bounds: &mut Bounds<'_>) -> Result<(), Error> {
    archive::refuse_bomb(file, bounds.limits.unfolded)?;
    // Its reader is somebody else's, and the file may be made to break it.
    catch_unwind(AssertUnwindSafe(|| cells(file, bounds))).unwrap_or_else(|_| Err(failed(&"?")))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    wrong(
        format!("Excel 文件无法读取：{error}"),
        format!("The workbook cannot be read: {error}"),
    )
}

fn cells(file: &[u8], bounds: &mut Bounds<'_>) -> Result<(), Error> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| failed(&error))?;
    let Some(name) = workbook.sheet_names().into_iter().next() else {
        return Err(wrong("Excel 文件里没有工作表。", "There is no sheet in the workbook."));
    };
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(|error| failed(&error))?;
    let (mut row, mut line): (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(|error| failed(&error))? {
        let (at, column) = cell.get_position();
        if at < row {
            return Err(wrong(
                "Excel 文件的行不按顺序，无法读取。请在 Excel 中打开并重新保存。",
                "The rows of the workbook are not in order. Open it in Excel and save it again.",
            ));
        }
        if at > row {
            bounds.row(u64::from(row) + 1, std::mem::take(&mut line))?;
            row = at;
        }
        let text = text_of(cell.get_value());
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let number = u64::from(at) + 1;
        bounds.refuse_long(number, text)?;
        let column = column as usize;
        if column >= bounds.limits.columns {
            return Err(bounds.too_wide(number));
        }
        if line.len() <= column {
            line.resize(column + 1, String::new());
        }
        text.clone_into(&mut line[column]);
    }
    bounds.row(u64::from(row) + 1, line)
}

/// A cell as one would write it: a whole number without a point, a day as a date.
fn text_of(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Float(number) => number_of(*number),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
    }
}

/// Fifteen digits count, as in Excel: what a sum of binary fractions has beyond is nothing that anybody wrote.
fn number_of(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    match Decimal::from_f64(number) {
        Some(decimal) => decimal.normalize().to_string(),
        None => number.to_string(),
    }
}

fn moment_of(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (moment.as_f64() < 1.0, hour + minute + second == 0) {
        // A time of day stands before the first day there is.
        (true, _) => time,
        (false, true) => date,
        (false, false) => format!("{date} {time}"),
    }
}
