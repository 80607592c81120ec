//! Equal, less and greater in FEEL: `None`, which is null, when two values do not compare.

use std::cmp::Ordering;

use super::{
    tree::Comparison,
    value::{Feel, Range},
};
use crate::{Cause, meter::Meter};

/// Whether two values are equal: null only to null, lists and contexts when their parts are.
pub(crate) fn equal(a: &Feel, b: &Feel, meter: &Meter) -> Result<Option<bool>, Cause> {
    Ok(Some(match (a, b) {
        (Feel::Null, Feel::Null) => true,
        (Feel::Null, _) | (_, Feel::Null) => false,
        (Feel::Bool(a), Feel::Bool(b)) => a == b,
        (Feel::Text(a), Feel::Text(b)) => a == b,
        (Feel::List(a), Feel::List(b)) => {
            if a.items.len() != b.items.len() {
                return Ok(Some(false));
            }
            for (a, b) in a.items.iter().zip(&b.items) {
                meter.spend(1)?;
                if equal(a, b, meter)? != Some(true) {
                    return Ok(Some(false));
                }
            }
            true
        }
        (Feel::Context(a), Feel::Context(b)) => {
            if !a.entries.keys().eq(b.entries.keys()) {
                return Ok(Some(false));
            }
            for (a, b) in a.entries.values().zip(b.entries.values()) {
                meter.spend(1)?;
                if equal(a, b, meter)? != Some(true) {
                    return Ok(Some(false));
                }
            }
            true
        }
        (Feel::Range(a), Feel::Range(b)) => {
            (a.start_included, a.end_included) == (b.start_included, b.end_included)
                && order(&a.start, &b.start) == Some(Ordering::Equal)
                && order(&a.end, &b.end) == Some(Ordering::Equal)
        }
        (a, b) => return Ok(order(a, b).map(Ordering::is_eq)),
    }))
}

/// How two values are ordered.
pub(crate) fn order(a: &Feel, b: &Feel) -> Option<Ordering> {
    match (a, b) {
        (Feel::Number(a), Feel::Number(b)) => Some(a.cmp(b)),
        (Feel::Text(a), Feel::Text(b)) => Some(a.cmp(b)),
        (Feel::Date(a), Feel::Date(b)) => Some(a.cmp(b)),
        (Feel::Time(a), Feel::Time(b)) => a.order(*b),
        (Feel::DateTime(a), Feel::DateTime(b)) => a.order(*b),
        (Feel::Days(a), Feel::Days(b)) => Some(a.cmp(b)),
        (Feel::Months(a), Feel::Months(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// `a < b` and the like.
pub(crate) fn compare(a: &Feel, comparison: Comparison, b: &Feel, meter: &Meter) -> Result<Feel, Cause> {
    let ordered = |test: fn(Ordering) -> bool| Ok(order(a, b).map(test).into());
    match comparison {
        Comparison::Equal => Ok(equal(a, b, meter)?.into()),
        Comparison::NotEqual => Ok(equal(a, b, meter)?.map(|equal| !equal).into()),
        Comparison::Less => ordered(Ordering::is_lt),
        Comparison::LessOrEqual => ordered(Ordering::is_le),
        Comparison::Greater => ordered(Ordering::is_gt),
        Comparison::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// Whether a value lies in a range.
pub(crate) fn within(value: &Feel, range: &Range) -> Option<bool> {
    let start = order(value, &range.start)?;
    let end = order(value, &range.end)?;
    Some((start.is_gt() || range.start_included && start.is_eq()) && (end.is_lt() || range.end_included && end.is_eq()))
}

/// Whether a value passes the unary test that is written as a value: it is equal, in the range, or one of the list.
pub(crate) fn passes(value: &Feel, test: &Feel, meter: &Meter) -> Result<Option<bool>, Cause> {
    match (value, test) {
        (_, Feel::Range(range)) if !matches!(value, Feel::Range(_)) => Ok(within(value, range)),
        (_, Feel::List(list)) => {
            if matches!(value, Feel::List(_)) && equal(value, test, meter)? == Some(true) {
                return Ok(Some(true));
            }
            for item in &list.items {
                meter.spend(1)?;
                let found = match item {
                    Feel::Range(range) => within(value, range),
                    item => equal(value, item, meter)?,
                };
                if found == Some(true) {
                    return Ok(found);
                }
            }
            Ok(Some(false))
        }
        _ => equal(value, test, meter),
    }
}
