//! Reading the journal from the outside: for projections that follow it, and for checking it.

use std::sync::Arc;

use super::record::Record;
use super::segment;
use super::walk::{Step, Walk};
use crate::{Disk, Seq, StoreError};

/// Records in order, read segment by segment, up to the last one at the time it was asked for.
///
/// After an error it ends.
pub struct History {
    disk: Arc<dyn Disk>,
    walk: Walk,
    after: Seq,
    tip: Seq,
}

impl History {
    pub(crate) fn new(disk: Arc<dyn Disk>, after: Seq, tip: Seq) -> Result<Self, StoreError> {
        let walk = Walk::new(&segment::list(&*disk)?, after.min(tip), None)?;
        Ok(Self { disk, walk, after, tip })
    }

    fn read(&mut self) -> Result<Option<Record>, StoreError> {
        if self.after >= self.tip {
            return Ok(None);
        }
        match self.walk.next(&*self.disk)? {
            Step::Record(record) => {
                self.after = record.seq;
                Ok(Some(record))
            }
            Step::End | Step::Torn => Err(StoreError::JournalIncomplete {
                reason: format!("record {} is missing at its end", self.after + 1),
            }),
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
