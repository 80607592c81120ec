//! When the program is killed.

use std::{
    sync::{Condvar, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use crate::random::Random;

/// The moment of a kill.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// Before it serves: after so many thousandths of the shortest start there was.
    Starting(u32),
    /// So many milliseconds after it began to serve.
    After(u64),
    /// When something has happened so many times since it began to serve, before the program knows that it has.
    When(Happening, u64),
}

/// What happens outside of the program, and is a delicate moment inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A client was answered.
    Answer,
    /// A mail was taken, and the sender does not know it yet.
    Mail,
    /// An SMS was taken, and the sender does not know it yet.
    Sms,
}

impl Moment {
    pub fn starting(random: &mut Random) -> Self {
        Self::Starting(random.within(0..1_000) as u32)
    }

    pub fn serving(random: &mut Random) -> Self {
        match random.within(0..10) {
            0..4 => Self::After(random.within(0..900)),
            4..6 => Self::When(Happening::Answer, random.within(1..60)),
            6..8 => Self::When(Happening::Mail, random.within(1..4)),
            _ => Self::When(Happening::Sms, random.within(1..4)),
        }
    }
}

/// Waits for a happening, and holds up whoever reports it until the program is dead.
#[derive(Default)]
pub struct Trap {
    set: Mutex<Option<(Happening, u64)>>,
    changed: Condvar,
}

impl Trap {
    /// Waits until it has happened so many times, though not for ever. Whether it has; then the trap must be opened.
    pub fn wait(&self, what: Happening, times: u64, patience: Duration) -> bool {
        let mut set = self.lock();
        *set = Some((what, times));
        let until = Instant::now() + patience;
        while !matches!(*set, Some((_, 0))) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                *set = None;
                return false;
            }
            set = self
                .changed
                .wait_timeout(set, left)
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .0;
        }
        true
    }

    /// Lets those go whom it holds: the program is dead.
    pub fn open(&self) {
        *self.lock() = None;
        self.changed.notify_all();
    }

    /// Says that something happened. When it is what is waited for, this returns after the program's death, and answers
    /// true.
    pub fn happened(&self, what: Happening) -> bool {
        let mut set = self.lock();
        match &mut *set {
            Some((awaited, times)) if *awaited == what => *times = times.saturating_sub(1),
            _ => return false,
        }
        let caught = matches!(*set, Some((_, 0)));
        self.changed.notify_all();
        while matches!(*set, Some((_, 0))) {
            set = self.changed.wait(set).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        caught
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Happening, u64)>> {
        self.set.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
