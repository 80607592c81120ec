//! Dates, times and durations: reading, writing and comparing them. A time may have an offset from UTC; names of time
//! zones are not known here, since what they mean changes with the machine's tables.

use std::{cmp::Ordering, fmt};

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Timelike};

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    pub(super) local: NaiveTime,
    pub(super) offset: Option<FixedOffset>,
}

/// A date with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime {
    pub(super) local: NaiveDateTime,
    pub(super) offset: Option<FixedOffset>,
}

impl Time {
    /// Reads `10:31:00`, `10:31:00.5Z` or `10:31:00+01:00`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
        let (clock, offset) = text.split_at(at);
        let offset = match offset {
            "" => None,
            offset => Some(read_offset(offset)?),
        };
        let (hours, rest) = clock.split_once(':')?;
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
        let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let local = NaiveTime::from_hms_nano_opt(two(hours)?, two(minutes)?, two(seconds)?, nanos(fraction)?)?;
        // A leap second would be written as the second after it.
        (local.nanosecond() < 1_000_000_000).then_some(Self { local, offset })
    }

    /// The order of two times; `None` when only one has an offset.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        Some(self.since(other)?.cmp(&TimeDelta::zero()))
    }

    /// How long after another time it is.
    pub(super) fn since(self, other: Self) -> Option<TimeDelta> {
        let difference = self.local.signed_duration_since(other.local);
        match (self.offset, other.offset) {
            (None, None) => Some(difference),
            (Some(a), Some(b)) => {
                let apart = i64::from(b.local_minus_utc()) - i64::from(a.local_minus_utc());
                difference.checked_add(&TimeDelta::try_seconds(apart)?)
            }
            _ => None,
        }
    }
}

impl DateTime {
    /// Reads `2026-11-23T10:31:00`, with or without an offset; a date alone is its midnight.
    pub(super) fn read(text: &str) -> Option<Self> {
        let Some((date, time)) = text.split_once('T') else {
            return Some(Self::midnight(read_date(text)?));
        };
        let Time { local, offset } = Time::read(time)?;
        Some(Self {
            local: read_date(date)?.and_time(local),
            offset,
        })
    }

    pub(super) fn midnight(date: NaiveDate) -> Self {
        Self {
            local: date.and_time(NaiveTime::MIN),
            offset: None,
        }
    }

    /// The order of two moments; `None` when only one has an offset.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        Some(self.since(other)?.cmp(&TimeDelta::zero()))
    }

    /// How long after another moment it is.
    pub(super) fn since(self, other: Self) -> Option<TimeDelta> {
        let difference = self.local.signed_duration_since(other.local);
        match (self.offset, other.offset) {
            (None, None) => Some(difference),
            (Some(a), Some(b)) => {
                let apart = i64::from(b.local_minus_utc()) - i64::from(a.local_minus_utc());
                difference.checked_add(&TimeDelta::try_seconds(apart)?)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local.format("%H:%M:%S%.f"))?;
        show_offset(self.offset, f)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.local.date(), self.local.time().format("%H:%M:%S%.f"))?;
        show_offset(self.offset, f)
    }
}

fn show_offset(offset: Option<FixedOffset>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match offset {
        None => Ok(()),
        Some(offset) if offset.fix().local_minus_utc() == 0 => f.write_str("Z"),
        Some(offset) => write!(f, "{offset}"),
    }
}

/// Reads `2026-11-23`.
pub(super) fn read_date(text: &str) -> Option<NaiveDate> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = unsigned.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() < 4 || year.len() > 6 || (year.len() > 4 && year.starts_with('0')) {
        return None;
    }
    let year: i32 = digits(year)?.try_into().ok()?;
    NaiveDate::from_ymd_opt(if negative { -year } else { year }, two(month)?, two(day)?)
}

/// Reads `Z`, `+01:00` or `-05:30:00`.
pub(super) fn read_offset(text: &str) -> Option<FixedOffset> {
    if text == "Z" {
        return FixedOffset::east_opt(0);
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    let mut parts = rest.split(':');
    let (hours, minutes) = (two(parts.next()?)?, two(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), two)?;
    if parts.next().is_some() || hours > 18 || minutes > 59 || seconds > 59 {
        return None;
    }
    let east = i32::try_from(hours * 3600 + minutes * 60 + seconds).ok()?;
    FixedOffset::east_opt(if negative { -east } else { east })
}

/// A duration: of days and time, or of years and months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duration {
    Days(TimeDelta),
    Months(i64),
}

