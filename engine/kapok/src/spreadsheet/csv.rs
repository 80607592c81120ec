//! Text with commas, semicolons or tabs.

use super::{Bounds, encoding, wrong};
use crate::Error;

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(super) fn read(file: &[u8], bounds: &mut Bounds<'_>) -> Result<(), Error> {
    let text = encoding::text(file)?;
    if text.contains('\0') {
        return Err(wrong(
            "这不是文本文件（含有 NUL 字符）。请上传 CSV 或 xlsx 文件。",
            "This is no text file (there are NUL bytes in it). Upload a CSV or xlsx file.",
        ));
    }
    let (delimiter, text) = match named_delimiter(&text) {
        Some((delimiter, rest)) => (delimiter, rest),
        None => (delimiter(&text), text.as_ref()),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut last = (0, 0);
    loop {
        let more = reader.read_record(&mut record).map_err(|error| {
            wrong(
                format!("CSV 文件无法读取：{error}"),
                format!("The CSV file cannot be read: {error}"),
            )
        })?;
        if !more {
            break;
        }
        // It is said to begin where the one before ended: empty lines between them are not its own.
        let line = record.position().map_or(0, |place| {
            let behind = usize::try_from(place.byte())
                .ok()
                .and_then(|from| text.as_bytes().get(from..));
            let blank = behind
                .unwrap_or_default()
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b'\r'));
            place.line() + blank.filter(|byte| **byte == b'\n').count() as u64
        });
        last = (line, reader.position().line());
        if record.len() > bounds.limits.columns
            && record.iter().skip(bounds.limits.columns).any(|cell| !cell.is_empty())
        {
            return Err(bounds.too_wide(line));
        }
        let mut cells = Vec::with_capacity(record.len().min(bounds.limits.columns));
        for cell in record.iter().take(bounds.limits.columns) {
            bounds.refuse_long(line, cell)?;
            cells.push(without_guard(cell.trim()).to_owned());
        }
        bounds.row(line, cells)?;
    }
    // Everything behind a quote that is never closed is one cell: rows would be lost without a word.
    let (begin, end) = last;
    if end > begin + 1 && text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(wrong(
            format!("第 {begin} 行起有一个引号没有成对，请改正。"),
            format!("A quote that begins in row {begin} is never closed; mend it."),
        ));
    }
    Ok(())
}

/// The delimiter that a first line of Excel's names: `sep=;`.
fn named_delimiter(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let named = line.trim_end_matches('\r').strip_prefix("sep=")?;
    match named.as_bytes() {
        [delimiter] if delimiter.is_ascii_punctuation() || *delimiter == b'\t' => Some((*delimiter, rest)),
        _ => None,
    }
}

/// The sign that stands most often in the first line, outside quotes.
fn delimiter(text: &str) -> u8 {
    let (mut counts, mut quoted) = ([0_usize; DELIMITERS.len()], false);
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                if let Some(index) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
                    counts[index] += 1;
                }
            }
            _ => {}
        }
    }
    let mut best = 0;
    for (index, count) in counts.iter().enumerate() {
        if *count > counts[best] {
            best = index;
        }
    }
    DELIMITERS[best]
}

/// A cell without the apostrophe that an export puts before what a spreadsheet would take for a formula.
fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}
