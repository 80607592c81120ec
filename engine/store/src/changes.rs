//! How changes of rows are written down, in records of the journal and in blocks of snapshots. `FORMAT.md` has the table.

use crate::batch::Change;

const DELETE: u8 = 0;
const PUT: u8 = 1;

/// The most a change takes beside its key and value: its kind, and two lengths of at most five bytes.
pub(crate) const OVERHEAD: usize = 11;

/// Appends a change to `out`.
pub(crate) fn encode(key: &[u8], value: Option<&[u8]>, out: &mut Vec<u8>) {
    out.push(if value.is_some() { PUT } else { DELETE });
    put_bytes(key, out);
    if let Some(value) = value {
        put_bytes(value, out);
    }
}

/// Takes a change from the beginning of `rest`, which is not empty.
pub(crate) fn decode(rest: &mut &[u8]) -> Result<Change, String> {
    let (&kind, after) = rest.split_first().ok_or("a change is missing")?;
    *rest = after;
    let key = take_bytes(rest)?.into();
    match kind {
        PUT => Ok((key, Some(take_bytes(rest)?.into()))),
        DELETE => Ok((key, None)),
        other => Err(format!("change kind {other} is not known to this version")),
    }
}

/// A length as LEB128: seven bits a byte, lowest first. Returns the bytes and how many of them count.
pub(crate) fn encode_length(mut length: usize) -> ([u8; 10], usize) {
    let mut bytes = [0; 10];
    let mut count = 0;
    while length >= 0x80 {
        bytes[count] = length as u8 | 0x80;
        length >>= 7;
        count += 1;
    }
    bytes[count] = length as u8;
    (bytes, count + 1)
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let (length, count) = encode_length(bytes.len());
    out.extend_from_slice(&length[..count]);
    out.extend_from_slice(bytes);
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let mut length = 0usize;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or("a length is cut short")?;
        *rest = after;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            let (bytes, after) = rest.split_at_checked(length).ok_or("a length goes beyond the record")?;
            *rest = after;
            return Ok(bytes);
        }
    }
    Err("a length has more than five bytes".into())
}
