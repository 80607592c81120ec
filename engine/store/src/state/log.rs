//! Reading sled's log before sled does, to find damage that it would pass over.
//!
//! sled 0.34 appends pages and changes of pages to segments of one file, and reads those behind its last snapshot when it
//! is opened. Where a message is damaged it goes on with the next segment, and rows that were changed behind the damage
//! are old ones in silence. (It only stops for good in the newest segments, and then key `00` shows that something is
//! missing.) So here every older segment must be whole to its end. If one is not, the files are made anew; that is right
//! also when the damage is none, as in a segment whose reuse was interrupted.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

const SEGMENT: usize = 512 * 1024;
/// Checksum, number of the first byte, and a number up to which all was written.
const HEADER: usize = 20;
/// No message begins nearer to the end of a segment.
const LONGEST_MESSAGE_HEADER: usize = 32;
/// First byte of a message behind the checksum: nothing was written here.
const NOTHING: u8 = 0;
/// And: the rest of the segment is not used.
const CAP: u8 = 2;

struct Segment {
    /// Where it lies in the file.
    offset: u64,
    /// The number of its first byte in the whole log.
    number: u64,
    /// When it was begun, all before this number had been written.
    written: u64,
}

/// Whether sled reads all there is. The inner error says what is damaged.
pub(super) fn check(folder: &Path) -> io::Result<Result<(), String>> {
    let file = match File::open(folder.join("db")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(())),
        file => file?,
    };
    let noted = noted(folder)? / SEGMENT as u64 * SEGMENT as u64;
    let mut segments = Vec::new();
    for offset in (0..file.metadata()?.len()).step_by(SEGMENT) {
        match header(&file, offset)? {
            Ok(Some(segment)) if segment.number >= noted => segments.push(segment),
            Ok(_) => {}
            Err(reason) => return Ok(Err(reason)),
        }
    }
    let written = segments.iter().map(|segment| segment.written).max().unwrap_or(0);
    let newest = written.max(noted) / SEGMENT as u64 * SEGMENT as u64;
    let mut bytes = vec![0; SEGMENT];
    for segment in segments.iter().filter(|segment| segment.number < newest) {
        let length = read_up_to(&file, &mut bytes, segment.offset)?;
        if let Some(at) = damage(&bytes[..length], segment.number) {
            let at = segment.offset + at as u64;
            return Ok(Err(format!("their log is damaged at byte {at}")));
        }
    }
    Ok(Ok(()))
}

/// Up to which number of the log sled has noted where its pages lie: the name of its snapshot.
fn noted(folder: &Path) -> io::Result<u64> {
    let mut newest = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("snap."));
        let number = number.and_then(|number| u64::from_str_radix(number, 16).ok());
        newest = newest.max(number.unwrap_or(0));
    }
    Ok(newest)
}

/// The segment at a place; none if there is nothing.
fn header(file: &File, offset: u64) -> io::Result<Result<Option<Segment>, String>> {
    let mut bytes = [0; HEADER];
    let length = read_up_to(file, &mut bytes, offset)?;
    if length < HEADER || bytes == [0; HEADER] {
        return Ok(Ok(None));
    }
    let number = |range: std::ops::Range<usize>| {
        let number = bytes[range]
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        // In the first segment it is -1.
        (number ^ (u64::MAX >> 1)).cast_signed().max(0).cast_unsigned()
    };
    let checksum = bytes[..4]
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte));
    if !crc32fast::hash(&bytes[4..]) != checksum {
        return Ok(Err(format!("the beginning of a segment is damaged at byte {offset}")));
    }
    Ok(Ok(Some(Segment {
        offset,
        number: number(4..12),
        written: number(12..20),
    })))
}

/// The first byte of the first message that is not whole.
fn damage(segment: &[u8], number: u64) -> Option<usize> {
    let mut at = HEADER;
    while at + LONGEST_MESSAGE_HEADER <= SEGMENT {
        let message = segment.get(at..)?;
        match message_length(message, number / SEGMENT as u64) {
            Some((CAP, _)) => return None,
            Some((_, length)) => at += length,
            None => return Some(at),
        }
    }
    None
}

/// The kind and length of a message that is whole.
fn message_length(bytes: &[u8], segment: u64) -> Option<(u8, usize)> {
    let kind = *bytes.get(4)?;
    let mut rest = bytes.get(5..)?;
    let length = usize::try_from(take_number(&mut rest)?).ok()?;
    let found = take_number(&mut rest)?;
    take_number(&mut rest)?;
    let header = bytes.len() - rest.len();
    let body = rest.get(..length)?;
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(body);
    checksum.update(&bytes[4..header]);
    let whole = kind != NOTHING && found == segment && (!checksum.finalize()).to_le_bytes() == bytes[..4];
    whole.then_some((kind, header + length))
}

/// A number of sled's: one byte up to 240, else the first byte says how many follow.
fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let first = *bytes.first()?;
    let (number, used) = match first {
        0..=240 => (u64::from(first), 1),
        241..=248 => (240 + 256 * (u64::from(first) - 241) + u64::from(*bytes.get(1)?), 2),
        249 => (2288 + 256 * u64::from(*bytes.get(1)?) + u64::from(*bytes.get(2)?), 3),
        250.. => {
            let used = usize::from(first) - 246;
            let digits = bytes.get(1..used)?;
            let number = digits
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u64::from(*byte));
            (number, used)
        }
    };
    *bytes = &bytes[used..];
    Some(number)
}

fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}
