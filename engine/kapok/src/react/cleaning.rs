//! What was kept long enough goes: cases that ended, messages that left, sessions that are over.
//!
//! In small commits, so that nobody waits for it, and from the oldest on, so that a walk ends where the young ones begin.

use kapok_protocol::{InstanceId, Timestamp};
use kapok_tables::{Queries, ended_before};

use super::LONGEST;
use crate::{Error, files, imports, shared::Shared, writer::Writer};

/// It is looked for once in so many milliseconds.
const EVERY: i64 = 3_600_000;
const DAY: i64 = 24 * 3_600_000;
/// So many rows are looked at in one command.
const LOOKED_AT: usize = 1_000;
/// About so many rows of one case go in one command.
const ROWS: usize = 5_000;
/// So many cases go in one command, unless they are large.
const CASES: usize = 100;

/// How many days things are kept that nothing depends on any more; for ever, where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Cases that have ended, with their to-dos and their history.
    pub cases: Option<u32>,
    /// Mail and SMS that have left or failed.
    pub messages: Option<u32>,
    /// Records in the trash.
    pub trash: Option<u32>,
}

pub(super) fn run(shared: &Shared, writer: &Writer) {
    let mut last: Option<Timestamp> = None;
    loop {
        let heard = shared.bells.cleaning.heard();
        let now = shared.clock.now();
        let waited = last.map(|last| now.millis() - last.millis());
        if !waited.is_some_and(|waited| (0..EVERY).contains(&waited)) {
            if let Err(error) = clean(shared, writer, now) {
                tracing::error!(%error, "old things could not be removed; tried again in an hour: {error}");
            }
            last = Some(now);
        }
        if !shared.bells.cleaning.wait(heard, LONGEST) {
            return;
        }
    }
}

/// Removes everything that was kept long enough.
pub(crate) fn clean(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<(), Error> {
    let mut place = None;
    loop {
        let from = place.take();
        let walked = writer.submit(move |step| Ok(step.tx.forget_sessions(now, from.as_deref(), LOOKED_AT)?));
        place = walked.wait()?;
        if place.is_none() || shared.bells.cleaning.is_closed() {
            break;
        }
    }
    let days_ago = |days: u32| now.plus_millis(-i64::from(days).saturating_mul(DAY));
    if let Some(days) = shared.settings.retention.cases {
        forget_cases(shared, writer, days_ago(days))?;
    }
    if let Some(days) = shared.settings.retention.messages {
        forget_messages(shared, writer, days_ago(days))?;
    }
    if let Some(days) = shared.settings.retention.trash {
        empty_trash(shared, writer, days_ago(days))?;
    }
    imports::forget(shared, writer, now)?;
    files::clean(shared, writer, now)?;
    Ok(())
}

fn forget_cases(shared: &Shared, writer: &Writer, moment: Timestamp) -> Result<(), Error> {
    let mut place = None;
    loop {
        let found = ended_before(&shared.store.view(), moment, place.as_deref(), LOOKED_AT)?;
        for cases in found.items.chunks(CASES) {
            let mut left = cases.to_vec();
            while !left.is_empty() {
                if shared.bells.cleaning.is_closed() {
                    return Ok(());
                }
                left = forget_some(writer, left)?;
            }
        }
        place = found.next;
        if place.is_none() {
            return Ok(());
        }
    }
}

/// Removes cases, or as much of them as one command may; those that are not gone yet.
fn forget_some(writer: &Writer, cases: Vec<InstanceId>) -> Result<Vec<InstanceId>, Error> {
    let done = writer.submit(move |step| {
        for (number, case) in cases.iter().enumerate() {
            if !step.tx.forget_case(*case, ROWS)? {
                return Ok(cases[number..].to_vec());
            }
        }
        Ok(Vec::new())
    });
    done.wait()
}

fn forget_messages(shared: &Shared, writer: &Writer, moment: Timestamp) -> Result<(), Error> {
    let mut place = None;
    loop {
        let from = place.take();
        let walked = writer.submit(move |step| Ok(step.tx.forget_messages(moment, from.as_deref(), LOOKED_AT)?));
        place = walked.wait()?;
        if place.is_none() || shared.bells.cleaning.is_closed() {
            return Ok(());
        }
    }
}

fn empty_trash(shared: &Shared, writer: &Writer, moment: Timestamp) -> Result<(), Error> {
    let mut place: Option<Vec<u8>> = None;
    loop {
        let page = Queries(&shared.store.view()).all_trash(place.as_deref(), LOOKED_AT)?;
        let old = page.items.into_iter().filter(|trashed| trashed.deleted_at < moment);
        let old: Vec<_> = old.map(|trashed| (trashed.row.entity, trashed.row.record.id)).collect();
        if !old.is_empty() {
            writer.submit(move |step| step.empty_trash(&old)).wait()?;
        }
        place = page.next;
        if place.is_none() || shared.bells.cleaning.is_closed() {
            return Ok(());
        }
    }
}
