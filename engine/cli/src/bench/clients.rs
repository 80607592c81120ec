//! Clients: threads that each do one thing after another.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::Failure;

/// So many clients there are where many are meant.
pub(super) const MANY: usize = 64;

/// When enough has been done: both the count and the time are reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    pub(super) count: u64,
    pub(super) time: Duration,
}

impl Goal {
    /// Exactly so many.
    pub(super) fn count(count: u64) -> Self {
        Self {
            count,
            time: Duration::ZERO,
        }
    }

    /// As many as there are in this time.
    pub(super) fn time(time: Duration) -> Self {
        Self { count: 1, time }
    }

    fn is_reached(&self, number: u64, begin: Instant) -> bool {
        number >= self.count && begin.elapsed() >= self.time
    }
}

/// Lets `clients` threads do `step` until the goal is reached, and answers how long each took. A step gets the number of
/// its client, and its own number.
pub(super) fn run(
    clients: usize,
    goal: Goal,
    step: impl Fn(usize, u64) -> Result<(), Failure> + Sync,
) -> Result<Vec<Duration>, Failure> {
    let begin = Instant::now();
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let work = |client: usize| -> Result<Vec<Duration>, Failure> {
        let mut times = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if goal.is_reached(number, begin) {
                break;
            }
            let before = Instant::now();
            step(client, number).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            times.push(before.elapsed());
        }
        Ok(times)
    };
    if clients == 1 {
        return work(0);
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(move || work(client))).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| "a client panicked")??);
        }
        Ok(all)
    })
}
