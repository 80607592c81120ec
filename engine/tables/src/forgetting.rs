//! What was kept long enough goes: cases that ended, messages that left, sessions that are over.
//!
//! Each of these walks a bounded number of rows from the oldest on and says where the next walk goes on.

use kapok_process::state::{Instance, InstanceState, Task};
use kapok_protocol::{Delivery, InstanceId, OutboxRow, TaskId, Timestamp};

use crate::{
    Key, Prefix, Read, Slice, TableError, Transaction,
    gathered::OF_A_CASE,
    read::{self, Pair},
    rows::{Row, Session},
};

/// Of the next `limit` cases behind `after`, those that ended before a moment, the first started first.
///
/// Ids grow with time, so the walk is over at the first case that began later.
pub fn ended_before(
    read: &dyn Read,
    moment: Timestamp,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Slice<InstanceId>, TableError> {
    let pairs = read.scan(Key::new(Prefix::Instance).as_bytes(), after, limit)?;
    let mut items = Vec::new();
    for (key, value) in &pairs {
        let case: Instance = read::decode(key, value)?;
        if case.started_at >= moment {
            return Ok(Slice { items, next: None });
        }
        if case.state != InstanceState::Active && case.ended_at.is_some_and(|at| at < moment) {
            items.push(case.id);
        }
    }
    let next = last_of(&pairs, limit);
    Ok(Slice { items, next })
}

/// The key of the last one, if there may be more.
fn last_of(pairs: &[Pair], limit: usize) -> Option<Vec<u8>> {
    pairs
        .last()
        .filter(|_| pairs.len() == limit)
        .map(|(key, _)| key.to_vec())
}

impl Transaction<'_> {
    /// Removes a case that has ended, with its to-dos and whatever else is left of it, about `limit` rows at a time.
    /// Whether it is gone.
    pub fn forget_case(&mut self, id: InstanceId, limit: usize) -> Result<bool, TableError> {
        let mut left = limit;
        for prefix in OF_A_CASE {
            let prefix = Key::new(prefix).number(id.get());
            for (key, _) in self.scan(prefix.as_bytes(), None, left)? {
                self.erase(key.to_vec());
                left -= 1;
            }
        }
        let tasks = Key::new(Prefix::TaskByInstance).number(id.get());
        for (_, task) in read::ids(self, &tasks, None, left)? {
            if let Some(task) = TaskId::new(task) {
                self.delete::<Task>(&task)?;
            }
            left -= 1;
        }
        if left > 0 {
            self.delete::<Instance>(&id)?;
        }
        Ok(left > 0)
    }

    /// Of the next `limit` messages, the oldest first, removes those that were written before a moment and have left or
    /// failed. Where to go on, if there are more.
    pub fn forget_messages(
        &mut self,
        moment: Timestamp,
        before: Option<&[u8]>,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, TableError> {
        let pairs = self.scan_back(Key::new(Prefix::Outbox).as_bytes(), before, limit)?;
        for (key, value) in &pairs {
            let row: OutboxRow = read::decode(key, value)?;
            if row.created_at >= moment {
                return Ok(None);
            }
            if matches!(row.delivery, Delivery::Sent { .. } | Delivery::Failed { .. }) {
                self.delete::<OutboxRow>(&row.id)?;
            }
        }
        Ok(last_of(&pairs, limit))
    }

    /// Of the next `limit` sessions removes those that are over. Where to go on, if there are more.
    pub fn forget_sessions(
        &mut self,
        now: Timestamp,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, TableError> {
        let pairs = self.scan(Key::new(Prefix::Session).as_bytes(), after, limit)?;
        for (key, value) in &pairs {
            let row: Session = read::decode(key, value)?;
            if row.expires_at < now {
                self.delete::<Session>(&row.id())?;
            }
        }
        Ok(last_of(&pairs, limit))
    }
}
