//! Blocks of LZ4: cheap enough to be made between a command and its answer.

use lz4_flex::block::{self, CompressTable};

/// Compresses, with tables and room that are used again.
pub(crate) struct Compressor {
    /// For what is shorter than 64 KiB. Two tables, so that the outcome depends on the input alone.
    small: CompressTable,
    large: CompressTable,
    output: Vec<u8>,
}

/// From this length on the small table cannot be used.
const LARGE: usize = u16::MAX as usize;

impl Compressor {
    pub(crate) fn new() -> Self {
        Self {
            small: CompressTable::small(),
            large: CompressTable::large(),
            output: Vec::new(),
        }
    }

    /// The bytes as an LZ4 block, if that has at most `limit` bytes.
    pub(crate) fn compress(&mut self, bytes: &[u8], limit: usize) -> Option<&[u8]> {
        let room = block::get_maximum_output_size(bytes.len());
        if self.output.len() < room {
            self.output.resize(room, 0);
        }
        let table = if bytes.len() < LARGE {
            &mut self.small
        } else {
            &mut self.large
        };
        let length = block::compress_into_with_table(bytes, &mut self.output, table).ok()?;
        self.output.get(..length).filter(|block| block.len() <= limit)
    }
}

/// The bytes behind an LZ4 block; there must be exactly `length`.
pub(crate) fn decompress(block: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; length];
    match block::decompress_into(block, &mut bytes) {
        Ok(found) if found == length => Ok(bytes),
        Ok(found) => Err(format!("{length} bytes were compressed, {found} come back")),
        Err(error) => Err(format!("what was compressed does not come back: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_comes_back_whatever_came_before() {
        let mut used = Compressor::new();
        for length in [0, 1, 13, 100, 65_534, 65_535, 65_536, 300_000, 64] {
            let bytes: Vec<u8> = (0..length).map(|at| (at / 7 % 50) as u8).collect();
            let block = used.compress(&bytes, usize::MAX).expect("no limit").to_vec();
            assert_eq!(decompress(&block, length).expect("whole"), bytes);
            assert!(decompress(&block, length + 1).is_err(), "{length}");
            let mut new = Compressor::new();
            assert_eq!(new.compress(&bytes, usize::MAX), Some(&block[..]));
            assert_eq!(new.compress(&bytes, block.len() - 1), None);
        }
    }

    #[test]
    fn a_length_that_is_too_small_is_no_panic() {
        let mut compressor = Compressor::new();
        let bytes: Vec<u8> = (0..1000).map(|at| (at / 7 % 50) as u8).collect();
        let block = compressor.compress(&bytes, usize::MAX).expect("no limit").to_vec();
        for length in 0..1000 {
            assert!(decompress(&block, length).is_err(), "{length}");
        }
    }
}
