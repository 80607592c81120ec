//! Functions that make dates, times and durations, and that ask about them.

use chrono::{Datelike, NaiveDate, NaiveTime};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Answer, Arguments, Builtin, Feel, builtin};
use crate::feel::temporal::{DateTime, Time, read_date, read_duration};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("date", &["from"], 1, |a| {
        Ok(date_of(a.get(0)).map_or(Feel::Null, Feel::Date))
    }),
    builtin("date", &["year", "month", "day"], 3, |a| {
        Ok(date_from_parts(a).map_or(Feel::Null, Feel::Date))
    }),
    builtin("time", &["from"], 1, |a| {
        Ok(time_of(a.get(0)).map_or(Feel::Null, Feel::Time))
    }),
    builtin("time", &["hour", "minute", "second", "offset"], 3, |a| {
        Ok(time_from_parts(a).map_or(Feel::Null, Feel::Time))
    }),
    builtin("date and time", &["from"], 1, |a| {
        Ok(match a.get(0) {
            Feel::Text(text) => DateTime::read(text).map_or(Feel::Null, Feel::DateTime),
            Feel::Date(date) => Feel::DateTime(DateTime::midnight(*date)),
            moment @ Feel::DateTime(_) => moment.clone(),
            _ => Feel::Null,
        })
    }),
    builtin("date and time", &["date", "time"], 2, |a| {
        let (Some(date), Some(Time { local, offset })) = (date_of(a.get(0)), time_of(a.get(1))) else {
            return Ok(Feel::Null);
        };
        Ok(Feel::DateTime(DateTime {
            local: date.and_time(local),
            offset,
        }))
    }),
    builtin("duration", &["from"], 1, |a| {
        Ok(match a.get(0) {
            Feel::Text(text) => read_duration(text).map(Feel::from).into(),
            duration @ (Feel::Days(_) | Feel::Months(_)) => duration.clone(),
            _ => Feel::Null,
        })
    }),
    builtin("years and months duration", &["from", "to"], 2, |a| {
        Ok(months_between(a).map_or(Feel::Null, Feel::Months))
    }),
    builtin("today", &[], 0, |a| Ok(Feel::Date(a.today))),
    builtin("now", &[], 0, |a| Ok(a.now.map_or(Feel::Null, Feel::DateTime))),
    builtin("day of year", &["date"], 1, |a| {
        ask(a, |date| Decimal::from(date.ordinal()).into())
    }),
    builtin("week of year", &["date"], 1, |a| {
        ask(a, |date| Decimal::from(date.iso_week().week()).into())
    }),
    builtin("day of week", &["date"], 1, |a| {
        ask(a, |date| date.format("%A").to_string().as_str().into())
    }),
    builtin("month of year", &["date"], 1, |a| {
        ask(a, |date| date.format("%B").to_string().as_str().into())
    }),
];

fn ask(a: &Arguments<'_>, answer: fn(NaiveDate) -> Feel) -> Answer {
    Ok(match a.get(0) {
        moment @ (Feel::Date(_) | Feel::DateTime(_)) => date_of(moment).map(answer).into(),
        _ => Feel::Null,
    })
}

fn date_of(value: &Feel) -> Option<NaiveDate> {
    match value {
        Feel::Text(text) => read_date(text),
        Feel::Date(date) => Some(*date),
        Feel::DateTime(moment) => Some(moment.local.date()),
        _ => None,
    }
}

fn time_of(value: &Feel) -> Option<Time> {
    match value {
        Feel::Text(text) => Time::read(text),
        Feel::Time(time) => Some(*time),
        Feel::DateTime(DateTime { local, offset }) => Some(Time {
            local: local.time(),
            offset: *offset,
        }),
        Feel::Date(_) => Some(Time {
            local: NaiveTime::MIN,
            offset: None,
        }),
        _ => None,
    }
}

fn date_from_parts(a: &Arguments<'_>) -> Option<NaiveDate> {
    let part = |place| u32::try_from(a.whole(place)?).ok();
    NaiveDate::from_ymd_opt(i32::try_from(a.whole(0)?).ok()?, part(1)?, part(2)?)
}

fn time_from_parts(a: &Arguments<'_>) -> Option<Time> {
    let part = |place| u32::try_from(a.whole(place)?).ok();
    let second = a.number(2)?;
    let nanos = (second - second.trunc())
        .checked_mul(Decimal::from(1_000_000_000))?
        .to_u32()?;
    let local = NaiveTime::from_hms_nano_opt(part(0)?, part(1)?, second.trunc().to_u32()?, nanos)?;
    let offset = match a.get(3) {
        Feel::Null => None,
        Feel::Days(offset) => Some(chrono::FixedOffset::east_opt(
            i32::try_from(offset.num_seconds()).ok()?,
        )?),
        _ => return None,
    };
    Some(Time { local, offset })
}

/// The whole months from one date to another.
fn months_between(a: &Arguments<'_>) -> Option<i64> {
    let moment = |place: usize| match a.get(place) {
        value @ (Feel::Date(_) | Feel::DateTime(_)) => date_of(value),
        _ => None,
    };
    let (from, to) = (moment(0)?, moment(1)?);
    let count = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    let months = count(to) - count(from);
    Some(if months > 0 && to.day() < from.day() {
        months - 1
    } else if months < 0 && to.day() > from.day() {
        months + 1
    } else {
        months
    })
}
