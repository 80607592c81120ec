//! Reading the journal from the outside: for projections that follow it, and for checking it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::cursor::Cursor;
use super::record::Record;
use super::segment;
use crate::{Disk, Seq, StoreError};

/// Records in order, read segment by segment, up to the last one at the time it was asked for.
///
/// After an error it ends.
pub struct History {
    disk: Arc<dyn Disk>,
    segments: VecDeque<Seq>,
    cursor: Option<Cursor>,
    after: Seq,
    tip: Seq,
}

impl History {
    pub(crate) fn new(disk: Arc<dyn Disk>, after: Seq, tip: Seq) -> Result<Self, StoreError> {
        let mut segments: VecDeque<Seq> = segment::list(&*disk)?.into();
        let earlier = segments.partition_point(|&first| first <= after.saturating_add(1));
        segments.drain(..earlier.saturating_sub(1));
        if after < tip && earlier == 0 {
            let reason = format!("record {} is no longer kept", after + 1);
            return Err(StoreError::JournalIncomplete { reason });
        }
        Ok(Self {
            disk,
            segments,
            cursor: None,
            after,
            tip,
        })
    }

    fn read(&mut self) -> Result<Option<Record>, StoreError> {
        while self.after < self.tip {
            let Some(cursor) = &mut self.cursor else {
                let first = self.segments.pop_front().ok_or_else(|| self.ended())?;
                self.cursor = Some(Cursor::open(&*self.disk, first)?);
                continue;
            };
            match cursor.step() {
                Ok(Some(record)) if record.seq > self.after => {
                    self.after = record.seq;
                    return Ok(Some(record));
                }
                Ok(Some(_)) => {}
                Ok(None) => {
                    let first = self.segments.pop_front();
                    let next = first.map(|first| cursor.follow(&*self.disk, first)).transpose()?;
                    self.cursor = Some(next.ok_or_else(|| self.ended())?);
                }
                Err(stop) => return Err(cursor.damaged(stop)),
            }
        }
        Ok(None)
    }

    fn ended(&self) -> StoreError {
        StoreError::JournalIncomplete {
            reason: format!("record {} is missing at its end", self.after + 1),
        }
    }
}

impl Iterator for History {
    type Item = Result<Record, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        if read.is_err() {
            self.tip = self.after;
        }
        read.transpose()
    }
}
