//! The one place that looks at a clock.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use kapok_protocol::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The moment. It may jump, forwards and back, when people or time servers set the clock.
    fn now(&self) -> Timestamp;

    /// How much time has passed since some moment that stays the same. It never jumps, so it shows when [`Clock::now`]
    /// did.
    fn passed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    /// Whether time passes by itself. A clock that is moved by hand has its timers fired by hand too.
    fn runs(&self) -> bool {
        true
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved: for trying processes out.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    /// In milliseconds.
    passed: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self {
            now: AtomicI64::new(start.millis()),
            passed: AtomicI64::new(0),
        }
    }

    /// Lets time pass until `moment`; never back.
    pub fn move_to(&self, moment: Timestamp) {
        let before = self.now.fetch_max(moment.millis(), Ordering::SeqCst);
        let passed = moment.millis().saturating_sub(before).max(0);
        self.passed.fetch_add(passed, Ordering::SeqCst);
    }

    /// Makes it show `moment`, forwards or back, without any time passing: as when somebody sets a clock.
    pub fn set(&self, moment: Timestamp) {
        self.now.store(moment.millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn passed(&self) -> Duration {
        Duration::from_millis(self.passed.load(Ordering::SeqCst).unsigned_abs())
    }

    fn runs(&self) -> bool {
        false
    }
}
