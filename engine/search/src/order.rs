//! Sorting: what a document is sorted by, and the documents of a part in that order.
//!
//! The order of a part is made when it is first asked for and kept as long as the part lives. So the first page of a
//! million records is read from its beginning, as from an index of a database, and not by looking at all of them.

use std::{cmp::Ordering, sync::Arc};

use kapok_protocol::Entity;
use kapok_records::Sort;
use tantivy::{
    DocId, DocSet, TERMINATED, Term,
    columnar::{Column, MonotonicallyMappableToU64, StrColumn},
};

use crate::{Error, part::{Members, Part}, schema::path};

/// What a document is sorted by within its part: the kind of the value, then its place among those of its kind. The last
/// number tells values that are there (1) from places between them (0).
pub(crate) type Key = (u8, u64, u8);

const FLAG: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;

/// A value that records are sorted by; the same in every part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SortValue {
    Flag(bool),
    /// A number in millionths, a moment, or an id.
    Number(i64),
    Text(String),
}

impl SortValue {
    fn kind(&self) -> u8 {
        match self {
            Self::Flag(_) => FLAG,
            Self::Number(_) => NUMBER,
            Self::Text(_) => TEXT,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            _ => self.kind().cmp(&other.kind()),
        }
    }
}

/// How two values are ordered; what is missing comes last in either direction.
fn directed<T>(a: Option<T>, b: Option<T>, descending: bool, order: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => order(&b, &a),
        (Some(a), Some(b)) => order(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// A place in a sorted list: values, then the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) values: Vec<Option<SortValue>>,
    pub(crate) id: u64,
}

impl Place {
    pub(crate) fn order(&self, other: &Self, sorts: &[Sort]) -> Ordering {
        let values = self.values.iter().zip(&other.values).zip(sorts);
        values
            .map(|((a, b), sort)| directed(a.as_ref(), b.as_ref(), sort.descending, |a, b| a.order(b)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| by_id(self.id, other.id, sorts))
    }
}

/// What a document is sorted by within its part.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) keys: Vec<Option<Key>>,
    pub(crate) id: u64,
}

impl Entry {
    pub(crate) fn order(&self, other: &Self, sorts: &[Sort]) -> Ordering {
        let keys = self.keys.iter().zip(&other.keys).zip(sorts);
        keys.map(|((a, b), sort)| directed(*a, *b, sort.descending, Ord::cmp))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| by_id(self.id, other.id, sorts))
    }
}

/// Ids follow the direction of the first value; without one, the newest comes first.
fn by_id(a: u64, b: u64, sorts: &[Sort]) -> Ordering {
    if sorts.first().is_none_or(|sort| sort.descending) { b.cmp(&a) } else { a.cmp(&b) }
}

/// The columns of one field by which documents are sorted.
pub(crate) struct KeyColumn {
    flags: Option<Column<bool>>,
    numbers: Option<Column<i64>>,
    texts: Option<StrColumn>,
    ids: Option<Column<u64>>,
}

impl KeyColumn {
    pub(crate) fn new(part: &Part, entity: &Entity, field: &str) -> Result<Self, Error> {
        let mut column = Self {
            flags: None,
            numbers: None,
            texts: None,
            ids: None,
        };
        match field {
            "id" | "owner" | "created_by" | "version" => column.ids = part.column_of_ids(field)?,
            "created_at" | "updated_at" => column.numbers = part.column_of_numbers(field)?,
            _ => {
                let path = path(entity, field);
                column.flags = part.flags(&path)?;
                column.numbers = part.numbers(&path)?;
                column.texts = part.texts(&path)?;
            }
        }
        Ok(column)
    }

    pub(crate) fn key(&self, doc: DocId) -> Option<Key> {
        let number = || self.numbers.as_ref()?.first(doc);
        let id = || self.ids.as_ref()?.first(doc);
        let text = || self.texts.as_ref()?.ords().first(doc);
        let flag = || self.flags.as_ref()?.first(doc);
        if let Some(number) = number() {
            return Some((NUMBER, number.to_u64(), 1));
        }
        if let Some(ordinal) = text() {
            return Some((TEXT, ordinal, 1));
        }
        if let Some(id) = id() {
            return Some((NUMBER, number_of_id(id).to_u64(), 1));
        }
        Some((FLAG, u64::from(flag()?), 1))
    }

