//! Reading that remembers what it read, so that it can be found out later whether it would read the same.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Read, TableError, read::Pair};

/// Reads rows, and notes what it found: single rows, and ranges with everything in them.
pub struct Noting<'a> {
    below: &'a dyn Read,
    notes: Arc<Notes>,
}

/// What was read.
#[derive(Default)]
pub struct Notes(Mutex<Vec<Note>>);

struct Note {
    key: Vec<u8>,
    found: Found,
}

#[derive(PartialEq, Eq)]
enum Found {
    Row(Option<Arc<[u8]>>),
    Range {
        after: Option<Vec<u8>>,
        limit: usize,
        is_backward: bool,
        pairs: Vec<Pair>,
    },
}

impl<'a> Noting<'a> {
    /// Reads from `below` and notes it in `notes`.
    pub fn new(below: &'a dyn Read, notes: Arc<Notes>) -> Self {
        Self { below, notes }
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows read", self.rows())
    }
}

impl Notes {
    fn add(&self, key: &[u8], found: Found) {
        let key = key.to_vec();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Note { key, found });
    }

    /// How many rows were read.
    pub fn rows(&self) -> usize {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |note: &Note| match &note.found {
            Found::Row(_) => 1,
            Found::Range { pairs, .. } => pairs.len() + 1,
        };
        notes.iter().map(count).sum()
    }

    /// What the same questions find in `read`.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn asked_of(&self, read: &dyn Read) -> Result<Self, TableError> {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let again = asked.iter().map(|note| {
            Ok(Note {
                key: note.key.clone(),
                found: note.asked_of(read)?,
            })
        });
        Ok(Self(Mutex::new(again.collect::<Result<_, TableError>>()?)))
    }

    /// Whether reading all of it again from `read` finds the same.
    pub fn hold(&self, read: &dyn Read) -> Result<bool, TableError> {
        for note in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if note.asked_of(read)? != note.found {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Note {
    /// What the same question finds in `read`.
    fn asked_of(&self, read: &dyn Read) -> Result<Found, TableError> {
        Ok(match &self.found {
            Found::Row(_) => Found::Row(read.get(&self.key)?),
            Found::Range {
                after,
                limit,
                is_backward,
                ..
            } => Found::Range {
                after: after.clone(),
                limit: *limit,
                is_backward: *is_backward,
                pairs: match is_backward {
                    true => read.scan_back(&self.key, after.as_deref(), *limit)?,
                    false => read.scan(&self.key, after.as_deref(), *limit)?,
                },
            },
        })
    }
}

impl Read for Noting<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        let row = self.below.get(key)?;
        self.notes.add(key, Found::Row(row.clone()));
        Ok(row)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let pairs = self.below.scan(prefix, after, limit)?;
        let found = Found::Range {
            after: after.map(<[u8]>::to_vec),
            limit,
            is_backward: false,
            pairs: pairs.clone(),
        };
        self.notes.add(prefix, found);
        Ok(pairs)
    }

    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        let pairs = self.below.scan_back(prefix, before, limit)?;
        let found = Found::Range {
            after: before.map(<[u8]>::to_vec),
            limit,
            is_backward: true,
            pairs: pairs.clone(),
        };
        self.notes.add(prefix, found);
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use kapok_store::{Batch, Store};

    use super::*;

    #[test]
    fn what_was_read_is_noticed_when_it_changes() {
        let store = Store::memory();
        let put = |key: &[u8], value: &[u8]| {
            let mut batch = Batch::new();
            batch.put(key.to_vec(), value.to_vec());
            store.commit(batch, 0).expect("commits");
        };
        put(b"a1", b"x");
        let notes = Arc::new(Notes::default());
        let view = store.view();
        let noting = Noting::new(&view, notes.clone());
        noting.get(b"b").expect("reads");
        noting.scan(b"a", None, 10).expect("reads");
        let holds = || notes.hold(&store.view()).expect("reads");
        assert!(holds());
        put(b"c", b"elsewhere");
        assert!(holds(), "what was not read does not matter");
        put(b"a2", b"new in the range");
        assert!(!holds());
        let mut batch = Batch::new();
        batch.delete(b"a2".to_vec());
        store.commit(batch, 0).expect("commits");
        assert!(holds(), "and is not there any more");
        put(b"b", b"where nothing was");
        assert!(!holds());
        assert_eq!(notes.rows(), 3);
        let again = notes.asked_of(&store.view()).expect("reads");
        assert!(again.hold(&store.view()).expect("reads"));
        assert!(!again.hold(&view).expect("reads"));
    }
}
