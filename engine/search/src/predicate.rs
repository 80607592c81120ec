//! What documents of one part a query wants, as a tree of tests on columns.
//!
//! It can be asked about one document, about all at once (bits), or, when they are few, for the documents themselves.

use std::sync::Arc;

use tantivy::{
    DocId, Term,
    columnar::{Column, ColumnIndex, StrColumn},
    schema::Field,
};

use crate::{
    Error,
    bits::Bits,
    order::docs_of,
    part::Part,
    query::{ids::Ids, moment::place, row::RowTest},
};

/// A test.
pub(crate) enum Node<'q> {
    Never,
    Always,
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// The value lies between these, both included; of lists, one of them does.
    Range {
        column: Column<u64>,
        low: u64,
        high: u64,
        /// The term that finds the same documents.
        term: Option<(Field, Term)>,
    },
    /// As [`Node::Range`], for numbers.
    Numbers { column: Column<i64>, low: i64, high: i64 },
    /// The place of the moment in the order of texts lies between these.
    Moments { column: Column<i64>, low: i64, high: i64 },
    Flag { column: Column<bool>, wanted: bool },
    /// The ordinal of the text is one of these.
    Ordinals { column: Column<u64>, ordinals: Arc<Bits>, terms: Option<Vec<(Field, Term)>> },
    /// The id is one of these.
    Ids { column: Column<u64>, ids: Arc<Ids>, terms: Option<Vec<(Field, Term)>> },
    /// There is a text.
    HasText(StrColumn),
    HasNumber(Column<i64>),
    HasFlag(Column<bool>),
    HasId(Column<u64>),
    /// These documents.
    Bits(Arc<Bits>),
    /// These documents, ascending.
    Docs(Arc<Vec<DocId>>),
    /// What the marked documents hold is not all in the columns: their rows are asked.
    Marked { marks: Column<i64>, row: RowTest<'q>, others: Box<Self> },
    /// The record is asked.
    Row(RowTest<'q>),
}

impl<'q> Node<'q> {
    /// All of the parts, without what need not be asked.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(parts) => kept.extend(parts),
                part => kept.push(part),
            }
        }
        match kept.len() {
            0 => Self::Always,
            1 => kept.remove(0),
            _ => {
                // Cheap ones first.
                kept.sort_by_key(Self::effort);
                Self::All(kept)
            }
        }
    }

    /// Any of the parts, without what need not be asked.
    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(parts) => kept.extend(parts),
                part => kept.push(part),
            }
        }
        match kept.len() {
            0 => Self::Never,
            1 => kept.remove(0),
            _ => Self::Any(kept),
        }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Never => Self::Always,
            Self::Always => Self::Never,
            Self::Not(inner) => *inner,
            node => Self::Not(Box::new(node)),
        }
    }

    fn effort(&self) -> u32 {
        match self {
            Self::Never | Self::Always | Self::Bits(_) => 0,
            Self::Docs(_) => 2,
            Self::Range { .. } | Self::Numbers { .. } | Self::Moments { .. } | Self::Flag { .. } | Self::Ordinals { .. } => 1,
            Self::HasText(_) | Self::HasNumber(_) | Self::HasFlag(_) | Self::HasId(_) => 1,
            Self::Ids { .. } => 2,
            Self::Not(inner) => inner.effort(),
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::effort).sum::<u32>(),
            Self::Marked { others, .. } => 2 + others.effort(),
            Self::Row(_) => 1000,
        }
    }

    /// Whether a document passes.
    pub(crate) fn matches(&self, doc: DocId) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::All(parts) => parts.iter().all(|part| part.matches(doc)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(doc)),
            Self::Not(inner) => !inner.matches(doc),
            Self::Range { column, low, high, .. } => {
                column.values_for_doc(doc).any(|value| (*low..=*high).contains(&value))
            }
            Self::Numbers { column, low, high } => {
                column.first(doc).is_some_and(|value| (*low..=*high).contains(&value))
            }
            Self::Moments { column, low, high } => {
                column.first(doc).is_some_and(|millis| (*low..=*high).contains(&place(millis)))
            }
            Self::Flag { column, wanted } => column.first(doc) == Some(*wanted),
            Self::Ordinals { column, ordinals, .. } => {
                column.values_for_doc(doc).any(|value| ordinals.contains(value as u32))
            }
            Self::Ids { column, ids, .. } => column.first(doc).is_some_and(|id| ids.contains(id)),
            Self::HasText(column) => column.ords().first(doc).is_some(),
            Self::HasNumber(column) => column.first(doc).is_some(),
            Self::HasFlag(column) => column.first(doc).is_some(),
            Self::HasId(column) => column.first(doc).is_some(),
            Self::Bits(bits) => bits.contains(doc),
            Self::Docs(docs) => docs.binary_search(&doc).is_ok(),
            Self::Marked { marks, row, others } => match marks.first(doc) {
                Some(_) => row.holds(doc),
                None => others.matches(doc),
            },
            Self::Row(row) => row.holds(doc),
        }
    }

    /// All documents that pass.
    pub(crate) fn bits(&self, part: &Part) -> Bits {
        let len = part.len();
        let mut bits = Bits::none(len);
        match self {
            Self::Never => {}
            Self::Always => return Bits::all(len),
            Self::All(parts) => {
                let mut parts = parts.iter();
                let mut bits = parts.next().map_or_else(|| Bits::all(len), |first| first.bits(part));
                for next in parts {
                    // Looking at few is quicker than at all.
                    if next.effort() >= 1000 || bits.count() < (len / 16) as usize {
                        bits.retain(|doc| next.matches(doc));
                    } else {
                        bits.and(&next.bits(part));
                    }
                }
                return bits;
            }
            Self::Any(parts) => parts.iter().for_each(|next| bits.or(&next.bits(part))),
            Self::Not(inner) => {
                bits = inner.bits(part);
                bits.invert();
            }
            Self::Range { column, low, high, .. } => {
                docs_between(column, *low, *high, len).into_iter().for_each(|doc| bits.insert(doc));
            }
            Self::Numbers { column, low, high } => {
                docs_between(column, *low, *high, len).into_iter().for_each(|doc| bits.insert(doc));
            }
            Self::Ids { column, ids, .. } if matches!(column.index, ColumnIndex::Full) => {
                each_value(column, len, |doc, id| {
                    if ids.contains(id) {
                        bits.insert(doc);
                    }
                });
            }
            Self::Bits(found) => return (**found).clone(),
            Self::Docs(docs) => docs.iter().for_each(|doc| bits.insert(*doc)),
            Self::Marked { marks, row, others } => {
                bits = others.bits(part);
                for doc in docs_between(marks, i64::MIN, i64::MAX, len) {
                    if part.is_alive(doc) && row.holds(doc) {
                        bits.insert(doc);
                    } else {
                        bits.remove(doc);
                    }
                }
            }
            Self::Moments { .. }
            | Self::Flag { .. }
            | Self::Ordinals { .. }
            | Self::Ids { .. }
            | Self::HasText(_)
            | Self::HasNumber(_)
            | Self::HasFlag(_)
            | Self::HasId(_)
            | Self::Row(_) => {
                for doc in 0..len {
                    if self.matches(doc) {
                        bits.insert(doc);
                    }
                }
            }
        }
        bits
    }

    /// Documents among which all are that pass, ascending, if it is easily seen that they are no more than `limit`.
    pub(crate) fn few(&self, part: &Part, limit: usize) -> Result<Option<Vec<DocId>>, Error> {
        Ok(match self {
            Self::Never => Some(Vec::new()),
            Self::All(parts) => {
                let mut fewest: Option<Vec<DocId>> = None;
                for next in parts {
                    let limit = fewest.as_ref().map_or(limit, Vec::len);
                    if let Some(few) = next.few(part, limit)? {
                        fewest = Some(few);
                    }
                }
                fewest
            }
            Self::Any(parts) => {
                let mut all = Vec::new();
                for next in parts {
                    match next.few(part, limit - all.len())? {
                        Some(few) => all.extend(few),
                        None => return Ok(None),
                    }
                }
                all.sort_unstable();
                all.dedup();
                Some(all)
            }
            Self::Range { term: Some(term), .. } => few_of(part, std::slice::from_ref(term), limit)?,
            Self::Ordinals { terms: Some(terms), .. } | Self::Ids { terms: Some(terms), .. } => {
                few_of(part, terms, limit)?
            }
            Self::Docs(docs) => (docs.len() <= limit).then(|| docs.to_vec()),
            _ => None,
        })
    }
}

