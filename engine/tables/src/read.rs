//! Reading rows: the same questions of a committed view and of a transaction above it.

use std::{fmt, sync::Arc};

use kapok_store::{StoreError, View};

use crate::{Key, codec::CodecError, key::last_number, rows::Row};

/// Rows that could not be read.
#[derive(Debug)]
pub enum TableError {
    /// The store could not read them.
    Store(StoreError),
    /// They are not what they should be.
    Codec {
        /// The key, in hexadecimal.
        key: String,
        /// What is wrong.
        error: CodecError,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Codec { key, error } => write!(f, "the row {key} cannot be read: {error}; run `kapok verify`"),
        }
    }
}

impl std::error::Error for TableError {}

impl From<StoreError> for TableError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A key and its value.
pub type Pair = (Arc<[u8]>, Arc<[u8]>);

/// An index key, and the id at its end.
pub(crate) type Pointer = (Arc<[u8]>, u64);

/// Rows by key, as bytes.
pub trait Read {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError>;
    /// At most `limit` pairs whose keys begin with `prefix`, from behind `after` on.
    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError>;
    /// The same from the end: at most `limit` pairs, the last one before `before` first.
    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError>;
}

impl Read for View {
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        Ok(View::get(self, key)?)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let scan = View::scan(self, prefix);
        let scan = match after {
            Some(after) => scan.after(after),
            None => scan,
        };
        Ok(scan.take(limit).collect::<Result<_, _>>()?)
    }

    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let scan = View::scan(self, prefix).reverse();
        let scan = match before {
            Some(before) => scan.after(before),
            None => scan,
        };
        Ok(scan.take(limit).collect::<Result<_, _>>()?)
    }
}

/// Reads one row.
pub(crate) fn row<R: Row>(read: &dyn Read, id: &R::Id) -> Result<Option<R>, TableError> {
    let key = R::key(id);
    read.get(key.as_bytes())?
        .map(|bytes| decode(key.as_bytes(), &bytes))
        .transpose()
}

/// Decodes the value at a key.
pub(crate) fn decode<R: Row>(key: &[u8], bytes: &[u8]) -> Result<R, TableError> {
    R::from_bytes(bytes).map_err(|error| TableError::Codec {
        key: hexadecimal(key),
        error,
    })
}

/// Reads the rows under a prefix, one page.
pub(crate) fn rows<R: Row>(
    read: &dyn Read,
    prefix: &Key,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<R>, TableError> {
    read.scan(prefix.as_bytes(), after, limit)?
        .iter()
        .map(|(key, value)| decode(key, value))
        .collect()
}

/// Reads the ids at the ends of the index keys under a prefix, with the keys themselves.
pub(crate) fn ids(
    read: &dyn Read,
    prefix: &Key,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<Pointer>, TableError> {
    let pairs = read.scan(prefix.as_bytes(), after, limit)?;
    Ok(pairs
        .into_iter()
        .filter_map(|(key, _)| last_number(&key).map(|id| (key, id)))
        .collect())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
