//! Rows on their way from one store to another, as they are.

use kapok_protocol::Text;

use super::Kind;
use crate::Transaction;

impl Kind {
    /// The key of a row of this kind, from what lies behind the first byte.
    pub fn key(&self, rest: &[u8]) -> Vec<u8> {
        let mut key = vec![self.prefix as u8];
        key.extend_from_slice(rest);
        key
    }
}

/// Writes a row byte for byte as it is elsewhere, and its index rows anew. One that cannot be read, and one that follows
/// from others, is refused.
///
/// # Errors
/// Why it is refused.
pub fn copy(tx: &mut Transaction<'_>, key: &[u8], value: &[u8]) -> Result<(), Text> {
    for index in indexes(key, value)? {
        tx.write(index, Vec::new());
    }
    tx.write(key, value.to_vec());
    Ok(())
}

/// Whether [`copy`] would take a row.
///
/// # Errors
/// Why not.
pub fn can_copy(key: &[u8], value: &[u8]) -> Result<(), Text> {
    indexes(key, value).map(drop)
}

fn indexes(key: &[u8], value: &[u8]) -> Result<Vec<Vec<u8>>, Text> {
    match Kind::of(key) {
        Some(kind) if !kind.is_index() => Ok(kind.read(key, value)?.indexes),
        Some(_) => Err(Text::new(
            "这是索引行，由其他行生成，不能单独写入。",
            "This is an index row: it follows from others and is not written alone.",
        )),
        None => Err(Text::new(
            "没有这种行。它可能来自较新的版本。",
            "There is no such kind of row. It may come from a newer version.",
        )),
    }
}
