//! One number for all rows, so that two stores can be compared without carrying rows.

use crate::changes::encode_length;

/// The hash of a sequence of rows: BLAKE3 over each row's length of key, key, length of value, value. `FORMAT.md` says more.
pub(crate) struct StateHash(blake3::Hasher);

impl StateHash {
    pub(crate) fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    /// Adds a row; rows come in ascending order of their keys.
    pub(crate) fn add(&mut self, key: &[u8], value: &[u8]) {
        for bytes in [key, value] {
            let (length, count) = encode_length(bytes.len());
            self.0.update(&length[..count]);
            self.0.update(bytes);
        }
    }

    pub(crate) fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}
