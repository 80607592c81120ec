//! Reading records across segments.

use std::collections::VecDeque;

use super::cursor::Cursor;
use super::record::Record;
use crate::header::Tip;
use crate::{Disk, Seq, StoreError};

/// The records behind a number, with one segment in memory at a time. Everything that is read is checked.
pub(crate) struct Walk {
    segments: VecDeque<Seq>,
    cursor: Option<Cursor>,
    after: Seq,
    /// What record `after` is known to be, until it has been compared.
    known: Option<Tip>,
    /// What the next segment must continue.
    follows: Option<Tip>,
}

/// What comes next.
pub(crate) enum Step {
    Record(Record),
    /// The journal ends here.
    End,
    /// The journal ends here, with bytes that an interrupted write may have left.
    Torn,
}

impl Walk {
    /// Begins behind record `after`, given all segments in order.
    pub(crate) fn new(firsts: &[Seq], after: Seq, known: Option<Tip>) -> Result<Self, StoreError> {
        let earlier = firsts.partition_point(|&first| first <= after.saturating_add(1));
        if earlier == 0 {
            let reason = format!("record {} is needed, and no segment has it", after.saturating_add(1));
            return Err(StoreError::JournalIncomplete { reason });
        }
        let begins_there = firsts[earlier - 1] == after.saturating_add(1);
        Ok(Self {
            segments: firsts[earlier - 1..].iter().copied().collect(),
            cursor: None,
            after,
            known,
            follows: known.filter(|_| begins_there),
        })
    }

    pub(crate) fn next(&mut self, disk: &dyn Disk) -> Result<Step, StoreError> {
        loop {
            let Some(cursor) = &mut self.cursor else {
                let Some(first) = self.segments.pop_front() else {
                    return Ok(Step::End);
                };
                self.cursor = Some(match self.follows {
                    Some(tip) => Cursor::follow(disk, first, &tip)?,
                    None => Cursor::open(disk, first)?,
                });
                continue;
            };
            match cursor.step() {
                Ok(Some(record)) if record.seq > self.after => return Ok(Step::Record(record)),
                Ok(Some(record)) => {
                    let expected = self.known.filter(|known| known.seq == record.seq);
                    if expected.is_some_and(|known| known != cursor.tip()) {
                        return Err(
                            cursor.damaged_last("this is not the record that the snapshot names: the hashes differ")
                        );
                    }
                }
                Ok(None) if self.segments.is_empty() => return Ok(Step::End),
                Ok(None) => {
                    self.follows = Some(cursor.tip());
                    // Its memory is free before the next segment is read.
                    self.cursor = None;
                }
                Err(stop) if stop.torn && self.segments.is_empty() && !cursor.valid_record_follows() => {
                    return Ok(Step::Torn);
                }
                Err(stop) => return Err(cursor.damaged(stop)),
            }
        }
    }

    /// The segment that was read last, and the place in it.
    pub(crate) fn into_cursor(self) -> Option<Cursor> {
        self.cursor
    }
}
