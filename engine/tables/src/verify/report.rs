//! What was found.

use kapok_protocol::Text;

use super::Kind;
use crate::read::hexadecimal;

/// So many findings are listed; all are counted.
const LISTED: usize = 200;

/// Something that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row's key, in hexadecimal.
    pub key: String,
    /// The name of its kind, as in [`Kind::name`]; `unknown` when there is no such kind.
    pub kind: &'static str,
    /// What is wrong.
    pub text: Text,
}

/// What a check of all rows found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many rows there are that are no index rows.
    pub rows: u64,
    /// How many index rows there are.
    pub index_rows: u64,
    /// How many findings there are.
    pub found: u64,
    /// The first of them.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.found == 0
    }

    pub(super) fn add(&mut self, key: &[u8], text: Text) {
        self.found += 1;
        if self.findings.len() < LISTED {
            self.findings.push(Finding {
                key: hexadecimal(key),
                kind: Kind::of(key).map_or("unknown", |kind| kind.name),
                text,
            });
        }
    }

    /// Adds a finding unless something holds.
    pub(super) fn expect(&mut self, holds: bool, key: &[u8], text: impl FnOnce() -> Text) {
        if !holds {
            self.add(key, text());
        }
    }
}