/// Values read at once.
const BLOCK: usize = 1_024;

/// Visits the values of a column that has one for each document.
fn each_value(column: &Column<u64>, len: u32, mut visit: impl FnMut(DocId, u64)) {
    let mut block = [0; BLOCK];
    let mut start = 0;
    while start < len {
        let count = BLOCK.min((len - start) as usize);
        column.values.get_range(u64::from(start), &mut block[..count]);
        for (number, value) in block[..count].iter().enumerate() {
            visit(start + number as u32, *value);
        }
        start += count as u32;
    }
}

/// The documents that have a value between two, both included.
fn docs_between<T>(column: &Column<T>, low: T, high: T, len: u32) -> Vec<DocId>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    // A column must not be asked for values beyond its own.
    let low = if low < column.min_value() { column.min_value() } else { low };
    let high = if high > column.max_value() { column.max_value() } else { high };
    let mut docs = Vec::new();
    if low <= high {
        column.get_docids_for_value_range(low..=high, 0..len, &mut docs);
    }
    docs
}

fn few_of(part: &Part, terms: &[(Field, Term)], limit: usize) -> Result<Option<Vec<DocId>>, Error> {
    let mut count = 0;
    for (field, term) in terms {
        count += part.frequency(*field, term)?;
        if count > limit {
            return Ok(None);
        }
    }
    let mut docs = Vec::with_capacity(count);
    for (field, term) in terms {
        docs_of(part, *field, term, &mut docs)?;
    }
    docs.sort_unstable();
    docs.dedup();
    Ok(Some(docs))
}

