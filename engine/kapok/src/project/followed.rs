//! What the index has still to take in.

use std::collections::{BTreeSet, HashMap};

use kapok_protocol::PersonId;
use kapok_store::Seq;
use kapok_tables::RecordKey;

use super::NEAR;

/// A place in the journal: a commit and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) seq: Seq,
    /// In milliseconds; unknown for the commit that was the last when the engine was started.
    pub(super) at: Option<i64>,
}

/// Which records were touched and are not in the index yet.
#[derive(Debug)]
pub(super) struct Followed {
    /// Whether anybody searches here: before, nothing is noted.
    begun: bool,
    touched: BTreeSet<RecordKey>,
    /// The last commit.
    last: Place,
    /// Everything up to this commit can be found.
    reached: Seq,
    /// Whether nothing is left to be taken in or committed.
    idle: bool,
    /// The last commit at which a person's write was answered.
    wrote: HashMap<PersonId, Seq>,
}

impl Followed {
    pub(super) fn new(seq: Seq) -> Self {
        Self {
            begun: false,
            touched: BTreeSet::new(),
            last: Place { seq, at: None },
            reached: 0,
            idle: false,
            wrote: HashMap::new(),
        }
    }

    /// Notes touched records from now on; the last commit that is not noted any more.
    pub(super) fn begin(&mut self) -> Seq {
        self.begun = true;
        self.last.seq
    }

    /// How many records wait.
    pub(super) fn note(&mut self, seq: Seq, at: i64, records: Vec<RecordKey>) -> usize {
        self.last = Place { seq, at: Some(at) };
        if self.begun && !records.is_empty() {
            self.touched.extend(records);
            self.idle = false;
        }
        if self.idle {
            self.reached = seq;
        }
        self.touched.len()
    }

    /// Adds records that were touched before anybody noted them.
    pub(super) fn touch(&mut self, records: impl IntoIterator<Item = RecordKey>) {
        self.touched.extend(records);
    }

    pub(super) fn wrote(&mut self, person: PersonId) {
        let seq = self.last.seq;
        self.wrote.insert(person, seq);
    }

    /// What a reader has to find.
    pub(super) fn target(&mut self, reader: Option<PersonId>) -> Seq {
        let last = self.begin();
        if self.touched.len() <= NEAR {
            return last;
        }
        reader.and_then(|reader| self.wrote.get(&reader).copied()).unwrap_or(0)
    }

    /// Takes all that was touched, and the commit that it goes up to.
    pub(super) fn take(&mut self) -> (BTreeSet<RecordKey>, Place) {
        (std::mem::take(&mut self.touched), self.last)
    }

    pub(super) fn last(&self) -> Place {
        self.last
    }

    pub(super) fn reached(&self) -> Seq {
        self.reached
    }

    /// Everything up to a commit can be found now, and more if nothing was touched since.
    pub(super) fn reach(&mut self, seq: Seq) {
        self.idle = self.touched.is_empty();
        self.reached = if self.idle { self.last.seq } else { seq };
    }

    /// Nothing can be found any more.
    pub(super) fn forget(&mut self) {
        self.idle = false;
        self.reached = 0;
    }
}

#[cfg(test)]
mod tests {
    use kapok_protocol::{Entity, RecordId};

    use super::*;

    fn key(id: u64) -> RecordKey {
        (Entity::new("a.b"), RecordId::new(id).expect("an id"))
    }

    #[test]
    fn what_is_reached_is_never_more_than_was_taken_in() {
        let mut followed = Followed::new(10);
        let me = PersonId::new(5).expect("an id");
        assert_eq!(followed.note(11, 0, vec![key(1)]), 0, "nobody searches yet");
        assert_eq!(followed.target(Some(me)), 11);
        followed.reach(11);
        followed.note(12, 0, vec![]);
        assert_eq!(followed.reached(), 12, "nothing to take in");
        followed.note(13, 0, vec![key(1), key(2)]);
        followed.note(14, 0, vec![key(2)]);
        assert_eq!(followed.reached(), 12);
        let (taken, place) = followed.take();
        assert_eq!((taken.len(), place.seq), (2, 14));
        followed.note(15, 0, vec![]);
        assert_eq!(followed.reached(), 12, "what was taken is not found yet");
        followed.note(16, 0, vec![key(3)]);
        followed.reach(14);
        assert_eq!(followed.reached(), 14);
        followed.take();
        followed.reach(16);
        followed.note(17, 0, vec![]);
        assert_eq!(followed.reached(), 17);
    }

    #[test]
    fn with_much_to_take_in_a_reader_waits_for_their_own_writes_only() {
        let mut followed = Followed::new(0);
        let (me, other) = (PersonId::new(5).expect("an id"), PersonId::new(6).expect("an id"));
        followed.begin();
        followed.note(1, 0, vec![key(1)]);
        followed.wrote(me);
        let many = (1..=NEAR as u64 + 1).map(key).collect();
        followed.note(2, 0, many);
        assert_eq!(followed.target(Some(me)), 1);
        assert_eq!(followed.target(Some(other)), 0);
        assert_eq!(followed.target(None), 0);
    }
}
