//! Timers that fall due become commands, in the order of their moments.

use std::time::Duration;

use kapok_protocol::{Command, Principal, Timestamp};
use kapok_tables::Queries;

use super::{AFTER_FAILURE, until, watch_clock};
use crate::{Error, shared::Shared, writer::Writer};

/// So many are handed to the writer at once.
const BATCH: usize = 256;

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

/// Fires what is due; whether anything was.
pub(crate) fn fire_due_timers(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<bool, Error> {
    let due = Queries(&shared.store.view()).due_timers(now, BATCH)?;
    let replies: Vec<_> = due
        .iter()
        .map(|timer| {
            let timer = *timer;
            writer.submit(move |step| {
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
            })
        })
        .collect();
    let any = !replies.is_empty();
    for reply in replies {
        reply.wait()?;
    }
    Ok(any)
}
