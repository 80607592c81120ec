//! A clock that can be set on while it runs, for what is weeks away.

use std::sync::atomic::{AtomicI64, Ordering};

use kapok::{Clock, SystemClock, protocol::Timestamp};

/// The machine's clock, and how far it was set on.
#[derive(Default)]
pub(super) struct MovedClock(AtomicI64);

impl MovedClock {
    /// Sets it on.
    pub(super) fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_millis(self.0.load(Ordering::SeqCst))
    }
}
