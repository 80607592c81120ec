//! How an engine does, in numbers.

use std::sync::atomic::Ordering;

use kapok_protocol::{Delivery, Timestamp};
use kapok_store::{Health, Seq, Usage};
use kapok_tables::Queries;

use crate::{Error, Kapok, backup::BackupStatus};

/// What waits is counted no further.
const COUNTED: usize = 10_000;
/// Of the messages that left or failed, so many of the newest are looked at.
const NEWEST: usize = 5_000;

/// How an engine does.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Whether it takes commands.
    pub health: Health,
    /// The number of the last commit.
    pub commits: Seq,
    /// Commands that wait for the writer.
    pub queue: usize,
    /// Cases started since the engine was.
    pub cases_started: u64,
    /// Cases that ended since then.
    pub cases_finished: u64,
    /// What the data takes, measured at most a minute ago; `None` for an engine in memory.
    pub usage: Option<Usage>,
    /// What the files of the search index take besides, in bytes.
    pub index: u64,
    /// In how many days the disk will be full; `None` when that cannot be said, or it does not get less.
    pub days_left: Option<f64>,
    /// How scheduled backups stand; `None` when none are set up.
    pub backup: Option<BackupStatus>,
    /// Timers that are due and have not fired, counted up to 10,000.
    pub overdue_timers: usize,
    /// Messages by where they are.
    pub outbox: OutboxCounts,
}

/// Messages by where they are: those that wait, counted up to 10,000; of the others, those among the newest 5,000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// They wait to be sent.
    pub waiting: usize,
    /// They are being sent.
    pub leased: usize,
    /// They were sent.
    pub sent: usize,
    /// They will not be sent.
    pub failed: usize,
    /// Nobody knows whether they were sent.
    pub unknown: usize,
}

impl Kapok {
    /// How the engine does, in numbers. It reads no business data.
    pub fn overview(&self) -> Result<Overview, Error> {
        let shared = &self.shared;
        let operating = &shared.operating;
        let (now, view) = (shared.clock.now(), shared.store.view());
        let queries = Queries(&view);
        let (mut usage, days_left) = operating.disk();
        if usage.is_none() && operating.folder.is_some() {
            usage = Some(shared.store.usage()?);
        }
        Ok(Overview {
            health: shared.store.health(),
            commits: view.seq(),
            queue: self.writer.waiting(),
            cases_started: operating.counted.started.load(Ordering::Relaxed),
            cases_finished: operating.counted.finished.load(Ordering::Relaxed),
            usage,
            index: shared.projection.size().unwrap_or_default(),
            days_left,
            backup: operating.backups.status(),
            overdue_timers: queries.due_timers(now, COUNTED)?.len(),
            outbox: outbox(&queries)?,
        })
    }
}

fn outbox(queries: &Queries<'_>) -> Result<OutboxCounts, Error> {
    let mut counts = OutboxCounts::default();
    // All moments, since leases end in the future.
    for row in queries.due_messages(Timestamp::from_millis(i64::MAX), COUNTED)? {
        match row.delivery {
            Delivery::Leased { .. } => counts.leased += 1,
            _ => counts.waiting += 1,
        }
    }
    for row in queries.outbox(None, NEWEST)?.items {
        match row.delivery {
            Delivery::Sent { .. } => counts.sent += 1,
            Delivery::Failed { .. } => counts.failed += 1,
            Delivery::Unknown { .. } => counts.unknown += 1,
            Delivery::Waiting { .. } | Delivery::Leased { .. } => {}
        }
    }
    Ok(counts)
}
