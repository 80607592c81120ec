//! The first 72 bytes of segments and snapshots, which are alike. `FORMAT.md` has the table.

use crate::Seq;

/// A BLAKE3 hash.
pub(crate) type Hash = [u8; 32];

/// Chosen at random when a data folder is made; every file in it bears it, so that files of two folders cannot be mixed.
pub(crate) type FolderId = [u8; 16];

/// The length of a header in bytes.
pub(crate) const HEADER: usize = 8 + 4 + 16 + 8 + 32 + 4;

/// What a file is, as its header says.
pub(crate) struct Kind {
    pub magic: [u8; 8],
    pub format: u32,
    /// For messages.
    pub name: &'static str,
}

/// A place in the chain of records: whatever follows has the next number and names this hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    pub folder: FolderId,
    /// The number of the record; 0 is before the first.
    pub seq: Seq,
    /// Its hash; that of the folder's id for number 0.
    pub hash: Hash,
}

/// Why there is no header.
pub(crate) enum HeaderFault {
    Damaged(String),
    /// A format that only a newer version knows.
    Newer(u32),
}

impl Kind {
    /// The header of a file with a number and a hash.
    pub(crate) fn encode(&self, folder: &FolderId, seq: Seq, hash: &Hash) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(&self.magic);
        bytes.extend_from_slice(&self.format.to_be_bytes());
        bytes.extend_from_slice(folder);
        bytes.extend_from_slice(&seq.to_be_bytes());
        bytes.extend_from_slice(hash);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
        bytes
    }

    /// The id of the folder, the number, and the hash.
    pub(crate) fn decode(&self, bytes: &[u8; HEADER]) -> Result<(FolderId, Seq, Hash), HeaderFault> {
        let (body, checksum) = bytes.split_at(HEADER - 4);
        if body[..8] != self.magic {
            return Err(HeaderFault::Damaged(format!("this is not a {}", self.name)));
        }
        if crc32fast::hash(body).to_be_bytes() != checksum {
            return Err(HeaderFault::Damaged("the checksum of the header does not match".into()));
        }
        let format = u32::from_be_bytes(array(&body[8..]));
        if format != self.format {
            return Err(HeaderFault::Newer(format));
        }
        let seq = Seq::from_be_bytes(array(&body[28..]));
        Ok((array(&body[12..]), seq, array(&body[36..])))
    }
}

/// What the first record names in place of a record before it.
pub(crate) fn genesis(folder: &FolderId) -> Hash {
    *blake3::hash(folder).as_bytes()
}

/// The first `N` bytes; the caller has checked that they are there.
pub(crate) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}
