use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Timelike, Utc};
use kapok_protocol::Value;

use super::normal::{Fault, fault};

/// Years of four digits: others would not sort as text.
fn is_usual(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1..=9999).contains(&date.year())
}

pub(super) fn date(text: &str) -> Result<Value, Fault> {
    match text.parse::<NaiveDate>() {
        Ok(date) if is_usual(date) => Ok(date.to_string().into()),
        _ => fault(
            "field.date",
            "应为日期，例如 2026-11-23。",
            "must be a date such as 2026-11-23.",
        ),
    }
}

/// A time of day: `09:30`, and with seconds where there are some.
pub(super) fn time(text: &str) -> Result<Value, Fault> {
    let time = ["%H:%M", "%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    match time {
        Some(time) if time.second() == 0 => Ok(time.format("%H:%M").to_string().into()),
        Some(time) => Ok(time.format("%H:%M:%S").to_string().into()),
        None => fault(
            "field.time",
            "应为时刻，例如 09:30。",
            "must be a time of day such as 09:30.",
        ),
    }
}

pub(super) fn date_time(text: &str) -> Result<Value, Fault> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) if is_usual(moment.with_timezone(&Utc).date_naive()) => Ok(moment
            .with_timezone(&Utc)
            .to_rfc3339_opts(SecondsFormat::AutoSi, true)
            .into()),
        _ => fault(
            "field.date-time",
            "应为时间，例如 2026-11-23T09:30:00+08:00。",
            "must be a moment such as 2026-11-23T09:30:00+08:00.",
        ),
    }
}
