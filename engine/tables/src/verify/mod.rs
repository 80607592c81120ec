//! Whether the rows of a store agree with each other.
//!
//! The store's own checks say that bytes are those that were written. This says that what was written makes sense: every
//! row can be read, every list agrees with what it lists, everything that waits is known to whom it belongs. Rows are
//! streamed in the order of their keys, so the memory it takes is that of the largest case, not of the store. What is
//! wrong is data: nothing here stops at the first mistake.

mod case;
mod copy;
mod cursor;
mod elements;
mod indexes;
mod kinds;
mod others;
mod report;
mod waiting;

use kapok_process::state::NodeIndex;
use kapok_protocol::DefinitionId;

pub use copy::{can_copy, copy};
pub use kinds::{KINDS, Kind};
pub use report::{Finding, Report};

use crate::{Definition, Prefix, Read, TableError};

/// How a node is drawn in a version of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// The sub-process it is drawn in.
    pub scope: Option<NodeIndex>,
    /// Whether tokens are counted in that scope.
    pub counted: bool,
    /// Whether it is an event sub-process.
    pub is_handler: bool,
}

/// Knows the models that were deployed.
pub trait Drawings {
    /// Whether the process of a version can be read from its XML.
    fn can_read(&self, definition: DefinitionId) -> bool;
    /// How a node of it is drawn; `None` when there is no such node.
    fn node(&self, definition: DefinitionId, node: NodeIndex) -> Option<Drawn>;
}

/// The versions of processes whose rows can be read.
///
/// # Errors
/// When the store cannot be read.
pub fn definitions(read: &dyn Read) -> Result<Vec<Definition>, TableError> {
    let mut found = Vec::new();
    let mut rows = cursor::Cursor::new(read, Prefix::Definition);
    while let Some((_, value)) = rows.next()? {
        found.extend(cursor::decoded::<Definition>(&value));
    }
    Ok(found)
}

/// Checks all rows.
///
/// # Errors
/// When the store cannot be read. Rows that make no sense are findings.
pub fn verify(read: &dyn Read, drawings: &dyn Drawings) -> Result<Report, TableError> {
    let mut report = Report::default();
    indexes::check(read, &mut report)?;
    case::check(read, drawings, &mut report)?;
    waiting::check(read, &mut report)?;
    others::check(read, drawings, &mut report)?;
    Ok(report)
}

/// The number behind the prefix of a key: a case, a person.
fn first_number(key: &[u8]) -> Option<u64> {
    key.get(1..9)?.try_into().ok().map(u64::from_be_bytes)
}
