//! One part (segment) of the index, with what was read of it before.
//!
//! A part never changes but for documents that are taken out of it, so what is made of its columns is kept as long as it
//! lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kapok_protocol::Entity;
use tantivy::{
    DocId, DocSet, SegmentReader, TERMINATED, Term,
    columnar::{Column, StrColumn},
    postings::SegmentPostings,
    schema::{Field, IndexRecordOption},
};

use crate::{Error, bits::Bits, order::Order, query::buckets::Shares, schema::Fields};

/// A part, as it is in one state of the index.
pub(crate) struct Part {
    pub(crate) reader: SegmentReader,
    pub(crate) kept: Arc<Kept>,
    pub(crate) fields: Arc<Fields>,
}

/// What was read of a part before, whatever was taken out of it since.
#[derive(Default)]
pub(crate) struct Kept {
    texts: Cache<Option<StrColumn>>,
    numbers: Cache<Option<Column<i64>>>,
    ids: Cache<Option<Column<u64>>>,
    flags: Cache<Option<Column<bool>>>,
    entities: Cache<Arc<Members>>,
    pub(crate) orders: Cache<Arc<Order>>,
    /// The ids that the values of a reference field are, by ordinal.
    references: Cache<Arc<Vec<u64>>>,
    /// Which periods dates fall into.
    pub(crate) shares: Cache<Arc<Shares>>,
}

/// The documents of an entity.
#[derive(Debug)]
pub(crate) enum Members {
    /// None.
    None,
    /// All of the part.
    All,
    /// These.
    Some(Bits, usize),
}

impl Members {
    pub(crate) fn count(&self, part: &Part) -> usize {
        match self {
            Self::None => 0,
            Self::All => part.len() as usize,
            Self::Some(_, count) => *count,
        }
    }
}

/// Values by name, made when they are first asked for.
pub(crate) struct Cache<T>(Mutex<HashMap<String, T>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Cache<T> {
    pub(crate) fn get(&self, name: &str, make: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if let Some(found) = self.found(name) {
            return Ok(found);
        }
        // Made without the lock: two may make it, and both make the same.
        let made = make()?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), made.clone());
        Ok(made)
    }

    pub(crate) fn found(&self, name: &str) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .cloned()
            .collect()
    }
}

impl Part {
    /// How many documents it has room for, those that were taken out included.
    pub(crate) fn len(&self) -> u32 {
        self.reader.max_doc()
    }

    pub(crate) fn is_alive(&self, doc: DocId) -> bool {
        !self.reader.is_deleted(doc)
    }

    pub(crate) fn texts(&self, path: &str) -> Result<Option<StrColumn>, Error> {
        self.kept
            .texts
            .get(path, || Ok(self.reader.fast_fields().str(&format!("texts.{path}"))?))
    }

    pub(crate) fn items(&self, path: &str) -> Result<Option<StrColumn>, Error> {
        let name = format!("items.{path}");
        self.kept.texts.get(&name, || Ok(self.reader.fast_fields().str(&name)?))
    }

    pub(crate) fn numbers(&self, path: &str) -> Result<Option<Column<i64>>, Error> {
        self.column_of_numbers(&format!("numbers.{path}"))
    }

    /// Where a value is not all in the other columns.
    pub(crate) fn marks(&self, path: &str) -> Result<Option<Column<i64>>, Error> {
        self.column_of_numbers(&format!("marks.{path}"))
    }

    /// A column of whole numbers, such as `created_at`.
    pub(crate) fn column_of_numbers(&self, name: &str) -> Result<Option<Column<i64>>, Error> {
        self.kept
            .numbers
            .get(name, || Ok(self.reader.fast_fields().column_opt(name)?))
    }

    /// A column of ids, such as `owner`.
    pub(crate) fn column_of_ids(&self, name: &str) -> Result<Option<Column<u64>>, Error> {
        self.kept
            .ids
            .get(name, || Ok(self.reader.fast_fields().column_opt(name)?))
    }

    /// The ids of the records.
    pub(crate) fn ids(&self) -> Result<Column<u64>, Error> {
        self.column_of_ids("id")?
            .ok_or_else(|| Error::Damaged("a part of the index has no ids".into()))
    }

    pub(crate) fn flags(&self, path: &str) -> Result<Option<Column<bool>>, Error> {
        self.kept.flags.get(path, || {
            Ok(self.reader.fast_fields().column_opt(&format!("flags.{path}"))?)
        })
    }

    /// The ids that the values of a reference field are, by ordinal; 0 for what is none.
    pub(crate) fn references(&self, path: &str, column: &StrColumn) -> Result<Arc<Vec<u64>>, Error> {
        self.kept.references.get(path, || {
            let mut ids = Vec::with_capacity(column.num_terms());
            let mut terms = column.dictionary().stream()?;
            while terms.advance() {
                let id = std::str::from_utf8(terms.key()).ok().and_then(|text| text.parse().ok());
                ids.push(id.unwrap_or(0));
            }
            Ok(Arc::new(ids))
        })
    }

    /// The documents of an entity.
    pub(crate) fn members(&self, entity: &Entity) -> Result<Arc<Members>, Error> {
        self.kept.entities.get(entity.as_str(), || {
            let term = Term::from_field_text(self.fields.entity, entity.as_str());
            let Some(mut found) = self.postings(self.fields.entity, &term)? else {
                return Ok(Arc::new(Members::None));
            };
            let mut bits = Bits::none(self.len());
            let mut count = 0;
            while found.doc() != TERMINATED {
                bits.insert(found.doc());
                count += 1;
                found.advance();
            }
            Ok(Arc::new(if count == self.len() as usize {
                Members::All
            } else {
                Members::Some(bits, count)
            }))
        })
    }

    /// The documents that have a term.
    pub(crate) fn postings(&self, field: Field, term: &Term) -> Result<Option<SegmentPostings>, Error> {
        let inverted = self.reader.inverted_index(field)?;
        Ok(inverted.read_postings(term, IndexRecordOption::Basic)?)
    }

    /// How many documents have a term, those that were taken out included.
    pub(crate) fn frequency(&self, field: Field, term: &Term) -> Result<usize, Error> {
        Ok(self.reader.inverted_index(field)?.doc_freq(term)? as usize)
    }
}

/// A term of a JSON field.
pub(crate) fn term(field: Field, path: &str, text: &str) -> Term {
    let mut term = Term::from_field_json_path(field, path, false);
    term.append_type_and_str(text);
    term
}
