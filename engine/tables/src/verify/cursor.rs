//! Rows of a kind in the order of their keys, some at a time.

use kapok_process::state::ElementInstance;
use kapok_protocol::{ElementInstanceId, InstanceId};

use crate::{
    Prefix, Read, TableError,
    codec::{self, Field},
    gathered::element,
    read::Pair,
    rows::Row,
};

/// So many rows are read at once.
const PAGE: usize = 1024;

/// Where one stands among the rows under a prefix.
pub(super) struct Cursor<'a> {
    read: &'a dyn Read,
    prefix: Vec<u8>,
    page: std::iter::Peekable<std::vec::IntoIter<Pair>>,
    last: Option<Vec<u8>>,
    ended: bool,
}

impl<'a> Cursor<'a> {
    /// Before the first row of a kind.
    pub(super) fn new(read: &'a dyn Read, prefix: Prefix) -> Self {
        Self::under(read, vec![prefix as u8])
    }

    /// Before the first row whose key begins with `prefix`.
    pub(super) fn under(read: &'a dyn Read, prefix: Vec<u8>) -> Self {
        Self {
            read,
            prefix,
            page: Vec::new().into_iter().peekable(),
            last: None,
            ended: false,
        }
    }

    /// The next row, which stays the next.
    pub(super) fn peek(&mut self) -> Result<Option<&Pair>, TableError> {
        if self.page.peek().is_none() && !self.ended {
            let page = self.read.scan(&self.prefix, self.last.as_deref(), PAGE)?;
            self.ended = page.len() < PAGE;
            self.last = page.last().map(|(key, _)| key.to_vec());
            self.page = page.into_iter().peekable();
        }
        Ok(self.page.peek())
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<Pair>, TableError> {
        self.peek()?;
        Ok(self.page.next())
    }

    /// The case (the first number of the key) of the next row.
    pub(super) fn next_case(&mut self) -> Result<Option<u64>, TableError> {
        Ok(self
            .peek()?
            .map(|(key, _)| super::first_number(key).unwrap_or_default()))
    }

    /// The next row, if it is of this case.
    pub(super) fn next_of(&mut self, case: u64) -> Result<Option<Pair>, TableError> {
        if self.next_case()? == Some(case) {
            self.next()
        } else {
            Ok(None)
        }
    }
}

/// Reads a row; one that cannot be read is reported elsewhere, once.
pub(super) fn decoded<R: Row>(value: &[u8]) -> Option<R> {
    R::from_bytes(value).ok()
}

/// The same of a row that is found by its place alone.
pub(super) fn placed<T: Field>(value: &[u8]) -> Option<T> {
    codec::decode(1, value).ok()
}

/// The row with an id; `None` also when it cannot be read.
pub(super) fn find<R: Row>(read: &dyn Read, id: &R::Id) -> Result<Option<R>, TableError> {
    Ok(read.get(R::key(id).as_bytes())?.and_then(|value| decoded(&value)))
}

/// An activation, however its case lies; `None` also when it cannot be read.
pub(super) fn find_element(
    read: &dyn Read,
    case: InstanceId,
    id: ElementInstanceId,
) -> Result<Option<ElementInstance>, TableError> {
    match element(read, case, id) {
        Err(TableError::Codec { .. }) => Ok(None),
        found => found,
    }
}
