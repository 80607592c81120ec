//! A figure: one line of the report.

use std::time::Duration;

use serde::Serialize;

/// The unit of rates.
const PER_SECOND: &str = "1/s";

/// One line. The names of its fields are relied on.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    n: u64,
    limit: Option<f64>,
    /// What the limit is, for people.
    #[serde(skip)]
    pub(super) note: String,
}

impl Figure {
    /// A value of `n` things.
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &'static str, n: u64) -> Self {
        Self {
            name: name.into(),
            value: round(value),
            unit,
            p50_ms: None,
            p99_ms: None,
            n,
            limit: None,
            note: String::new(),
        }
    }

    /// So many a second, in a time that may have gone on after the last of them was answered.
    pub(super) fn rate(name: impl Into<String>, times: Vec<Duration>, took: Duration) -> Self {
        let rate = times.len() as f64 / took.as_secs_f64();
        Self::new(name, rate, PER_SECOND, times.len() as u64).times(times)
    }

    /// The processor time of one of `n`, with everything that follows from it.
    pub(super) fn processor(name: &str, time: Duration, n: u64) -> Self {
        let micros = time.as_secs_f64() * 1e6 / n.max(1) as f64;
        Self::new(format!("{name}.processor"), micros, "µs", n)
    }

    /// The 99th percentile of these times.
    pub(super) fn slowest(name: impl Into<String>, times: Vec<Duration>) -> Self {
        let figure = Self::new(name, 0.0, "ms", times.len() as u64).times(times);
        Self {
            value: figure.p99_ms.unwrap_or_default(),
            ..figure
        }
    }

    /// How long they took.
    pub(super) fn times(mut self, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        self.p50_ms = percentile(&times, 50).map(millis);
        self.p99_ms = percentile(&times, 99).map(millis);
        self
    }

    pub(super) fn value(&self) -> f64 {
        self.value
    }

    /// What the machine can do, and what that is.
    pub(super) fn limit(mut self, limit: f64, note: impl Into<String>) -> Self {
        self.limit = Some(round(limit));
        self.note = note.into();
        self
    }

    /// More about it, for people.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The line for people.
    pub(super) fn text(&self) -> String {
        let time = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{time:.3}"));
        let (limit, share) = match self.limit {
            Some(limit) => (plain(limit), format!("{:.0} %", 100.0 * self.share(limit))),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let line = format!(
            "{:<26} {:>12} {:<8} {:>9} {:>9} {:>9} {:>10} {:>6}  {}",
            self.name,
            plain(self.value),
            self.unit,
            time(self.p50_ms),
            time(self.p99_ms),
            self.n,
            limit,
            share,
            self.note
        );
        line.trim_end().to_owned()
    }

    /// How near to the limit it comes: of a rate the part that is reached, of a time the part that was necessary.
    fn share(&self, limit: f64) -> f64 {
        if self.unit == PER_SECOND {
            self.value / limit
        } else {
            limit / self.value
        }
    }

    /// What stands above the lines for people.
    pub(super) fn heading() -> String {
        format!(
            "{:<26} {:>12} {:<8} {:>9} {:>9} {:>9} {:>10} {:>6}",
            "name", "value", "unit", "p50 ms", "p99 ms", "n", "limit", "share"
        )
    }
}

/// The time that `percent` of all are not above.
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied()
}

fn millis(time: Duration) -> f64 {
    round(time.as_secs_f64() * 1e3)
}

/// More digits than any measurement has.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn plain(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let times: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        let cases = [(1, 2), (50, 100), (99, 198), (100, 200)];
        for (percent, expected) in cases {
            let expected = Some(Duration::from_millis(expected));
            assert_eq!(percentile(&times, percent), expected, "{percent}");
        }
        assert_eq!(percentile(&times[..1], 99), Some(times[0]));
        assert_eq!(percentile(&[], 50), None);
    }
}