    /// The value that a key stands for.
    pub(crate) fn value(&self, key: Key) -> Result<SortValue, Error> {
        Ok(match key {
            (FLAG, flag, _) => SortValue::Flag(flag > 0),
            (NUMBER, number, _) => SortValue::Number(i64::from_u64(number)),
            (_, ordinal, _) => {
                let mut text = String::new();
                if let Some(column) = &self.texts {
                    column.ord_to_str(ordinal, &mut text)?;
                }
                SortValue::Text(text)
            }
        })
    }

    /// Where a value is, or would be, in this part.
    pub(crate) fn place(&self, value: &SortValue) -> Result<Key, Error> {
        Ok(match value {
            SortValue::Flag(flag) => (FLAG, u64::from(*flag), 1),
            SortValue::Number(number) => (NUMBER, number.to_u64(), 1),
            SortValue::Text(text) => {
                let (ordinal, exact) = match &self.texts {
                    Some(column) => lower_bound(column, text.as_bytes())?,
                    None => (0, false),
                };
                (TEXT, ordinal, u8::from(exact))
            }
        })
    }
}

fn number_of_id(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// The first ordinal whose text is not less, and whether it is the text itself.
pub(crate) fn lower_bound(column: &StrColumn, text: &[u8]) -> Result<(u64, bool), Error> {
    use tantivy::columnar::Dictionary;
    let dictionary: &Dictionary<_> = column.dictionary();
    if let Some(ordinal) = dictionary.term_ord(text)? {
        return Ok((ordinal, true));
    }
    let (mut low, mut high) = (0, dictionary.num_terms() as u64);
    let mut term = Vec::new();
    while low < high {
        let middle = low + (high - low) / 2;
        dictionary.ord_to_term(middle, &mut term)?;
        if term.as_slice() < text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok((low, false))
}

/// The documents of an entity in one part, by one field, ascending, then by id.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// Those that have a value.
    pub(crate) docs: Vec<DocId>,
    /// Those that have none, by id.
    pub(crate) missing: Vec<DocId>,
}

impl Order {
    /// The name under which it is kept.
    pub(crate) fn name(entity: &Entity, field: &str) -> String {
        format!("{}\n{field}", entity.as_str())
    }

    pub(crate) fn of(part: &Part, entity: &Entity, field: &str) -> Result<Arc<Self>, Error> {
        part.kept
            .orders
            .get(&Self::name(entity, field), || Ok(Arc::new(Self::make(part, entity, field)?)))
    }

    fn make(part: &Part, entity: &Entity, field: &str) -> Result<Self, Error> {
        let members = part.members(entity)?;
        let (column, ids) = (KeyColumn::new(part, entity, field)?, part.ids()?);
        let mut sorted: Vec<(Key, u64, DocId)> = Vec::with_capacity(members.count(part));
        let mut missing: Vec<(u64, DocId)> = Vec::new();
        let mut add = |doc: DocId| {
            let id = ids.first(doc).unwrap_or(0);
            match column.key(doc) {
                Some(key) => sorted.push((key, id, doc)),
                None => missing.push((id, doc)),
            }
        };
        match &*members {
            Members::None => {}
            Members::All => (0..part.len()).for_each(&mut add),
            Members::Some(bits, _) => bits.iter().for_each(&mut add),
        }
        sorted.sort_unstable();
        missing.sort_unstable();
        Ok(Self {
            docs: sorted.into_iter().map(|(_, _, doc)| doc).collect(),
            missing: missing.into_iter().map(|(_, doc)| doc).collect(),
        })
    }
}

/// The documents that have a term, ascending.
pub(crate) fn docs_of(part: &Part, field: tantivy::schema::Field, term: &Term, out: &mut Vec<DocId>) -> Result<(), Error> {
    if let Some(mut postings) = part.postings(field, term)? {
        while postings.doc() != TERMINATED {
            out.push(postings.doc());
            postings.advance();
        }
    }
    Ok(())
}
