//! What `a.b` means.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike};
use rust_decimal::Decimal;

use super::{
    temporal::{DateTime, Time},
    value::Feel,
};
use crate::{Cause, meter::Meter};

/// A part of a value; null when there is none. A list gives that part of each of its items.
pub(super) fn property(value: &Feel, key: &str, meter: &Meter) -> Result<Feel, Cause> {
    Ok(match value {
        Feel::Context(context) => context.entries.get(key).cloned().unwrap_or_default(),
        Feel::List(list) => {
            let mut parts = Vec::with_capacity(list.items.len());
            for item in &list.items {
                parts.push(match item {
                    Feel::List(_) => Feel::Null,
                    item => property(item, key, meter)?,
                });
            }
            return Feel::list(parts, meter);
        }
        Feel::Date(date) => of_date(*date, key).unwrap_or_default(),
        Feel::Time(Time { local, .. }) => of_time(*local, key).or_else(|| offset(value, key)).unwrap_or_default(),
        Feel::DateTime(DateTime { local, .. }) => of_date(local.date(), key)
            .or_else(|| of_time(local.time(), key))
            .or_else(|| offset(value, key))
            .unwrap_or_default(),
        Feel::Days(days) => of_days(*days, key),
        Feel::Months(months) => match key {
            "years" => Decimal::from(months / 12).into(),
            "months" => Decimal::from(months % 12).into(),
            _ => Feel::Null,
        },
        Feel::Range(range) => match key {
            "start" => range.start.clone(),
            "end" => range.end.clone(),
            "start included" => range.start_included.into(),
            "end included" => range.end_included.into(),
            _ => Feel::Null,
        },
        _ => Feel::Null,
    })
}

fn of_date(date: NaiveDate, key: &str) -> Option<Feel> {
    Some(
        Decimal::from(match key {
            "year" => i64::from(date.year()),
            "month" => date.month().into(),
            "day" => date.day().into(),
            "weekday" => date.weekday().number_from_monday().into(),
            _ => return None,
        })
        .into(),
    )
}

fn of_time(time: NaiveTime, key: &str) -> Option<Feel> {
    Some(
        match key {
            "hour" => Decimal::from(time.hour()),
            "minute" => Decimal::from(time.minute()),
            "second" => Decimal::from(time.second()),
            _ => return None,
        }
        .into(),
    )
}

fn offset(value: &Feel, key: &str) -> Option<Feel> {
    let offset = match value {
        Feel::Time(time) => time.offset?,
        Feel::DateTime(moment) => moment.offset?,
        _ => return None,
    };
    match key {
        "time offset" => TimeDelta::try_seconds(offset.local_minus_utc().into()).map(Feel::Days),
        "timezone" => Some(offset.to_string().as_str().into()),
        _ => None,
    }
}

fn of_days(days: TimeDelta, key: &str) -> Feel {
    let number = match key {
        "days" => days.num_days(),
        "hours" => days.num_hours() % 24,
        "minutes" => days.num_minutes() % 60,
        "seconds" => days.num_seconds() % 60,
        _ => return Feel::Null,
    };
    Decimal::from(number).into()
}
