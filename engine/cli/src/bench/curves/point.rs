//! A point of a curve: one line of its table.

use serde::Serialize;

use super::super::{cost::Cost, figures::percentile};

/// What was measured at one size.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Point {
    pub(super) curve: &'static str,
    pub(super) size: u64,
    /// How many steps were measured.
    steps: u64,
    /// Processor time of one step, with what follows the journal.
    processor_us: f64,
    /// How long one client waits for a step.
    p50_us: f64,
    p99_us: f64,
    /// Row changes of one step, and the bytes of their keys and values.
    changes: Option<f64>,
    bytes: Option<f64>,
    /// How long it takes to open the folder, and the memory in use then.
    pub(super) open_s: Option<f64>,
    pub(super) open_mb: Option<f64>,
    /// The memory in use after the steps.
    pub(super) memory_mb: Option<f64>,
    /// What the folder takes on the disk, for each of what is counted.
    pub(super) disk_each: Option<f64>,
}

impl Point {
    pub(super) fn new(size: u64, cost: &Cost) -> Self {
        let mut times = cost.times.clone();
        times.sort_unstable();
        let micros = |percent| percentile(&times, percent).map_or(0.0, |time| time.as_secs_f64() * 1e6);
        Self {
            curve: "",
            size,
            steps: times.len() as u64,
            processor_us: cost.processor_micros(),
            p50_us: micros(50),
            p99_us: micros(99),
            changes: None,
            bytes: None,
            open_s: None,
            open_mb: None,
            memory_mb: None,
            disk_each: None,
        }
    }

    /// What the steps have written: row changes and their bytes.
    pub(super) fn written(self, (changes, bytes): (u64, u64)) -> Self {
        let each = |count: u64| Some(count as f64 / self.steps.max(1) as f64);
        Self {
            changes: each(changes),
            bytes: each(bytes),
            ..self
        }
    }

    /// What stands above the points of a curve.
    pub(super) fn heading(name: &str, about: &str) -> String {
        format!(
            "\n{name}: {about}\n{:>9} {:>10} {:>6} {:>10} {:>6} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}",
            "size",
            "cpu µs",
            "ratio",
            "p50 µs",
            "ratio",
            "p99 µs",
            "changes",
            "bytes",
            "open s",
            "open MB",
            "MB",
            "disk B"
        )
    }

    /// The line, compared with that of the smallest size.
    pub(super) fn text(&self, first: &Self) -> String {
        let maybe = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        format!(
            "{:>9} {:>10.1} {:>6.2} {:>10.1} {:>6.2} {:>10.1} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}",
            self.size,
            self.processor_us,
            self.processor_us / first.processor_us,
            self.p50_us,
            self.p50_us / first.p50_us,
            self.p99_us,
            maybe(self.changes, 1),
            maybe(self.bytes, 0),
            maybe(self.open_s, 2),
            maybe(self.open_mb, 0),
            maybe(self.memory_mb, 0),
            maybe(self.disk_each, 0),
        )
    }
}
