//! One record: the bytes of a commit. `FORMAT.md` has the table.

use crate::compression::{self, Compressor};
use crate::header::{Hash, array};
use crate::{Batch, Seq, StoreError, changes};

/// Bytes before the payload: length, sequence number, time, hash of the record before.
const HEAD: usize = 4 + 8 + 8 + 32;
const CHECKSUM: usize = 4;
/// The shortest record there can be: its payload is one byte, the encoding.
const SHORTEST: usize = HEAD + 1 + CHECKSUM;

/// Payload encoding: the changes follow.
const PLAIN: u8 = 1;
/// Payload encoding: the length of the changes follows (4 bytes), then an LZ4 block of them.
const COMPRESSED: u8 = 2;

/// The longest payload, so that a damaged length is never taken for memory to allocate.
pub const MAX_PAYLOAD: usize = 256 << 20;
/// The longest key: the state store is made for keys that are much shorter than a page.
pub const MAX_KEY: usize = 4096;

/// One commit, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the journal: 1, 2, 3 …
    pub seq: Seq,
    /// The wall clock its writer gave, in milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The changes.
    pub batch: Batch,
}

/// A record with what the chain needs.
pub(crate) struct Read {
    pub record: Record,
    pub previous: Hash,
    pub hash: Hash,
    /// The offset just behind it.
    pub end: usize,
}

/// Why the bytes at a place are no record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub reason: String,
    /// The checksum does not hold, as after an interrupted write. Otherwise the bytes are as they were written, but
    /// this version cannot read them.
    pub torn: bool,
}

/// Whether a batch keeps the limits of the format.
pub(crate) fn check(batch: &Batch) -> Result<(), StoreError> {
    let mut payload = 1;
    for (key, value) in batch.iter() {
        if key.len() > MAX_KEY {
            return Err(StoreError::TooLarge {
                what: "a key",
                size: key.len(),
                limit: MAX_KEY,
            });
        }
        payload += changes::OVERHEAD + key.len() + value.map_or(0, <[u8]>::len);
    }
    if payload > MAX_PAYLOAD {
        return Err(StoreError::TooLarge {
            what: "a batch",
            size: payload,
            limit: MAX_PAYLOAD,
        });
    }
    Ok(())
}

/// Appends the bytes of a record to `out` and returns its hash. The batch keeps the limits.
pub(crate) fn encode(
    seq: Seq,
    time_ms: i64,
    previous: &Hash,
    batch: &Batch,
    compressor: &mut Compressor,
    out: &mut Vec<u8>,
) -> Hash {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&seq.to_be_bytes());
    out.extend_from_slice(&time_ms.to_be_bytes());
    out.extend_from_slice(previous);
    encode_payload(batch, compressor, out);
    let payload = (out.len() - start - HEAD) as u32;
    out[start..start + 4].copy_from_slice(&payload.to_be_bytes());
    let hash = *blake3::hash(&out[start..]).as_bytes();
    let checksum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&checksum.to_be_bytes());
    hash
}

/// Appends the changes, compressed if that is shorter.
fn encode_payload(batch: &Batch, compressor: &mut Compressor, out: &mut Vec<u8>) {
    let start = out.len();
    out.push(PLAIN);
    for (key, value) in batch.iter() {
        changes::encode(key, value, out);
    }
    let length = out.len() - start - 1;
    // The raw length takes four bytes more than the plain encoding.
    if let Some(block) = compressor.compress(&out[start + 1..], length.saturating_sub(5)) {
        out.truncate(start);
        out.push(COMPRESSED);
        out.extend_from_slice(&(length as u32).to_be_bytes());
        out.extend_from_slice(block);
    }
}

/// Reads the record that begins at `offset`, or says why there is none.
pub(crate) fn decode(bytes: &[u8], offset: usize) -> Result<Read, Fault> {
    let end = checked_end(bytes, offset).map_err(|reason| Fault { reason, torn: true })?;
    let body = &bytes[offset..end - CHECKSUM];
    let batch = decode_payload(&body[HEAD..]).map_err(|reason| Fault { reason, torn: false })?;
    Ok(Read {
        record: Record {
            seq: u64::from_be_bytes(array(&body[4..])),
            time_ms: i64::from_be_bytes(array(&body[12..])),
            batch,
        },
        previous: array(&body[20..]),
        hash: *blake3::hash(body).as_bytes(),
        end,
    })
}

/// The offset of the first whole record behind `offset` whose number is not below `seq`.
///
/// Looked for byte by byte, because a damaged length hides where the next record begins; comparing the
/// number first keeps that cheap.
pub(crate) fn find_after(bytes: &[u8], offset: usize, seq: Seq) -> Option<usize> {
    let room = bytes.len().saturating_sub(offset);
    let numbers = seq..=seq.saturating_add((room / SHORTEST) as u64);
    (offset + 1..bytes.len().saturating_sub(SHORTEST - 1))
        .find(|&at| numbers.contains(&u64::from_be_bytes(array(&bytes[at + 4..]))) && checked_end(bytes, at).is_ok())
}

fn checked_end(bytes: &[u8], offset: usize) -> Result<usize, String> {
    let rest = &bytes[offset..];
    if rest.len() < SHORTEST {
        return Err(format!("{} bytes are too few for a record", rest.len()));
    }
    let payload = u32::from_be_bytes(array(rest)) as usize;
    let whole = HEAD + payload + CHECKSUM;
    if payload == 0 || payload > MAX_PAYLOAD || whole > rest.len() {
        return Err(format!(
            "the record claims a payload of {payload} bytes, {} are left in the file",
            rest.len()
        ));
    }
    let stored = u32::from_be_bytes(array(&rest[whole - CHECKSUM..]));
    if crc32fast::hash(&rest[..whole - CHECKSUM]) != stored {
        return Err("the checksum does not match".into());
    }
    Ok(offset + whole)
}

fn decode_payload(payload: &[u8]) -> Result<Batch, String> {
    let (&encoding, rest) = payload.split_first().ok_or("the payload is empty")?;
    match encoding {
        PLAIN => decode_changes(rest),
        COMPRESSED => {
            let (length, block) = rest
                .split_at_checked(4)
                .ok_or("the length of the changes is cut short")?;
            let length = u32::from_be_bytes(array(length)) as usize;
            if length > MAX_PAYLOAD {
                return Err(format!(
                    "the changes are said to have {length} bytes, the limit is {MAX_PAYLOAD}"
                ));
            }
            decode_changes(&compression::decompress(block, length)?)
        }
        other => Err(format!("payload encoding {other} is not known to this version")),
    }
}

fn decode_changes(mut rest: &[u8]) -> Result<Batch, String> {
    let mut batch = Batch::new();
    while !rest.is_empty() {
        batch.push(changes::decode(&mut rest)?);
    }
    Ok(batch)
}
