//! What lies in a folder of data: rows and bytes, counted from outside while no engine has it.

use std::{fmt, ops::Sub, path::Path};

use kapok::store::Store;

use super::{Failure, place::journal_bytes};

/// Rows and bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Rows that are there.
    pub(super) rows: u64,
    /// Row changes in the journal.
    pub(super) changes: u64,
    /// Bytes of the journal.
    pub(super) journal: u64,
}

impl Counts {
    /// Counts what is there. The journal must reach back to its beginning.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let store = Store::open(folder)?;
        let mut counts = Self {
            journal: journal_bytes(folder)?,
            ..Self::default()
        };
        for record in store.history(0)?.into_iter().flatten() {
            counts.changes += record?.batch.len() as u64;
        }
        let view = store.view();
        for row in view.scan(&[]) {
            row?;
            counts.rows += 1;
        }
        Ok(counts)
    }

    /// The same for each of `n`.
    pub(super) fn each(self, n: u64) -> Each {
        let each = |count: u64| count as f64 / n.max(1) as f64;
        Each {
            rows: each(self.rows),
            changes: each(self.changes),
            journal: each(self.journal),
        }
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            rows: self.rows.saturating_sub(before.rows),
            changes: self.changes.saturating_sub(before.changes),
            journal: self.journal.saturating_sub(before.journal),
        }
    }
}

/// The row changes behind a commit, and the bytes of their keys and values.
pub(super) fn written(folder: &Path, after: u64) -> Result<(u64, u64), Failure> {
    let store = Store::open(folder)?;
    let (mut changes, mut bytes) = (0, 0);
    for record in store.history(after)?.into_iter().flatten() {
        for (key, value) in record?.batch.iter() {
            changes += 1;
            bytes += (key.len() + value.map_or(0, <[u8]>::len)) as u64;
        }
    }
    Ok((changes, bytes))
}

/// [`Counts`] of one case or step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Each {
    pub(super) rows: f64,
    pub(super) changes: f64,
    pub(super) journal: f64,
}

impl fmt::Display for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, changes, journal } = self;
        write!(
            f,
            "{journal:.0} bytes and {changes:.1} row changes in the journal, {rows:.1} rows more"
        )
    }
}
