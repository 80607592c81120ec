//! Questions and answers.

pub(crate) mod buckets;
mod compile;
mod find;
pub(crate) mod ids;
mod keyword;
pub(crate) mod moment;
mod position;
pub(crate) mod rights;
pub(crate) mod row;
mod statistics;

use std::collections::BTreeSet;

use kapok_protocol::{Entity, Filter, Record, RecordId};
use kapok_records::Sort;

pub use rights::{Inherited, Rights, Whose};
pub use row::RecordScope;
pub use statistics::{Group, Grouping, Key, Measured, Period, Row, Statistics};

/// Reads records as they are stored: asked where the index does not hold a value exactly.
pub trait Rows {
    /// A record.
    fn record(&self, entity: &Entity, id: RecordId) -> Option<Record>;
}

/// Knows no records.
impl Rows for () {
    fn record(&self, _: &Entity, _: RecordId) -> Option<Record> {
        None
    }
}

/// Words that are searched for: each must be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// What somebody typed, word by word.
    pub words: Vec<Sought>,
    /// In which fields: only in those that the asking person may read in every record that is found.
    pub fields: BTreeSet<String>,
}

/// One of the words.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// What was typed.
    pub text: String,
    /// A record for which this holds has the word, too: where names of choices and of other records stand in it, which the
    /// index does not know.
    pub also: Option<Filter>,
}

/// A search has no more words; what is behind them is left out.
const SOUGHT: usize = 8;

impl Keyword {
    /// The words of a text.
    pub fn new(text: &str, fields: BTreeSet<String>) -> Self {
        let words = text.split_whitespace().take(SOUGHT).map(|word| Sought {
            text: word.to_owned(),
            also: None,
        });
        Self {
            words: words.collect(),
            fields,
        }
    }
}

/// Which records, and how they are sorted.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// Of which entity.
    pub entity: &'a Entity,
    /// That contain these words.
    pub keyword: Option<Keyword>,
    /// For which this holds.
    pub filter: Option<&'a Filter>,
    /// Sorted by these fields, then by id in the direction of the first; newest first without any. What has no value
    /// comes last, in either direction.
    pub sort: &'a [Sort],
    /// Behind this place.
    pub after: Option<&'a [u8]>,
    /// At most so many.
    pub limit: usize,
    /// They are counted up to this number; 0 for not at all.
    pub count_to: usize,
}

/// The records that were found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Their ids, in order.
    pub ids: Vec<RecordId>,
    /// Behind which place the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
    /// How many there are on all pages, up to the number asked for.
    pub count: usize,
}
