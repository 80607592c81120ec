//! When a backup is to be made. Nothing here looks at a clock or a disk.

use kapok_protocol::Timestamp;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// How long after a failed attempt the next one is made.
pub(super) const AGAIN: i64 = 60 * MINUTE;
/// Backups from further in the future were made when the clock was wrong.
const SKEW: i64 = 10 * MINUTE;

/// A time of day in company time, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyTime(u32);

impl DailyTime {
    /// Reads `02:30`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let two = |part: &str, limit: u32| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|number: &u32| digits && *number < limit)
        };
        Some(Self(two(hour, 24)? * 60 + two(minute, 60)?))
    }

    /// The last moment not after `now` at which it was this time; `ahead` minutes is company time ahead of UTC.
    fn before(self, now: Timestamp, ahead: i32) -> Timestamp {
        let shift = i64::from(ahead) * MINUTE;
        let local = now.millis().saturating_add(shift);
        let today = local
            .div_euclid(DAY)
            .saturating_mul(DAY)
            .saturating_add(i64::from(self.0) * MINUTE);
        let slot = if today > local {
            today.saturating_sub(DAY)
        } else {
            today
        };
        Timestamp::from_millis(slot.saturating_sub(shift))
    }
}

/// What is known of earlier backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Earlier {
    /// When the newest was made.
    pub(crate) last: Option<Timestamp>,
    /// When one failed last.
    pub(crate) failed: Option<Timestamp>,
}

/// Whether a backup is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Not before this moment.
    At(Timestamp),
    /// Now.
    Now {
        /// Since when there should have been one, when that is more than a day.
        missed_since: Option<Timestamp>,
    },
}

/// Whether a backup is due `now`. The first is due at once, so that a place that cannot be written to shows at once.
pub(crate) fn due(now: Timestamp, at: DailyTime, ahead: i32, earlier: Earlier) -> Due {
    let slot = at.before(now, ahead);
    let is_past = |moment: &Timestamp| moment.millis() <= now.millis().saturating_add(SKEW);
    let last = earlier.last.filter(is_past);
    if last.is_some_and(|last| last >= slot) {
        return Due::At(slot.plus_millis(DAY));
    }
    if let Some(failed) = earlier.failed.filter(is_past) {
        let again = failed.plus_millis(AGAIN);
        if again > now {
            return Due::At(again);
        }
    }
    // The first time at which there should have been one after the last.
    let missed = last.map(|last| at.before(last, ahead).plus_millis(DAY));
    Due::Now {
        missed_since: missed.filter(|missed| now.millis().saturating_sub(missed.millis()) > DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment as company time says it, in Shanghai.
    fn at(text: &str) -> Timestamp {
        let moment: Timestamp = serde_json::from_value(format!("{text}:00Z").into()).unwrap();
        moment.plus_millis(-8 * 60 * MINUTE)
    }

    #[test]
    fn one_a_day_is_due_at_its_time() {
        let now_since = |text: &str| Due::Now {
            missed_since: Some(at(text)),
        };
        let not_before = |text: &str| Due::At(at(text));
        let now = Due::Now { missed_since: None };
        // The time, when the last one was made, when one failed last, and what follows.
        let cases = [
            (
                "2026-11-28T02:29",
                Some("2026-11-27T02:30"),
                None,
                not_before("2026-11-28T02:30"),
            ),
            ("2026-11-28T02:30", Some("2026-11-27T02:30"), None, now),
            ("2026-11-28T09:00", Some("2026-11-27T02:31"), None, now),
            (
                "2026-11-28T02:31",
                Some("2026-11-28T02:30"),
                None,
                not_before("2026-11-29T02:30"),
            ),
            // Made by hand in between: the one at night is due all the same.
            ("2026-11-28T02:30", Some("2026-11-27T20:00"), None, now),
            // The first.
            ("2026-11-28T12:00", None, None, now),
            (
                "2026-11-28T12:00",
                None,
                Some("2026-11-28T11:30"),
                not_before("2026-11-28T12:30"),
            ),
            ("2026-11-28T12:30", None, Some("2026-11-28T11:30"), now),
            // It failed at night, and is tried again every hour.
            (
                "2026-11-28T03:00",
                Some("2026-11-27T02:30"),
                Some("2026-11-28T02:30"),
                not_before("2026-11-28T03:30"),
            ),
            (
                "2026-11-28T03:30",
                Some("2026-11-27T02:30"),
                Some("2026-11-28T02:30"),
                now,
            ),
            // One that failed before the last good one is over.
            (
                "2026-11-28T02:30",
                Some("2026-11-27T03:31"),
                Some("2026-11-27T02:30"),
                now,
            ),
            // The server was off: a night is not told of, a day is.
            ("2026-11-28T23:00", Some("2026-11-27T02:30"), None, now),
            ("2026-11-29T02:30", Some("2026-11-27T02:30"), None, now),
            (
                "2026-11-29T02:31",
                Some("2026-11-27T02:30"),
                None,
                now_since("2026-11-28T02:30"),
            ),
            (
                "2026-12-24T12:00",
                Some("2026-11-27T02:31"),
                None,
                now_since("2026-11-28T02:30"),
            ),
            // The clock was in the future once.
            (
                "2026-11-28T12:00",
                Some("2031-01-01T02:30"),
                Some("2031-01-01T02:30"),
                now,
            ),
            // The clock went back a little.
            (
                "2026-11-28T02:29",
                Some("2026-11-28T02:30"),
                None,
                not_before("2026-11-28T02:30"),
            ),
        ];
        let daily = DailyTime::parse("02:30").unwrap();
        for (time, last, failed, expected) in cases {
            let earlier = Earlier {
                last: last.map(at),
                failed: failed.map(at),
            };
            let found = due(at(time), daily, 8 * 60, earlier);
            assert_eq!(found, expected, "at {time}, last {last:?}, failed {failed:?}");
        }
    }

    #[test]
    fn a_time_is_two_digits_each() {
        assert_eq!(DailyTime::parse("00:00"), Some(DailyTime(0)));
        assert_eq!(DailyTime::parse("23:59"), Some(DailyTime(23 * 60 + 59)));
        for wrong in ["24:00", "2:30", "02:60", "0230", "02:3", "+2:30", "02:30:00", ""] {
            assert_eq!(DailyTime::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn wherever_the_company_is_there_is_one_time_a_day() {
        let daily = DailyTime::parse("23:30").unwrap();
        for ahead in [-12 * 60, -90, 0, 345, 14 * 60] {
            let mut before = daily.before(Timestamp::from_millis(-DAY), ahead);
            for minute in -1_000..3_000 {
                let now = Timestamp::from_millis(minute * MINUTE);
                let slot = daily.before(now, ahead);
                assert!(slot <= now && now.millis() - slot.millis() < DAY, "{ahead} {minute}");
                assert!(
                    slot == before || slot.millis() - before.millis() == DAY,
                    "{ahead} {minute}"
                );
                before = slot;
            }
        }
    }
}
