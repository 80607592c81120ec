//! What one evaluation of JUEL or FEEL may use. rhai counts for itself; see `budget`.

use std::cell::Cell;

use kapok_protocol::Value;

use crate::Cause;

/// How deep an expression may be nested. Its evaluation goes exactly as deep.
pub(crate) const DEPTH: usize = 32;
/// The most bytes of a text that an expression makes.
const TEXT: usize = 16 * 1024;
/// The most items of a list that an expression makes.
pub(crate) const LIST: usize = 2_000;
/// The most entries of a map that an expression makes.
const MAP: usize = 500;

/// Counts the operations of one evaluation. What an expression makes costs by its size, so that the sum of everything
/// it makes is bounded too.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u64,
    used: Cell<u64>,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: Cell::new(0),
        }
    }

    /// How many operations were spent.
    pub(crate) fn used(&self) -> u64 {
        self.used.get()
    }

    /// Some operations more.
    pub(crate) fn spend(&self, operations: usize) -> Result<(), Cause> {
        self.spend_many(operations as u64)
    }

    /// As many operations more as another meter counted.
    pub(crate) fn spend_many(&self, operations: u64) -> Result<(), Cause> {
        let used = self.used.get().saturating_add(operations);
        self.used.set(used);
        if used > self.limit {
            return Err(Cause::TooManyOperations(self.limit));
        }
        Ok(())
    }

    /// Reading through so many bytes.
    pub(crate) fn read(&self, bytes: usize) -> Result<(), Cause> {
        self.spend(bytes / 64)
    }

    /// Looking at the whole of a value: an operation for each part, and for what is long.
    pub(crate) fn whole(&self, value: &Value) -> Result<(), Cause> {
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            match value {
                Value::Text(text) => self.read(text.len())?,
                Value::List(items) => {
                    self.spend(items.len())?;
                    rest.extend(items);
                }
                Value::Map(entries) => {
                    self.spend(entries.len())?;
                    rest.extend(entries.values());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A text of so many bytes is about to be made.
    pub(crate) fn text(&self, bytes: usize) -> Result<(), Cause> {
        self.longer_text(0, bytes)
    }

    /// A text of so many bytes is about to grow by so many more.
    pub(crate) fn longer_text(&self, bytes: usize, more: usize) -> Result<(), Cause> {
        if bytes.saturating_add(more) > TEXT {
            return Err(Cause::TooMuchData("text".to_owned()));
        }
        self.read(more)
    }

    /// A list of so many items is about to be made.
    pub(crate) fn list(&self, items: usize) -> Result<(), Cause> {
        if items > LIST {
            return Err(Cause::TooMuchData("list".to_owned()));
        }
        self.spend(items)
    }

    /// A map of so many entries is about to be made.
    pub(crate) fn map(&self, entries: usize) -> Result<(), Cause> {
        if entries > MAP {
            return Err(Cause::TooMuchData("map".to_owned()));
        }
        self.spend(entries)
    }
}
