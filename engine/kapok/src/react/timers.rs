//! Timers that fall due become commands, in the order of their moments.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kapok_protocol::{Command, Principal, TimerId, Timestamp};
use kapok_tables::Queries;

use super::{AFTER_FAILURE, until, watch_clock};
use crate::{
    Error,
    shared::Shared,
    writer::{Step, Writer},
};

/// So many are looked up at once: the look passes over what has fired and is not yet in the state files.
const LOOK: usize = 8_192;
/// So many are one command, since each command costs something of its own.
const TOGETHER: usize = 64;
/// So many of those commands are on their way at once. The writer has something to do meanwhile, many timers share a
/// sync, and whoever comes between waits for no more than these.
const AHEAD: usize = 16;

pub(super) fn run(shared: &Shared, writer: &Writer) {
    loop {
        let heard = shared.bells.timers.heard();
        let fired = watch_clock(shared, writer).and_then(|()| fire_due_timers(shared, writer, shared.clock.now()));
        let wait = match fired {
            Ok(true) => Duration::ZERO,
            Ok(false) => match Queries(&shared.store.view()).next_timer() {
                Ok(next) => until(shared.clock.now(), next),
                Err(_) => AFTER_FAILURE,
            },
            Err(error) => {
                tracing::error!(%error, "timers wait: {error}");
                AFTER_FAILURE
            }
        };
        if !shared.bells.timers.wait(heard, wait) {
            return;
        }
    }
}

/// Fires what is due, in the order of moments; whether anything was.
pub(crate) fn fire_due_timers(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<bool, Error> {
    let due: Arc<[TimerId]> = Queries(&shared.store.view()).due_timers(now, LOOK)?.into();
    let halted = Arc::new(AtomicBool::new(false));
    let mut under_way = VecDeque::new();
    let mut begin = 0;
    while !under_way.is_empty() || begin < due.len() {
        if under_way.len() < AHEAD && begin < due.len() && !halted.load(Ordering::Relaxed) {
            let range = begin..due.len().min(begin.saturating_add(TOGETHER));
            begin = range.end;
            let (timers, halted) = (due.clone(), halted.clone());
            let of = range.clone();
            let reply = writer.submit(move |step| fire_all(step, timers.get(of).unwrap_or_default(), &halted));
            under_way.push_back((range, reply));
            continue;
        }
        let Some((range, reply)) = under_way.pop_front() else {
            break;
        };
        if reply.wait().is_err() {
            // One of them spoils it for the others: a mistake of ours, or more than one command may write.
            for timer in due.get(range).unwrap_or_default() {
                let timer = *timer;
                writer.submit(move |step| fire(step, timer)).wait()?;
            }
        }
    }
    Ok(!due.is_empty())
}

/// Fires some timers as one command, unless one before them has changed what decisions rest on: then the rest is left
/// for the next look, which is after the commit.
fn fire_all(step: &mut Step<'_>, timers: &[TimerId], halted: &AtomicBool) -> Result<(), Error> {
    for timer in timers {
        if step.ends_group() {
            halted.store(true, Ordering::Relaxed);
        }
        if halted.load(Ordering::Relaxed) {
            break;
        }
        fire(step, *timer)?;
    }
    Ok(())
}

fn fire(step: &mut Step<'_>, timer: TimerId) -> Result<(), Error> {
    match step.attempt(|step| step.process(Principal::System, &Command::FireTimer(timer))) {
        Ok(_) => Ok(()),
        // A timer that cannot fire would be due for ever: it goes, and the log says why.
        Err(Error::Refused(reasons)) => {
            for reason in &reasons {
                tracing::warn!(%timer, "a timer was dropped: {reason}");
            }
            Ok(step.tx.delete_timer(timer)?)
        }
        Err(error) => Err(error),
    }
}
