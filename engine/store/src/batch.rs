//! What one commit changes.

use crate::Bytes;

/// The row changes of one commit, in order; the last write of a key wins.
///
/// A batch is applied whole or not at all. It is also what the journal keeps: see `FORMAT.md`. Keys and values given as
/// [`Bytes`] are shared with the rows in memory, not copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    changes: Vec<Change>,
}

/// One write: a key and its new value, or none if it is removed.
pub(crate) type Change = (Bytes, Option<Bytes>);

impl Batch {
    /// A batch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a key, whether or not it was there.
    pub fn put(&mut self, key: impl IntoBytes, value: impl IntoBytes) {
        self.changes.push((key.into_bytes(), Some(value.into_bytes())));
    }

    /// Removes a key; a key that is not there stays so.
    pub fn delete(&mut self, key: impl IntoBytes) {
        self.changes.push((key.into_bytes(), None));
    }

    /// True if it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The number of writes, counting each write of a key written twice.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// The writes in order: a key and its new value, or `None` if it is removed.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], Option<&[u8]>)> {
        self.changes.iter().map(|(key, value)| (&**key, value.as_deref()))
    }

    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }
}

/// What a key or value can be given as. [`Bytes`] are taken as they are, anything else is copied once.
pub trait IntoBytes {
    /// The bytes, to be shared.
    fn into_bytes(self) -> Bytes;
}

impl IntoBytes for Bytes {
    fn into_bytes(self) -> Bytes {
        self
    }
}

impl IntoBytes for Vec<u8> {
    fn into_bytes(self) -> Bytes {
        self.into()
    }
}

impl IntoBytes for String {
    fn into_bytes(self) -> Bytes {
        Self::into_bytes(self).into()
    }
}

impl IntoBytes for &[u8] {
    fn into_bytes(self) -> Bytes {
        self.into()
    }
}

impl IntoBytes for &str {
    fn into_bytes(self) -> Bytes {
        self.as_bytes().into()
    }
}

impl<const N: usize> IntoBytes for [u8; N] {
    fn into_bytes(self) -> Bytes {
        self.into()
    }
}

impl<const N: usize> IntoBytes for &[u8; N] {
    fn into_bytes(self) -> Bytes {
        (*self).into()
    }
}
