//! What something costs: time that was computed and memory that was taken.

#![allow(unsafe_code, reason = "an allocator that counts is one")]
#![allow(
    clippy::disallowed_methods,
    reason = "measuring reads a clock; the crate itself does not"
)]
#![allow(dead_code, reason = "every example uses a part of it")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// What one of something costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub nanos: f64,
    pub allocations: f64,
}

/// How many rounds there are; the quickest counts, since others were disturbed.
const ROUNDS: usize = 8;
/// How many nanoseconds a round takes at least: the system counts them in steps.
const ROUND: f64 = 60e6;

/// The cost of one call of `what`, on average over a round; it says whether it went well.
pub fn measure(mut what: impl FnMut(usize) -> bool) -> Cost {
    let mut round = |times: usize| {
        let start = cpu_time();
        let made = (0..times).filter(|time| what(*time)).count();
        assert_eq!(made, times, "what is measured must go well");
        cpu_time() - start
    };
    let mut times = 1_000;
    while round(times) < ROUND {
        times *= 2;
    }
    let allocations = ALLOCATIONS.load(Ordering::Relaxed);
    let quickest = (0..ROUNDS).map(|_| round(times)).fold(f64::INFINITY, f64::min);
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - allocations;
    Cost {
        nanos: quickest / times as f64,
        allocations: allocations as f64 / (times * ROUNDS) as f64,
    }
}

/// Nanoseconds that this thread has computed, so that what else runs on the machine counts less; where the system does
/// not say, those that have passed.
fn cpu_time() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    let passed = START.with(|start| start.elapsed().as_nanos() as f64);
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let computed = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    computed.unwrap_or(passed)
}

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// The system's memory, counting how often some is taken.
struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
