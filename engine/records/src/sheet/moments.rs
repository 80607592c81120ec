//! Days, times and moments as people write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use kapok_protocol::{Text, Value};

use crate::width::half_width;

/// Days as one writes them. Where month and day could be taken for each other it is neither.
const DAYS: [&str; 6] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y年%m月%d",
    "%Y%m%d",
];
const TIMES: [&str; 8] = [
    "%H:%M:%S%.f",
    "%H:%M",
    "%H时%M分%S秒",
    "%H时%M分",
    "%H点%M分",
    "%H点%M",
    "%I:%M:%S %p",
    "%I:%M %p",
];

fn wrong_day(text: &str) -> Text {
    Text::new(
        format!("“{text}”不是日期，请写成 2026-11-23 或 2026年11月23日。"),
        format!("“{text}” is not a date; write it like 2026-11-23."),
    )
}

pub(super) fn date(text: &str) -> Result<Value, Text> {
    let plain = half_width(text);
    let plain = plain.trim();
    let found = day(plain).or_else(|| {
        // A day that a program has written as a moment.
        let (day_part, time) = plain.split_once([' ', 'T'])?;
        clock(time.trim().trim_end_matches('Z'))
            .filter(|time| *time == NaiveTime::MIN)
            .and(day(day_part))
    });
    found.map(|day| day.to_string().into()).ok_or_else(|| wrong_day(text))
}

fn day(text: &str) -> Option<NaiveDate> {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    // The form without signs needs all its digits.
    let is_short = text.len() != 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_short {
        return None;
    }
    DAYS.iter().find_map(|form| NaiveDate::parse_from_str(&text, form).ok())
}

pub(super) fn time(text: &str) -> Result<Value, Text> {
    let found = clock(&half_width(text));
    found.map(|time| written(time).into()).ok_or_else(|| {
        Text::new(
            format!("“{text}”不是时刻，请写成 09:30。"),
            format!("“{text}” is not a time of day; write it like 09:30."),
        )
    })
}

fn clock(text: &str) -> Option<NaiveTime> {
    let mut text = text.trim().to_uppercase();
    for (word, sign) in [("上午", "AM"), ("早上", "AM"), ("下午", "PM"), ("晚上", "PM")] {
        if let Some(rest) = text.strip_prefix(word) {
            text = format!("{} {sign}", rest.trim());
            break;
        }
    }
    // `3:05PM` lacks its space.
    for sign in ["AM", "PM"] {
        if let Some(rest) = text.strip_suffix(sign) {
            text = format!("{} {sign}", rest.trim());
            break;
        }
    }
    TIMES
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(&text, form).ok())
}

fn written(time: NaiveTime) -> String {
    use chrono::Timelike;
    if time.nanosecond() != 0 {
        time.format("%H:%M:%S%.f").to_string()
    } else if time.second() != 0 {
        time.format("%H:%M:%S").to_string()
    } else {
        time.format("%H:%M").to_string()
    }
}

/// A moment: with its offset, or in company time.
pub(super) fn date_time(text: &str, utc_offset_minutes: i32) -> Result<Value, Text> {
    let plain = half_width(text);
    let plain = plain.trim();
    let moment = DateTime::parse_from_rfc3339(plain)
        .map(|moment| moment.with_timezone(&Utc))
        .ok()
        .or_else(|| local(plain, utc_offset_minutes));
    let moment = moment.ok_or_else(|| {
        Text::new(
            format!("“{text}”不是时间，请写成 2026-11-23 09:30。"),
            format!("“{text}” is not a moment; write it like 2026-11-23 09:30."),
        )
    })?;
    Ok(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

fn local(text: &str, utc_offset_minutes: i32) -> Option<DateTime<Utc>> {
    let (day_part, time) = match text.find([' ', 'T', '日']) {
        Some(at) if text[at..].starts_with('日') => {
            let behind = at + '日'.len_utf8();
            (&text[..behind], text[behind..].trim())
        }
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let time = if time.is_empty() { NaiveTime::MIN } else { clock(time)? };
    let moment = NaiveDateTime::new(day(day_part)?, time);
    let zone = FixedOffset::east_opt(utc_offset_minutes.saturating_mul(60))?;
    Some(zone.from_local_datetime(&moment).single()?.with_timezone(&Utc))
}

/// A moment in company time.
pub(super) fn write_date_time(text: &str, utc_offset_minutes: i32) -> String {
    let zone = FixedOffset::east_opt(utc_offset_minutes.saturating_mul(60));
    match (DateTime::parse_from_rfc3339(text), zone) {
        (Ok(moment), Some(zone)) => {
            let moment = moment.with_timezone(&zone).naive_local();
            format!("{} {}", moment.date(), written(moment.time()))
        }
        _ => text.to_owned(),
    }
}
