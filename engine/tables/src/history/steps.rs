//! Numbers that are written as the step from the one before: ids and moments of one case lie close together, and a
//! small number is one byte.

use minicbor::data::Type;

use crate::codec::{CodecError, Input, Output, length, written};

/// Writes how far `number` is from `from`.
pub(super) fn put(output: &mut Output<'_>, from: u64, number: u64) {
    written(output.i64(number.wrapping_sub(from) as i64));
}

/// Reads a number that was written as a step from `from`.
pub(super) fn take(input: &mut Input<'_>, from: u64) -> Result<u64, CodecError> {
    Ok(from.wrapping_add(input.i64()? as u64))
}

/// The id with this number.
pub(super) fn id<T>(number: u64, new: impl Fn(u64) -> Option<T>) -> Result<T, CodecError> {
    new(number).ok_or_else(|| CodecError("an id is zero".into()))
}

/// The length of the list that comes next, or none if something else comes.
pub(super) fn list(input: &mut Input<'_>) -> Result<Option<u64>, CodecError> {
    match input.datatype()? {
        Type::Array => length(input.array()?).map(Some),
        _ => Ok(None),
    }
}
