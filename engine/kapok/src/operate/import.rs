//! The way back from an export: an empty folder, every row read before it is believed, index rows made anew.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kapok_protocol::{Text, Timestamp};
use kapok_store::{Batch, Store};
use kapok_tables::{
    Pair, Read, TableError, Transaction,
    verify::{Kind, Report, can_copy, copy},
};

use super::{
    attachments,
    export::{FORMAT, Foot, Head, Line, VERSION, part_of},
    rows,
    text::{error_text, io_text, store_text},
};

/// So many bytes are committed at once.
const BATCH: usize = 8 << 20;

/// What was imported.
#[derive(Debug, Clone)]
pub struct Imported {
    /// How many rows, not counting index rows.
    pub rows: u64,
    /// What the check of all rows found afterwards.
    pub report: Report,
}

/// Makes a data folder, which must not be there yet or be empty, from an export. The whole file is checked before anything
/// is written.
///
/// # Errors
/// Why not.
pub fn import(file: &Path, folder: &Path, now: Timestamp) -> Result<Imported, Text> {
    super::require_empty(folder)?;
    // Under another name until it is whole, so that nobody serves half of it.
    let part = part_of(folder);
    super::require_empty(&part)?;
    let rows = read(file, &mut |key, value| can_copy(key, value))?;
    fs::create_dir_all(&part).map_err(|error| io_text(&part, &error))?;
    let filled = Store::open(&part).map_err(store_text).and_then(|store| {
        fill(&store, file, now)?;
        attachments::copy(&attachments::beside(file), &attachments::of(&part))?;
        let mut report = rows::check(&store.view()).map_err(|error| error_text(&error))?;
        attachments::check(&store.view(), &part, false, &mut report)?;
        Ok(report)
    });
    let report = filled.inspect_err(|_| {
        // Nothing was in it before; that it cannot be made has been said.
        let _ = fs::remove_dir_all(&part);
    })?;
    fs::rename(&part, folder).map_err(|error| io_text(folder, &error))?;
    Ok(Imported { rows, report })
}

/// A store in which nothing is.
struct Nothing;

impl Read for Nothing {
    fn get(&self, _: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        Ok(None)
    }

    fn scan(&self, _: &[u8], _: Option<&[u8]>, _: usize) -> Result<Vec<Pair>, TableError> {
        Ok(Vec::new())
    }

    fn scan_back(&self, _: &[u8], _: Option<&[u8]>, _: usize) -> Result<Vec<Pair>, TableError> {
        Ok(Vec::new())
    }
}

/// Writes the rows of an export to an empty store.
pub(super) fn fill(store: &Store, file: &Path, now: Timestamp) -> Result<u64, Text> {
    let commit = |tx: Transaction<'_>| {
        let batch = Batch::from(tx.into_writes());
        store.commit(batch, now.millis()).map(drop).map_err(store_text)
    };
    let mut tx = Transaction::new(&Nothing);
    let mut size = 0;
    let rows = read(file, &mut |key, value| {
        copy(&mut tx, key, value)?;
        size += key.len() + value.len();
        if size < BATCH {
            return Ok(());
        }
        size = 0;
        commit(std::mem::replace(&mut tx, Transaction::new(&Nothing)))
    })?;
    commit(tx)?;
    Ok(rows)
}

type Each<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<(), Text>;

/// Reads an export to its end, and says how many rows are in it.
fn read(path: &Path, each: Each<'_>) -> Result<u64, Text> {
    let file = File::open(path).map_err(|error| io_text(path, &error))?;
    let mut reader = Reader {
        lines: BufReader::new(file),
        path,
        number: 0,
        hash: blake3::Hasher::new(),
        line: Vec::new(),
    };
    reader.head()?;
    let mut last: Option<Vec<u8>> = None;
    let mut rows = 0;
    loop {
        let before = reader.hash.clone();
        if !reader.next()? {
            return Err(reader.wrong(
                "文件在此中断，后面的内容丢失",
                "the file ends here, and the rest is missing",
            ));
        }
        let Ok(line) = serde_json::from_slice::<Line>(&reader.line) else {
            reader.foot(rows, &before)?;
            return Ok(rows);
        };
        let (key, value) = reader.row(&line)?;
        if last.as_ref().is_some_and(|last| *last >= key) {
            return Err(reader.wrong("这一行的次序不对", "this row is out of order"));
        }
        each(&key, &value).map_err(|text| reader.wrong(&text.zh, &text.en))?;
        rows += 1;
        last = Some(key);
    }
}

struct Reader<'a> {
    lines: BufReader<File>,
    path: &'a Path,
    number: u64,
    /// Of all lines so far.
    hash: blake3::Hasher,
    line: Vec<u8>,
}

impl Reader<'_> {
    /// Reads the next line; whether there is one that is whole.
    fn next(&mut self) -> Result<bool, Text> {
        self.line.clear();
        self.number += 1;
        let read = self.lines.read_until(b'\n', &mut self.line);
        read.map_err(|error| io_text(self.path, &error))?;
        self.hash.update(&self.line);
        Ok(self.line.ends_with(b"\n"))
    }

    fn head(&mut self) -> Result<(), Text> {
        self.next()?;
        let head = serde_json::from_slice::<Head>(&self.line).ok();
        match head.filter(|head| head.format == FORMAT) {
            Some(head) if head.version > VERSION => Err(self.wrong(
                "导出文件来自较新的版本，请使用新版程序导入",
                "it was exported by a newer version: import it with that one",
            )),
            Some(_) => Ok(()),
            None => Err(self.wrong(
                "这不是 kapok export 写出的文件",
                "this is no file that `kapok export` wrote",
            )),
        }
    }

    fn row(&self, line: &Line) -> Result<(Vec<u8>, Vec<u8>), Text> {
        let kind = Kind::named(&line.kind);
        let (key, value) = (unhex(&line.key), STANDARD.decode(&line.value).ok());
        match (kind, key, value) {
            (Some(kind), Some(key), Some(value)) => Ok((kind.key(&key), value)),
            (None, ..) => Err(self.wrong(
                &format!("没有名为“{}”的行", line.kind),
                &format!("there is no kind of row “{}”", line.kind),
            )),
            _ => Err(self.wrong("键或值无法读取", "its key or value cannot be read")),
        }
    }

    /// The last line, and nothing behind it; `hash` is that of the lines before.
    fn foot(&mut self, rows: u64, hash: &blake3::Hasher) -> Result<(), Text> {
        let foot = serde_json::from_slice::<Foot>(&self.line).ok();
        let Some(foot) = foot else {
            return Err(self.wrong("这一行无法读取", "this line cannot be read"));
        };
        if foot.rows != rows || foot.blake3 != hash.finalize().to_hex().as_str() {
            return Err(self.wrong(
                "行数或校验值不符，文件被改动或缺少内容",
                "the number of rows or the hash is another: the file was changed, or something is missing",
            ));
        }
        self.next()?;
        if self.line.is_empty() {
            Ok(())
        } else {
            Err(self.wrong("结尾之后还有内容", "something follows behind the end"))
        }
    }

    fn wrong(&self, zh: &str, en: &str) -> Text {
        let (file, line) = (self.path.display(), self.number);
        let (zh, en) = (zh.trim_end_matches('。'), en.trim_end_matches('.'));
        Text::new(
            format!("{file} 第 {line} 行：{zh}。没有导入任何内容。"),
            format!("{file}, line {line}: {en}. Nothing was imported."),
        )
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let pairs = digits.chunks_exact(2);
    Some(
        pairs
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}
