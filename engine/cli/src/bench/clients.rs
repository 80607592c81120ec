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
    let collect = |times: &mut Vec<Duration>, time| times.push(time);
    let all = work(clients, goal, step, collect)?;
    Ok(all.into_iter().flatten().collect())
}

/// The same, when nobody asks how long they took: for runs so long that their times would fill the memory.
pub(super) fn run_quietly(
    clients: usize,
    goal: Goal,
    step: impl Fn(usize, u64) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    work(clients, goal, step, |(): &mut (), _| {}).map(drop)
}

fn work<T: Default + Send>(
    clients: usize,
    goal: Goal,
    step: impl Fn(usize, u64) -> Result<(), Failure> + Sync,
    note: impl Fn(&mut T, Duration) + Sync,
) -> Result<Vec<T>, Failure> {
    let begin = Instant::now();
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let work = |client: usize| -> Result<T, Failure> {
        let mut noted = T::default();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if goal.is_reached(number, begin) {
                break;
            }
            let before = Instant::now();
            step(client, number).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            note(&mut noted, before.elapsed());
        }
        Ok(noted)
    };
    if clients == 1 {
        return Ok(vec![work(0)?]);
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(move || work(client))).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a client panicked")?);
        joined.collect()
    })
}