/// Reads `P1DT2H`, `-PT0.5S` or `P1Y2M`; years and months do not go together with days and time.
pub(super) fn read_duration(text: &str) -> Option<Duration> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let rest = unsigned.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    let date = amounts(date, "YMWD")?;
    let time = amounts(time, "HMS")?;
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let whole = |amount: &str| digits(amount).map(i64::from);
    if time.is_empty() && date.iter().all(|(_, unit)| matches!(unit, 'Y' | 'M')) {
        let mut months = 0_i64;
        for (amount, unit) in date {
            months = months.checked_add(whole(amount)?.checked_mul(if unit == 'Y' { 12 } else { 1 })?)?;
        }
        return Some(Duration::Months(sign * months));
    }
    let (mut seconds, mut fraction) = (0_i64, 0);
    for (amount, unit) in date.into_iter().chain(time.into_iter().map(|(amount, unit)| {
        // The minutes of the time are not the months of the date.
        (amount, if unit == 'M' { 'm' } else { unit })
    })) {
        let (amount, part) = match (unit, amount.split_once('.')) {
            ('S', Some((amount, part))) => (amount, nanos(part)?),
            _ => (amount, 0),
        };
        fraction += part;
        let unit = match unit {
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3_600,
            'm' => 60,
            'S' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(whole(amount)?.checked_mul(unit)?)?;
    }
    let delta = TimeDelta::new(seconds, fraction)?;
    Some(Duration::Days(if sign < 0 { -delta } else { delta }))
}

/// The amounts of a part of a duration with their units, in the order of `units`, each once.
fn amounts<'a>(mut text: &'a str, mut units: &str) -> Option<Vec<(&'a str, char)>> {
    let mut found = Vec::new();
    while !text.is_empty() {
        let end = text.find(|character: char| character.is_ascii_alphabetic())?;
        let unit = text[end..].chars().next()?;
        let position = units.find(unit)?;
        units = &units[position + 1..];
        found.push((&text[..end], unit));
        text = &text[end + 1..];
    }
    Some(found)
}

/// A days and time duration as ISO 8601 writes it.
pub(super) fn show_days(delta: TimeDelta) -> String {
    if delta.is_zero() {
        return "PT0S".to_owned();
    }
    let sign = if delta < TimeDelta::zero() { "-" } else { "" };
    let delta = delta.abs();
    let (seconds, nanos) = (delta.num_seconds(), delta.subsec_nanos());
    let mut text = format!("{sign}P");
    let mut add = |amount: i64, unit: &str| {
        if amount > 0 {
            text.push_str(&format!("{amount}{unit}"));
        }
    };
    add(seconds / 86_400, "D");
    if seconds % 86_400 != 0 || nanos != 0 {
        text.push('T');
        let mut add = |amount: i64, unit: &str| {
            if amount > 0 {
                text.push_str(&format!("{amount}{unit}"));
            }
        };
        add(seconds / 3_600 % 24, "H");
        add(seconds / 60 % 60, "M");
        if nanos == 0 {
            add(seconds % 60, "S");
        } else {
            let fraction = format!("{nanos:09}");
            text.push_str(&format!("{}.{}S", seconds % 60, fraction.trim_end_matches('0')));
        }
    }
    text
}

/// A years and months duration as ISO 8601 writes it.
pub(super) fn show_months(months: i64) -> String {
    let sign = if months < 0 { "-" } else { "" };
    let (years, rest) = (months.unsigned_abs() / 12, months.unsigned_abs() % 12);
    match (years, rest) {
        (0, rest) => format!("{sign}P{rest}M"),
        (years, 0) => format!("{sign}P{years}Y"),
        (years, rest) => format!("{sign}P{years}Y{rest}M"),
    }
}

fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn two(text: &str) -> Option<u32> {
    digits(text).filter(|_| text.len() == 2)
}

/// The digits after the point of a second.
fn nanos(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    padded.parse().ok()
}
