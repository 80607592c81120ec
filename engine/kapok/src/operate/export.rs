//! All rows as text, independent of how they are stored.
//!
//! A line of JSON each: first what the file is, then one line for each row that is no index row, in the order of their
//! keys, and at the end the number of rows and the BLAKE3 hash of all lines before, so that a file that was cut or changed
//! is noticed. The key is what lies behind the byte that says the kind, in hexadecimal; the value is in base64.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kapok_protocol::{Text, Timestamp};
use kapok_store::{Seq, Store, View};
use kapok_tables::verify::Kind;
use serde::{Deserialize, Serialize};

use super::{
    attachments, format,
    text::{error_text, io_text, store_text},
};

/// What the first line says it is.
pub(super) const FORMAT: &str = "kapok-export";
/// The version of the file's form.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) format: String,
    pub(super) version: u32,
    /// When it was made.
    pub(super) at: Timestamp,
    /// The number of the last commit in it.
    pub(super) seq: Seq,
}

/// A row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) kind: String,
    pub(super) key: String,
    pub(super) value: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Foot {
    pub(super) rows: u64,
    pub(super) blake3: String,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The number of the last commit in it.
    pub seq: Seq,
    /// How many rows, not counting index rows.
    pub rows: u64,
    /// The BLAKE3 hash of the lines, as the last line has it.
    pub blake3: String,
}

/// Writes all rows of a data folder to a file, which must not be there yet, and attached files to a folder beside it,
/// which has the same name and `.files`. Takes the folder's lock.
///
/// # Errors
/// Why not.
pub fn export(folder: &Path, to: &Path, now: Timestamp) -> Result<Exported, Text> {
    if to.exists() {
        let file = to.display();
        return Err(Text::new(
            format!("文件 {file} 已存在，请换一个名字。"),
            format!("The file {file} is there already: choose another name."),
        ));
    }
    super::require_data(folder)?;
    let store = Store::open(folder).map_err(store_text)?;
    format::require_known(&store.view()).map_err(|error| error_text(&error))?;
    // Under another name until it is whole.
    let part = part_of(to);
    let told = |error: io::Error| io_text(&part, &error);
    let file = File::create(&part).map_err(told)?;
    let mut out = BufWriter::new(file);
    let written = write(&store.view(), now, &mut out);
    let exported = match written {
        Ok(exported) => exported,
        Err(error) => {
            drop(out);
            // What is half of an export is of no use; that it cannot be written has been said.
            let _ = fs::remove_file(&part);
            return Err(error.in_words(&part));
        }
    };
    attachments::copy(&attachments::of(folder), &attachments::beside(to))?;
    let file = out.into_inner().map_err(|error| told(error.into_error()))?;
    file.sync_all().map_err(told)?;
    fs::rename(&part, to).map_err(told)?;
    Ok(exported)
}

/// The name of what is not whole yet.
pub(super) fn part_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

/// Why writing ended.
pub(super) enum Failed {
    Io(io::Error),
    Words(Text),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Failed {
    fn in_words(self, file: &Path) -> Text {
        match self {
            Self::Io(error) => io_text(file, &error),
            Self::Words(text) => text,
        }
    }
}

/// Writes all rows of a view.
pub(super) fn write(view: &View, now: Timestamp, out: &mut dyn Write) -> Result<Exported, Failed> {
    let mut out = Lines {
        out,
        hash: blake3::Hasher::new(),
    };
    let (mut rows, seq) = (0, view.seq());
    out.line(&Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        at: now,
        seq,
    })?;
    for row in view.scan(&[]) {
        let (key, value) = row.map_err(|error| Failed::Words(store_text(error)))?;
        let Some(kind) = Kind::of(&key) else {
            return Err(Failed::Words(unknown_kind(&key)));
        };
        if kind.is_index() {
            continue;
        }
        rows += 1;
        out.line(&Line {
            kind: kind.name.to_owned(),
            key: hex(key.get(1..).unwrap_or_default()),
            value: STANDARD.encode(&value),
        })?;
    }
    let blake3 = out.hash.finalize().to_hex().to_string();
    out.line(&Foot {
        rows,
        blake3: blake3.clone(),
    })?;
    Ok(Exported { seq, rows, blake3 })
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: blake3::Hasher,
}

impl Lines<'_> {
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.hash.update(&line);
        self.out.write_all(&line)
    }
}

fn unknown_kind(key: &[u8]) -> Text {
    let key = hex(key);
    Text::new(
        format!("数据中有本程序不认识的行 {key}，请先运行 kapok verify。"),
        format!("There is a row {key} that this program does not know: run `kapok verify` first."),
    )
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
