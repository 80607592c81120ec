//! Wakes whoever waits for a moment or for something to do.

use std::{
    sync::{Condvar, Mutex},
    time::Duration,
};

use kapok_tables::Changed;
use tokio::sync::watch;

/// A bell that counts how often it rang, so that a ring is never missed between looking and waiting.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    state: Mutex<Rings>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Rings {
    count: u64,
    closed: bool,
}

/// One bell for each thing that reacts: a commit wakes only those for whom it has something.
#[derive(Debug, Default)]
pub(crate) struct Bells {
    pub(crate) timers: Bell,
    pub(crate) jobs: Bell,
    pub(crate) outbox: Bell,
    pub(crate) record_jobs: Bell,
    pub(crate) plugin_work: Bell,
    pub(crate) imports: Bell,
    /// Rings only for the last time.
    pub(crate) cleaning: Bell,
    /// For those who wait for jobs outside of this program.
    pub(crate) external: watch::Sender<u64>,
}

impl Bells {
    /// Rings for those whose lists a commit changed.
    pub(crate) fn ring(&self, changed: Changed) {
        let Changed {
            timers,
            jobs,
            outbox,
            record_jobs,
            plugin_work,
            imports,
        } = changed;
        if jobs {
            self.external.send_modify(|rings| *rings = rings.wrapping_add(1));
        }
        for (bell, changed) in [
            (&self.timers, timers),
            (&self.jobs, jobs),
            (&self.outbox, outbox),
            (&self.record_jobs, record_jobs),
            (&self.plugin_work, plugin_work),
            (&self.imports, imports),
        ] {
            if changed {
                bell.ring();
            }
        }
    }

    /// Wakes everybody for the last time.
    pub(crate) fn close(&self) {
        for bell in [
            &self.timers,
            &self.jobs,
            &self.outbox,
            &self.record_jobs,
            &self.plugin_work,
            &self.imports,
            &self.cleaning,
        ] {
            bell.close();
        }
    }
}

impl Bell {
    /// Wakes everybody.
    pub(crate) fn ring(&self) {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).count += 1;
        self.changed.notify_all();
    }

    /// Wakes everybody for the last time.
    pub(crate) fn close(&self) {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .closed = true;
        self.changed.notify_all();
    }

    /// How often it rang. To be asked before looking for something to do.
    pub(crate) fn heard(&self) -> u64 {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).count
    }

    /// Whether it was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .closed
    }

    /// Waits until it rings again after `heard`, or for `at_most`. False when it was closed.
    pub(crate) fn wait(&self, heard: u64, at_most: Duration) -> bool {
        let state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (state, _) = self
            .changed
            .wait_timeout_while(state, at_most, |rings| rings.count == heard && !rings.closed)
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        !state.closed
    }
}
