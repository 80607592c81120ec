//! Search over records: by words, by filters and sorts that no index row serves, and statistics.
//!
//! An [`Index`] holds facts of records and nothing else: who may read them is said with every question
//! ([`Rights`]), so that a share or a change of the organisation changes nothing here. It follows the journal and can be
//! made anew from the rows at any time; nobody depends on it for the truth.
//!
//! tantivy keeps the files, the terms and the columns. How questions are answered from them is decided here: a filter
//! means exactly what `kapok_rules::Condition` says of one record, sorting and paging are stable, sums are exact.
//!
//! What people type is found by Chinese words, by pinyin and initials, and by beginnings of other words.

mod bits;
mod error;
mod fact;
mod index;
mod number;
mod order;
mod part;
mod predicate;
mod query;
mod schema;
mod words;

pub use error::Error;
pub use fact::{Change, searched_fields};
pub use index::{Index, Position};
pub use query::{
    Found, Group, Grouping, Inherited, Key, Keyword, Measured, Period, Query, RecordScope, Rights, Row, Rows, Sought,
    Statistics, Whose,
};
pub use words::{Names, snippet, spelled};
