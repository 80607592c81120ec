//! Values as bytes: a version byte, then CBOR (RFC 8949) with numbered fields.
//!
//! The rows belong to other crates, which know nothing of bytes; so the numbers stand here, in tables that read like the
//! types themselves. A field that is empty is left out, and a missing one is read as empty: adding an optional field
//! needs no new version. Anything else does, with an upcaster from the version before.

mod field;
#[macro_use]
mod shape;

use std::fmt;

pub(crate) use field::Field;
pub(crate) use shape::{fields, variants};

pub(crate) type Output<'a> = minicbor::Encoder<&'a mut Vec<u8>>;
pub(crate) type Input<'a> = minicbor::Decoder<'a>;

/// Bytes that are not the row they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodecError(pub(crate) String);

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

impl From<minicbor::decode::Error> for CodecError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self(error.to_string())
    }
}

/// Encodes a value behind its version byte.
pub(crate) fn encode<T: Field>(version: u8, value: &T) -> Vec<u8> {
    let mut bytes = vec![version];
    value.encode(&mut minicbor::Encoder::new(&mut bytes));
    bytes
}

/// Decodes a value, when its version is one we know.
pub(crate) fn decode<T: Field>(version: u8, bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((found, rest)) if *found == version => {
            let mut input = minicbor::Decoder::new(rest);
            let value = T::decode(&mut input)?;
            if input.position() != rest.len() {
                return Err(CodecError("bytes are left over behind the row".into()));
            }
            Ok(value)
        }
        Some((found, _)) if *found > version => Err(CodecError(format!(
            "the row is of version {found}, this program knows up to {version}: use a newer kapok"
        ))),
        Some((found, _)) => Err(CodecError(format!(
            "the row is of version {found}, which has no upcaster"
        ))),
        None => Err(CodecError("the row is empty".into())),
    }
}

/// Writing into memory cannot fail.
pub(crate) fn written<T, E: fmt::Debug>(result: Result<T, E>) {
    debug_assert!(result.is_ok(), "writing into memory cannot fail");
}

/// The length of a map or list; rows never use CBOR's indefinite lengths.
pub(crate) fn length(length: Option<u64>) -> Result<u64, CodecError> {
    length.ok_or_else(|| CodecError("the row has a list of unknown length".into()))
}
