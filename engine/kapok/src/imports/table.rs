//! The rows of an import as they lie on the disk: read from any place on, without looking at what comes before.
//!
//! A row is its number (8 bytes), how many cells it has (2), and each cell's length (4) and text. The first row has the
//! headings.

use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

use super::refused;
use crate::{
    Error, StoredContent,
    files::{FileStore, Incoming},
    spreadsheet::{self, Limits, Line, SheetKind},
};

/// So much is written at once.
const CHUNK: usize = 256 << 10;
/// What a length in a table cannot be more than.
const LONGEST: usize = 1 << 20;

/// What a file turned out to be.
pub(crate) struct Written {
    pub(crate) table: Incoming,
    pub(crate) headings: Vec<String>,
    pub(crate) rows: u64,
}

/// Makes a table of a file.
pub(crate) fn write(store: &FileStore, file: &[u8]) -> Result<Written, Error> {
    let mut table = store.begin()?;
    let (mut headings, mut rows, mut buffer) = (None, 0_u64, Vec::with_capacity(CHUNK));
    spreadsheet::read(file, SheetKind::of(file), Limits::RECORDS, &mut |(number, cells)| {
        append(&mut buffer, number, &cells);
        if buffer.len() >= CHUNK {
            table.write(&buffer)?;
            buffer.clear();
        }
        match headings {
            None => headings = Some(cells),
            Some(_) => rows += 1,
        }
        Ok(())
    })?;
    table.write(&buffer)?;
    if rows == 0 {
        return Err(refused(
            "import.empty",
            "文件里只有标题行，没有数据。",
            "There is nothing in the file but its headings.",
        )
        .into());
    }
    Ok(Written {
        table,
        headings: headings.unwrap_or_default(),
        rows,
    })
}

fn append(buffer: &mut Vec<u8>, number: u64, cells: &[String]) {
    let count = u16::try_from(cells.len()).unwrap_or(u16::MAX);
    buffer.extend_from_slice(&number.to_le_bytes());
    buffer.extend_from_slice(&count.to_le_bytes());
    for cell in cells.iter().take(count.into()) {
        let length = u32::try_from(cell.len()).unwrap_or(u32::MAX);
        buffer.extend_from_slice(&length.to_le_bytes());
        buffer.extend_from_slice(cell.as_bytes());
    }
}

/// Reads the rows of a table.
pub(crate) struct TableReader {
    content: BufReader<StoredContent>,
    position: u64,
    /// A row that was looked at before its turn, and where it ends.
    ahead: Option<(Line, u64)>,
}

impl TableReader {
    /// From a place on; from the first row below the headings when that is 0.
    pub(crate) fn open(store: &FileStore, table: &str, position: u64) -> Result<Self, Error> {
        let mut content = store.open(table)?.ok_or_else(|| {
            refused(
                "import.file-gone",
                "上传的文件已被清理，请重新上传。",
                "The file was cleared away meanwhile; upload it again.",
            )
        })?;
        content
            .seek(SeekFrom::Start(position))
            .map_err(|error| broken(&error))?;
        let mut reader = Self {
            content: BufReader::with_capacity(CHUNK, content),
            position,
            ahead: None,
        };
        if position == 0 {
            reader.next()?;
        }
        Ok(reader)
    }

    /// Where the next row begins.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Whether there is no further row.
    pub(crate) fn is_at_end(&mut self) -> Result<bool, Error> {
        use std::io::BufRead;
        if self.ahead.is_some() {
            return Ok(false);
        }
        Ok(self.content.fill_buf().map_err(|error| broken(&error))?.is_empty())
    }

    /// The next row, which stays the next one.
    pub(crate) fn peek(&mut self) -> Result<Option<&Line>, Error> {
        if self.ahead.is_none() {
            self.ahead = self.read()?;
        }
        Ok(self.ahead.as_ref().map(|(line, _)| line))
    }

    /// The next row; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Error> {
        let next = match self.ahead.take() {
            None => self.read()?,
            ahead => ahead,
        };
        Ok(next.map(|(line, end)| {
            self.position = end;
            line
        }))
    }

    /// Reads a row, and says where it ends.
    fn read(&mut self) -> Result<Option<(Line, u64)>, Error> {
        let mut head = [0; 10];
        match self.content.read_exact(&mut head) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read.map_err(|error| broken(&error))?,
        }
        let (number, count) = head.split_at(8);
        let number = u64::from_le_bytes(number.try_into().unwrap_or_default());
        let count = u16::from_le_bytes(count.try_into().unwrap_or_default());
        let mut read = head.len() as u64;
        let mut cells = Vec::with_capacity(count.into());
        for _ in 0..count {
            let mut length = [0; 4];
            self.content.read_exact(&mut length).map_err(|error| broken(&error))?;
            let length = u32::from_le_bytes(length) as usize;
            if length > LONGEST {
                return Err(broken(&"a cell is too long"));
            }
            let mut cell = vec![0; length];
            self.content.read_exact(&mut cell).map_err(|error| broken(&error))?;
            read += 4 + length as u64;
            cells.push(String::from_utf8(cell).map_err(|error| broken(&error))?);
        }
        Ok(Some(((number, cells), self.position + read)))
    }

    /// The next rows, at most so many.
    pub(crate) fn take(&mut self, most: usize) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::with_capacity(most);
        while lines.len() < most
            && let Some(line) = self.next()?
        {
            lines.push(line);
        }
        Ok(lines)
    }
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Data(format!("the table of an import cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_from_any_row_on() {
        let store = FileStore::new(None);
        let written = write(&store, "名称,备注\n甲,\"a,b\"\n\n乙\n丙,c\n".as_bytes()).expect("writes");
        assert_eq!(
            (written.headings.as_slice(), written.rows),
            (&["名称".to_owned(), "备注".to_owned()][..], 3)
        );
        let whole = written.table.finish().expect("finishes");
        let hash = whole.hash.clone();
        store.keep(whole).expect("keeps");
        let mut reader = TableReader::open(&store, &hash, 0).expect("opens");
        let mut places = Vec::new();
        let mut rows = Vec::new();
        loop {
            places.push(reader.position());
            let ahead = reader.peek().expect("reads").cloned();
            assert_eq!(reader.is_at_end().expect("reads"), ahead.is_none());
            let Some(row) = reader.next().expect("reads") else {
                break;
            };
            assert_eq!(ahead.as_ref(), Some(&row));
            rows.push(row);
        }
        assert_eq!(
            rows,
            [
                (2, vec!["甲".to_owned(), "a,b".to_owned()]),
                (4, vec!["乙".to_owned()]),
                (5, vec!["丙".to_owned(), "c".to_owned()])
            ]
        );
        for (index, place) in places.iter().enumerate() {
            let rest = TableReader::open(&store, &hash, *place)
                .expect("opens")
                .take(9)
                .expect("reads");
            assert_eq!(rest, rows[index..], "from {place}");
        }
    }

    #[test]
    fn headings_alone_are_no_import() {
        let refused = write(&FileStore::new(None), b"name,note\n").err().expect("refused");
        assert_eq!(refused.refusal().expect("a refusal").code, "import.empty");
    }
}
