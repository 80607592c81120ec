//! The clock is watched, since timers go by it: when it jumps, administrators are told.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kapok_protocol::{Text, Timestamp};

use crate::{Error, clock::Clock, shared::Shared, writer::Writer};

/// What is less is no jump, but a time server at work or a slow machine.
const JUMP_MILLIS: i64 = 60_000;

/// The clock as it was when it was last looked at.
#[derive(Debug)]
pub(crate) struct ClockWatch(Mutex<Reading>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    now: Timestamp,
    passed: Duration,
}

impl Reading {
    fn of(clock: &dyn Clock) -> Self {
        Self {
            now: clock.now(),
            passed: clock.passed(),
        }
    }

    /// How far the clock has gone beyond the time that has passed since, in milliseconds; below zero if it was put back.
    fn jump_to(&self, later: &Self) -> i64 {
        let passed = later.passed.saturating_sub(self.passed).as_millis();
        let shown = later.now.millis().saturating_sub(self.now.millis());
        shown.saturating_sub(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

impl ClockWatch {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        Self(Mutex::new(Reading::of(clock)))
    }
}

/// Tells the administrators if the clock has jumped since the last look. While that cannot be saved, it is still to be
/// told at the next.
pub(crate) fn watch_clock(shared: &Shared, writer: &Writer) -> Result<(), Error> {
    let mut last = shared.clock_watch.0.lock().unwrap_or_else(PoisonError::into_inner);
    let reading = Reading::of(&*shared.clock);
    let jump = last.jump_to(&reading);
    if jump.abs() > JUMP_MILLIS {
        tracing::warn!(jump_millis = jump, now = %reading.now, "the clock jumped");
        let text = jumped(jump, reading.now);
        writer
            .submit(move |step| step.page_administrators(&text, None))
            .wait()?;
    }
    *last = reading;
    Ok(())
}

fn jumped(millis: i64, now: Timestamp) -> Text {
    let minutes = millis.unsigned_abs() / 60_000;
    if millis > 0 {
        Text::new(
            format!(
                "服务器的时钟向前跳了 {minutes} 分钟（现在是 {now}），或者服务器曾经休眠。定时器按时钟触发，跳过的这段时间内到期的都已触发。请检查服务器的时间同步。"
            ),
            format!(
                "The server's clock jumped {minutes} minutes ahead (it shows {now}), or the server was asleep. Timers go by \
                 the clock: those due in between have fired. Check the server's time service."
            ),
        )
    } else {
        Text::new(
            format!(
                "服务器的时钟向后跳了 {minutes} 分钟（现在是 {now}）。定时器按时钟触发：不会丢失，也不会重复，但会晚 {minutes} 分钟。请检查服务器的时间同步。"
            ),
            format!(
                "The server's clock jumped {minutes} minutes back (it shows {now}). Timers go by the clock: none is lost and \
                 none fires twice, but they fire {minutes} minutes later. Check the server's time service."
            ),
        )
    }
}
