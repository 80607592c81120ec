//! Moments and ISO 8601 durations.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, Months, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. In JSON it is RFC 3339 text in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment that many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The moment as a calendar date and time in UTC; moments outside chrono's range are its nearest end.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }

    /// The moment `millis` later (or earlier, when negative); saturates.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|moment| Self(moment.timestamp_millis()))
            .map_err(|_| D::Error::custom("a moment is RFC 3339 text such as 2026-11-23T08:00:00Z"))
    }
}

/// An ISO 8601 duration such as `P1DT2H`. Months and days are calendar steps, the rest is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct IsoDuration {
    /// Whole months; a year is twelve.
    pub months: u32,
    /// Whole days; a week is seven.
    pub days: u32,
    /// Hours, minutes and seconds, in milliseconds.
    pub millis: i64,
}

impl IsoDuration {
    /// An exact duration.
    pub const fn from_millis(millis: i64) -> Self {
        Self {
            months: 0,
            days: 0,
            millis,
        }
    }

    /// Whether it is no time at all.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// The moment this long after `start`; saturates at the end of time.
    pub fn after(self, start: Timestamp) -> Timestamp {
        start
            .to_utc()
            .checked_add_months(Months::new(self.months))
            .and_then(|moment| moment.checked_add_days(Days::new(self.days.into())))
            .and_then(|moment| moment.checked_add_signed(TimeDelta::milliseconds(self.millis)))
            .map_or(Timestamp::from_millis(i64::MAX), Timestamp::from)
    }
}

/// A text that is not an ISO 8601 duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDurationError;

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration is written like PT30M, PT8H, P3D or P1Y2M10DT2H30M")
    }
}

impl std::error::Error for ParseDurationError {}

impl FromStr for IsoDuration {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        let rest = text.trim().strip_prefix('P').ok_or(ParseDurationError)?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return Err(ParseDurationError),
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        if date.is_empty() && time.is_empty() {
            return Err(ParseDurationError);
        }
        let mut duration = Self::default();
        for (amount, unit) in parts(date, "YMWD")? {
            let amount = whole(amount)?;
            let (field, factor) = match unit {
                'Y' => (&mut duration.months, 12),
                'M' => (&mut duration.months, 1),
                'W' => (&mut duration.days, 7),
                _ => (&mut duration.days, 1),
            };
            *field = amount
                .checked_mul(factor)
                .and_then(|n| field.checked_add(n))
                .ok_or(ParseDurationError)?;
        }
        for (amount, unit) in parts(time, "HMS")? {
            let millis = match unit {
                'H' => i64::from(whole(amount)?) * 3_600_000,
                'M' => i64::from(whole(amount)?) * 60_000,
                _ => seconds(amount)?,
            };
            duration.millis = duration.millis.checked_add(millis).ok_or(ParseDurationError)?;
        }
        Ok(duration)
    }
}

/// Splits `1Y2M` into amounts and units; the units must appear in the order of `units`, each once.
fn parts<'a>(mut text: &'a str, mut units: &str) -> Result<Vec<(&'a str, char)>, ParseDurationError> {
    let mut found = Vec::new();
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(ParseDurationError)?;
        let unit = text[end..].chars().next().ok_or(ParseDurationError)?;
        let position = units.find(unit).ok_or(ParseDurationError)?;
        units = &units[position + 1..];
        found.push((&text[..end], unit));
        text = &text[end + 1..];
    }
    Ok(found)
}

fn whole(amount: &str) -> Result<u32, ParseDurationError> {
    if amount.is_empty() || !amount.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseDurationError);
    }
    amount.parse().map_err(|_| ParseDurationError)
}

fn seconds(amount: &str) -> Result<i64, ParseDurationError> {
    let (whole_part, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = fraction.len();
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (amount.contains('.') && digits == 0) {
        return Err(ParseDurationError);
    }
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let millis: i64 = millis.parse().map_err(|_| ParseDurationError)?;
    Ok(i64::from(whole(whole_part)?) * 1000 + millis)
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("PT0S");
        }
        f.write_str("P")?;
        for (amount, unit) in [(self.months, 'M'), (self.days, 'D')] {
            if amount > 0 {
                write!(f, "{amount}{unit}")?;
            }
        }
        if self.millis > 0 {
            f.write_str("T")?;
            let (seconds, millis) = (self.millis / 1000, self.millis % 1000);
            for (amount, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
                if amount > 0 {
                    write!(f, "{amount}{unit}")?;
                }
            }
            match (seconds % 60, millis) {
                (0, 0) => {}
                (seconds, 0) => write!(f, "{seconds}S")?,
                (seconds, millis) => write!(f, "{seconds}.{millis:03}S")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_iso_8601_says() {
        let cases = [
            ("PT1S", Some((0, 0, 1000))),
            ("PT0.25S", Some((0, 0, 250))),
            ("P1DT2H", Some((0, 1, 7_200_000))),
            ("P1Y2M", Some((14, 0, 0))),
            ("P2W", Some((0, 14, 0))),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("1D", None),
            ("P1M1Y", None),
            ("PT1H1H", None),
            ("P-1D", None),
            ("PT1.S", None),
            ("PT99999999999H", None),
        ];
        for (text, expected) in cases {
            let read = text.parse::<IsoDuration>().ok().map(|d| (d.months, d.days, d.millis));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn a_duration_prints_what_it_reads() {
        for text in ["PT0S", "PT1S", "PT0.250S", "P1DT2H", "P14M", "PT1H30M5S"] {
            assert_eq!(text.parse::<IsoDuration>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_month_after_the_last_of_january_is_the_last_of_february() {
        let start: Timestamp = serde_json::from_str("\"2026-01-31T08:00:00Z\"").unwrap();
        let month: IsoDuration = "P1M".parse().unwrap();
        assert_eq!(month.after(start).to_string(), "2026-02-28T08:00:00Z");
    }
}
