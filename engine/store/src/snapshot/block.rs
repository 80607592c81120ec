//! Rows in blocks: compressed and checked together.

use crate::compression::{self, Compressor};
use crate::header::array;
use crate::journal::record::MAX_PAYLOAD;

/// A block is closed before a row would make it longer than this; a longer row is a block of its own.
pub(super) const BLOCK: usize = 64 << 10;
/// Bytes before what is stored: its length, and the length of the rows.
pub(super) const HEAD: usize = 4 + 4;
pub(super) const CHECKSUM: usize = 4;
/// No block has more, for a row lies in one record.
const LONGEST: usize = MAX_PAYLOAD;

/// Appends the block of these rows, which are not empty, to `out`.
pub(super) fn encode(rows: &[u8], compressor: &mut Compressor, out: &mut Vec<u8>) {
    let start = out.len();
    // Equal lengths mean that the rows are stored as they are.
    let stored = compressor.compress(rows, rows.len() - 1).unwrap_or(rows);
    out.extend_from_slice(&(stored.len() as u32).to_be_bytes());
    out.extend_from_slice(&(rows.len() as u32).to_be_bytes());
    out.extend_from_slice(stored);
    let checksum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&checksum.to_be_bytes());
}

/// The lengths that a block begins with: of what is stored, and of the rows. A stored length of 0 is no block.
pub(super) fn lengths(head: &[u8; HEAD]) -> Result<(usize, usize), String> {
    let stored = u32::from_be_bytes(array(head)) as usize;
    let rows = u32::from_be_bytes(array(&head[4..])) as usize;
    if rows > LONGEST || stored > rows {
        return Err(format!("the block claims {rows} bytes in {stored}"));
    }
    Ok((stored, rows))
}

/// The rows of a whole block.
pub(super) fn decode(block: Vec<u8>, rows: usize) -> Result<Vec<u8>, String> {
    let (body, checksum) = block.split_at(block.len() - CHECKSUM);
    if crc32fast::hash(body).to_be_bytes() != checksum {
        return Err("the checksum of the block does not match".into());
    }
    let stored = &body[HEAD..];
    if stored.len() == rows {
        Ok(stored.to_vec())
    } else {
        compression::decompress(stored, rows)
    }
}
