//! Stored files. Their content lies beside the rows, under its hash.

use kapok_protocol::{PersonId, Timestamp};

use super::Row;
use crate::{Key, Prefix, codec::fields};

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The SHA-256 of its content, in hexadecimal.
    pub hash: String,
    /// How many bytes.
    pub size: u64,
    /// What it is, as its content says.
    pub media_type: String,
    /// When it was last brought in.
    pub added_at: Timestamp,
    /// Who brought it in: only they may name it in a record.
    pub added_by: Vec<PersonId>,
}

fields!(StoredFile { 0 => hash, 1 => size, 2 => media_type, 3 => added_at, 4 => added_by });

impl Row for StoredFile {
    type Id = String;
    fn key(hash: &String) -> Key {
        Key::new(Prefix::StoredFile).text(hash)
    }
    fn id(&self) -> String {
        self.hash.clone()
    }
}

/// The key of a stored file's row.
pub(crate) fn file_of(hash: &str) -> Key {
    StoredFile::key(&hash.to_owned())
}
