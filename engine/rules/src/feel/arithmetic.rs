//! Sums and products of numbers, texts, dates and durations. What cannot be computed is null.

use chrono::{Months, NaiveDate, TimeDelta};
use rust_decimal::{Decimal, MathematicalOps, prelude::ToPrimitive};

use super::{
    temporal::{DateTime, Time},
    tree::Operator,
    value::Feel,
};
use crate::{Cause, meter::Meter};

/// The value of an operator.
pub(super) fn operate(a: &Feel, operator: Operator, b: &Feel, meter: &Meter) -> Result<Feel, Cause> {
    if let (Feel::Text(a), Operator::Add, Feel::Text(b)) = (a, operator, b) {
        meter.text(a.len() + b.len())?;
        return Ok(Feel::Text(format!("{a}{b}").into()));
    }
    Ok(match (a, b) {
        (Feel::Number(a), Feel::Number(b)) => numbers(*a, operator, *b).into(),
        _ => match operator {
            Operator::Add => add(a, b).or_else(|| add(b, a)),
            Operator::Subtract => subtract(a, b),
            Operator::Multiply => multiply(a, b).or_else(|| multiply(b, a)),
            Operator::Divide => divide(a, b),
            Operator::Power => None,
        }
        .unwrap_or_default(),
    })
}

/// `-a`
pub(super) fn negate(value: &Feel) -> Feel {
    match value {
        Feel::Number(number) => Feel::Number(-number),
        Feel::Days(days) => Feel::Days(-*days),
        Feel::Months(months) => months.checked_neg().map_or(Feel::Null, Feel::Months),
        _ => Feel::Null,
    }
}

fn numbers(a: Decimal, operator: Operator, b: Decimal) -> Option<Decimal> {
    match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide if b.is_zero() => None,
        Operator::Divide => a.checked_div(b),
        Operator::Power => power(a, b),
    }
}

/// Whole exponents, and the square root: nothing else is exact.
fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    if exponent == Decimal::new(5, 1) {
        return square_root(base);
    }
    let whole = exponent.to_i64().filter(|_| exponent.is_integer())?;
    if base.is_zero() && whole < 0 {
        return None;
    }
    base.checked_powi(whole)
}

/// The square root by Newton's steps. rust_decimal has one too, which panics when the last digits swing.
pub(super) fn square_root(number: Decimal) -> Option<Decimal> {
    if number.is_zero() {
        return Some(number);
    }
    if number.is_sign_negative() {
        return None;
    }
    let mut root = number.checked_div(Decimal::TWO)?.checked_add(Decimal::ONE)?;
    for _ in 0..200 {
        let next = root.checked_add(number.checked_div(root)?)?.checked_div(Decimal::TWO)?;
        // From above, each step is smaller until the digits end.
        if next >= root {
            break;
        }
        root = next;
    }
    Some(root)
}

fn add(a: &Feel, b: &Feel) -> Option<Feel> {
    match (a, b) {
        (Feel::Days(a), Feel::Days(b)) => a.checked_add(b).map(Feel::Days),
        (Feel::Months(a), Feel::Months(b)) => a.checked_add(*b).map(Feel::Months),
        (moment, Feel::Days(days)) => add_days(moment, *days),
        (moment, Feel::Months(months)) => add_months(moment, *months),
        _ => None,
    }
}

fn subtract(a: &Feel, b: &Feel) -> Option<Feel> {
    match (a, b) {
        (Feel::Days(a), Feel::Days(b)) => a.checked_sub(b).map(Feel::Days),
        (Feel::Months(a), Feel::Months(b)) => a.checked_sub(*b).map(Feel::Months),
        (Feel::Date(a), Feel::Date(b)) => Some(Feel::Days(a.signed_duration_since(*b))),
        (Feel::Time(a), Feel::Time(b)) => a.since(*b).map(Feel::Days),
        (Feel::Date(_) | Feel::DateTime(_), Feel::Date(_) | Feel::DateTime(_)) => {
            moment(a)?.since(moment(b)?).map(Feel::Days)
        }
        (moment, Feel::Days(days)) => add_days(moment, -*days),
        (moment, Feel::Months(months)) => add_months(moment, months.checked_neg()?),
        _ => None,
    }
}

fn moment(value: &Feel) -> Option<DateTime> {
    match value {
        Feel::Date(date) => Some(DateTime::midnight(*date)),
        Feel::DateTime(moment) => Some(*moment),
        _ => None,
    }
}

/// A date stays a date; hours only count when they make a day.
fn add_days(value: &Feel, days: TimeDelta) -> Option<Feel> {
    match value {
        Feel::Date(date) => {
            let local = DateTime::midnight(*date).local.checked_add_signed(days)?;
            Some(Feel::Date(local.date()))
        }
        Feel::DateTime(DateTime { local, offset }) => Some(Feel::DateTime(DateTime {
            local: local.checked_add_signed(days)?,
            offset: *offset,
        })),
        Feel::Time(Time { local, offset }) => Some(Feel::Time(Time {
            local: local.overflowing_add_signed(days).0,
            offset: *offset,
        })),
        _ => None,
    }
}

fn add_months(value: &Feel, months: i64) -> Option<Feel> {
    let step = |date: NaiveDate| {
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        if months < 0 {
            date.checked_sub_months(count)
        } else {
            date.checked_add_months(count)
        }
    };
    match value {
        Feel::Date(date) => step(*date).map(Feel::Date),
        Feel::DateTime(DateTime { local, offset }) => Some(Feel::DateTime(DateTime {
            local: step(local.date())?.and_time(local.time()),
            offset: *offset,
        })),
        _ => None,
    }
}

fn multiply(duration: &Feel, factor: &Feel) -> Option<Feel> {
    let factor = factor.as_number()?;
    match duration {
        Feel::Days(days) => from_seconds(seconds(*days)?.checked_mul(factor)?),
        Feel::Months(months) => Decimal::from(*months)
            .checked_mul(factor)?
            .trunc()
            .to_i64()
            .map(Feel::Months),
        _ => None,
    }
}

fn divide(a: &Feel, b: &Feel) -> Option<Feel> {
    let quotient = |a: Decimal, b: Decimal| if b.is_zero() { None } else { a.checked_div(b) };
    match (a, b) {
        (Feel::Days(a), Feel::Days(b)) => quotient(seconds(*a)?, seconds(*b)?).map(Feel::Number),
        (Feel::Months(a), Feel::Months(b)) => quotient((*a).into(), (*b).into()).map(Feel::Number),
        (Feel::Days(a), Feel::Number(b)) => from_seconds(quotient(seconds(*a)?, *b)?),
        (Feel::Months(a), Feel::Number(b)) => quotient((*a).into(), *b)?.trunc().to_i64().map(Feel::Months),
        _ => None,
    }
}

/// A duration as seconds.
pub(super) fn seconds(days: TimeDelta) -> Option<Decimal> {
    Decimal::from(days.num_seconds()).checked_add(Decimal::new(i64::from(days.subsec_nanos()), 9))
}

fn from_seconds(seconds: Decimal) -> Option<Feel> {
    let whole = seconds.floor();
    let nanos = (seconds - whole).checked_mul(Decimal::from(1_000_000_000))?.trunc();
    TimeDelta::new(whole.to_i64()?, nanos.to_u32()?).map(Feel::Days)
}
