//! What a step costs: time for whoever waits, and processor time for everybody.

use std::time::Duration;

use kapok::Kapok;

use super::{Failure, figures::Figure, process};

/// The steps' times, and the processor time of all of them.
#[derive(Debug)]
pub(super) struct Cost {
    pub(super) times: Vec<Duration>,
    processor: Duration,
}

impl Cost {
    /// What it costs to do something, with what follows the journal. What earlier work left to do in the background, such
    /// as a snapshot, is waited for: it would be counted.
    pub(super) fn of(kapok: &Kapok, steps: impl FnOnce() -> Result<Vec<Duration>, Failure>) -> Result<Self, Failure> {
        kapok.catch_up()?;
        process::settle();
        let before = process::processor_time();
        let times = steps()?;
        kapok.catch_up()?;
        let processor = process::processor_time().saturating_sub(before);
        Ok(Self { times, processor })
    }

    /// Microseconds of processor time of one step.
    pub(super) fn processor_micros(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.times.len().max(1) as f64
    }

    /// As a line of the report.
    pub(super) fn figure(self, name: String, note: &str) -> Figure {
        let n = self.times.len() as u64;
        Figure::new(name, self.processor_micros(), "µs", n)
            .times(self.times)
            .note(note)
    }
}
