//! How EL makes values of different kinds meet.

use std::cmp::Ordering;

use kapok_protocol::Value;
use rust_decimal::Decimal;

use super::tree::Operator;
use crate::{Cause, equal, meter::Meter, order, syntax};

/// A value as a number: a number, or a text that is one.
pub(super) fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => syntax::number(text.trim()),
        _ => None,
    }
}

/// A value as a truth value: one, or the words `true` and `false`.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Appends a value to a text; null is nothing.
///
/// # Errors
///
/// A list or a map, which nobody means to read as text, or a text that grows too long.
pub(super) fn append(value: &Value, text: &mut String, meter: &Meter) -> Result<(), Cause> {
    let words = match value {
        Value::Null => return Ok(()),
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(number) => &number.normalize().to_string(),
        Value::Text(words) => words,
        Value::List(_) | Value::Map(_) => return Err(Cause::Operation(format!("${{…}} ({})", value.kind()))),
    };
    meter.longer_text(text.len(), words.len())?;
    text.push_str(words);
    Ok(())
}

/// An operator between two values.
pub(super) fn operate(a: &Value, operator: Operator, b: &Value, meter: &Meter) -> Result<Value, Cause> {
    let unfit = || Cause::Operation(format!("{} ({}, {})", operator.sign(), a.kind(), b.kind()));
    let is = |test: fn(Ordering) -> bool| compare(a, b).map(test).map(Value::Bool).ok_or_else(unfit);
    match operator {
        Operator::Equal => same(a, b).map(Value::Bool).ok_or_else(unfit),
        Operator::NotEqual => same(a, b).map(|same| Value::Bool(!same)).ok_or_else(unfit),
        Operator::Less => is(Ordering::is_lt),
        Operator::LessOrEqual => is(Ordering::is_le),
        Operator::Greater => is(Ordering::is_gt),
        Operator::GreaterOrEqual => is(Ordering::is_ge),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            match (number(a), number(b)) {
                (Some(a), Some(b)) => calculate(a, operator, b).map(Value::Number),
                _ if operator == Operator::Add && joins(a, b) => {
                    let mut text = String::new();
                    append(a, &mut text, meter)?;
                    append(b, &mut text, meter)?;
                    Ok(Value::Text(text))
                }
                _ => Err(unfit()),
            }
        }
    }
}

fn joins(a: &Value, b: &Value) -> bool {
    let plain = |value: &Value| matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_));
    plain(a) && plain(b) && (a.as_text().is_some() || b.as_text().is_some())
}

fn calculate(a: Decimal, operator: Operator, b: Decimal) -> Result<Decimal, Cause> {
    if matches!(operator, Operator::Divide | Operator::Remainder) && b.is_zero() {
        return Err(Cause::Arithmetic("除数为零 / division by zero".to_owned()));
    }
    match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide => a.checked_div(b),
        _ => a.checked_rem(b),
    }
    .ok_or_else(|| Cause::Arithmetic("数字过大 / the number is too large".to_owned()))
}

/// Whether two values are equal; `None` when EL cannot make them meet.
fn same(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => Some(a == b),
        (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => Some(number(a)? == number(b)?),
        (Value::Bool(known), Value::Text(word)) | (Value::Text(word), Value::Bool(known)) => {
            Some(*known == word.eq_ignore_ascii_case("true"))
        }
        (Value::Bool(_), Value::Number(_)) | (Value::Number(_), Value::Bool(_)) => None,
        _ => Some(equal(a, b)),
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => Some(number(a)?.cmp(&number(b)?)),
        (Value::Bool(_), _) | (_, Value::Bool(_)) => None,
        _ => order(a, b),
    }
}
