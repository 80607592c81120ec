//! How long the disk lasts, by what it has lost.

use std::collections::VecDeque;

use kapok_protocol::Timestamp;

/// So often is what is free noted, in milliseconds.
const EVERY: i64 = 10 * 60_000;
/// For so long it is remembered.
const WEEK: i64 = 7 * DAY;
/// Before so much has been seen nothing is foretold: a morning's import is no habit.
const SEEN: i64 = 6 * 3_600_000;
const DAY: i64 = 24 * 3_600_000;

/// What was free on the disk, from time to time.
#[derive(Debug, Default)]
pub(super) struct Forecast(VecDeque<(Timestamp, u64)>);

impl Forecast {
    /// Notes how much is free. When the clock went back, what was noted later is forgotten.
    pub(super) fn note(&mut self, now: Timestamp, free: u64) {
        while self.0.back().is_some_and(|(at, _)| *at > now) {
            self.0.pop_back();
        }
        if self.0.back().is_none_or(|(at, _)| now.millis() - at.millis() >= EVERY) {
            self.0.push_back((now, free));
        }
        while self.0.front().is_some_and(|(at, _)| now.millis() - at.millis() > WEEK) {
            self.0.pop_front();
        }
    }

    /// In how many days nothing will be free, when it goes on as it did; `None` when that cannot be said, or it does not
    /// get less.
    pub(super) fn days_left(&self, now: Timestamp, free: u64) -> Option<f64> {
        let (since, then) = self.0.front()?;
        let seen = now.millis() - since.millis();
        let lost = then.checked_sub(free).filter(|lost| *lost > 0)?;
        (seen >= SEEN).then(|| free as f64 / lost as f64 * (seen as f64 / DAY as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_millis(1_795_420_800_000 + hours * 3_600_000)
    }

    /// What is free by the hour, and how many days are left.
    #[test]
    fn what_was_lost_says_how_long_it_lasts() {
        let gib = 1 << 30;
        type Case<'a> = (&'a str, &'a [(i64, u64)], Option<f64>);
        let cases: [Case<'_>; 7] = [
            ("nothing was seen yet", &[(0, 100)], None),
            ("too short", &[(0, 100), (5, 50)], None),
            ("a tenth in a day", &[(0, 100), (24, 90)], Some(9.0)),
            ("half in a quarter of a day", &[(0, 100), (6, 50)], Some(0.25)),
            ("it got more", &[(0, 100), (24, 120)], None),
            ("it stays", &[(0, 100), (24, 100)], None),
            // Ten a day for a week; what was before is forgotten.
            ("a week", &[(0, 500), (24, 100), (24 * 8, 30)], Some(3.0)),
        ];
        for (what, noted, expected) in cases {
            let mut forecast = Forecast::default();
            let mut last = (hours(0), 0);
            for (hour, free) in noted {
                last = (hours(*hour), free * gib);
                forecast.note(last.0, last.1);
            }
            let found = forecast.days_left(last.0, last.1);
            assert_eq!(found.map(|days| (days * 100.0).round() / 100.0), expected, "{what}");
        }
    }

    #[test]
    fn little_is_remembered_and_a_clock_that_goes_back_does_no_harm() {
        let mut forecast = Forecast::default();
        for minute in 0..60 * 24 * 30 {
            forecast.note(Timestamp::from_millis(minute * 60_000), 1_000_000 - minute as u64);
        }
        assert!(forecast.0.len() <= 7 * 24 * 6 + 2, "{}", forecast.0.len());
        forecast.note(Timestamp::from_millis(0), 5);
        assert_eq!(forecast.0.len(), 1);
        assert_eq!(forecast.days_left(Timestamp::from_millis(0), 5), None);
    }
}
