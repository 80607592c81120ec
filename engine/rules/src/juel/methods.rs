//! The methods of values: those of Java's texts, numbers, lists and maps that models call.

use std::{borrow::Cow, cmp::Ordering};

use kapok_protocol::Value;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    coerce,
    evaluate::{is_compound, item},
};
use crate::{Cause, equal, meter::Meter};

/// Each method with the fewest and the most arguments it takes.
const METHODS: [(&str, usize, usize); 34] = [
    ("booleanValue", 0, 0),
    ("charAt", 1, 1),
    ("compareTo", 1, 1),
    ("concat", 1, 1),
    ("contains", 1, 1),
    ("containsKey", 1, 1),
    ("doubleValue", 0, 0),
    ("endsWith", 1, 1),
    ("equals", 1, 1),
    ("equalsIgnoreCase", 1, 1),
    ("floatValue", 0, 0),
    ("get", 1, 1),
    ("getOrDefault", 2, 2),
    ("indexOf", 1, 1),
    ("intValue", 0, 0),
    ("isBlank", 0, 0),
    ("isEmpty", 0, 0),
    ("keySet", 0, 0),
    ("lastIndexOf", 1, 1),
    ("length", 0, 0),
    ("longValue", 0, 0),
    ("replace", 2, 2),
    ("shortValue", 0, 0),
    ("signum", 0, 0),
    ("size", 0, 0),
    ("startsWith", 1, 1),
    ("strip", 0, 0),
    ("substring", 1, 2),
    ("toLowerCase", 0, 0),
    ("toString", 0, 0),
    ("toUpperCase", 0, 0),
    ("trim", 0, 0),
    ("values", 0, 0),
    ("containsValue", 1, 1),
];

/// The method of this name that takes so many arguments.
pub(super) fn known(name: &str, arguments: usize) -> Option<&'static str> {
    METHODS
        .iter()
        .find(|(known, least, most)| *known == name && (*least..=*most).contains(&arguments))
        .map(|(known, ..)| *known)
}

/// How many arguments the method of this name takes.
pub(super) fn counts(name: &str) -> Option<String> {
    METHODS
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, least, most)| match least == most {
            true => least.to_string(),
            false => format!("{least}–{most}"),
        })
}

/// Calls a method.
pub(super) fn call<'a>(
    value: Cow<'a, Value>,
    method: &str,
    arguments: &[Cow<'_, Value>],
    meter: &Meter,
) -> Result<Cow<'a, Value>, Cause> {
    // What is inside of a list or map is handed on, not copied.
    let value = match (&*value, method, arguments) {
        (Value::List(items), "get", [place]) => {
            let size = items.len();
            let place = coerce::number(place).ok_or_else(|| unfit(&value, method, arguments))?;
            return item(value, place).ok_or_else(|| Cause::Operation(format!("list.get({place}) (size() == {size})")));
        }
        (Value::Map(_), "get" | "getOrDefault", [key, rest @ ..]) => {
            let key = key.as_text().ok_or_else(|| unfit(&value, method, arguments))?;
            let found = match value {
                Cow::Borrowed(Value::Map(entries)) => entries.get(key).map(Cow::Borrowed),
                Cow::Owned(Value::Map(mut entries)) => entries.remove(key).map(Cow::Owned),
                _ => None,
            };
            if let (None, Some(default)) = (&found, rest.first()) {
                meter.whole(default)?;
                return Ok(Cow::Owned(default.clone().into_owned()));
            }
            return Ok(found.unwrap_or(Cow::Owned(Value::Null)));
        }
        _ => value,
    };
    pay(&value, method, arguments, meter)?;
    let result = match &*value {
        Value::Null => None,
        Value::Bool(own) => of_bool(*own, method, arguments),
        Value::Number(own) => of_number(*own, method, arguments),
        Value::Text(own) => of_text(own, method, arguments, meter)?,
        Value::List(own) => of_list(own, method, arguments),
        Value::Map(own) => match (method, arguments) {
            ("containsKey", [key]) => key.as_text().map(|key| own.contains_key(key).into()),
            ("containsValue", [wanted]) => Some(own.values().any(|entry| equal(entry, wanted)).into()),
            ("size", []) => Some(count(own.len())),
            ("isEmpty", []) => Some(own.is_empty().into()),
            ("keySet", []) => {
                meter.list(own.len())?;
                Some(Value::List(own.keys().map(|key| key.as_str().into()).collect()))
            }
            ("values", []) => {
                meter.list(own.len())?;
                Some(Value::List(own.values().cloned().collect()))
            }
            ("equals", [other]) => Some((*value == **other).into()),
            _ => None,
        },
    };
    result.map(Cow::Owned).ok_or_else(|| unfit(&value, method, arguments))
}

/// Whatever is looked through, compared or copied is paid for by its size.
fn pay(value: &Value, method: &str, arguments: &[Cow<'_, Value>], meter: &Meter) -> Result<(), Cause> {
    if method == "values" || arguments.iter().any(|argument| is_compound(argument)) {
        return meter.whole(value);
    }
    match value {
        Value::Text(text) => meter.read(text.len()),
        Value::List(items) if !arguments.is_empty() => meter.spend(items.len() / 8),
        Value::Map(entries) if method == "containsValue" => meter.spend(entries.len() / 8),
        _ => Ok(()),
    }
}

fn of_bool(own: bool, method: &str, arguments: &[Cow<'_, Value>]) -> Option<Value> {
    match (method, arguments) {
        ("booleanValue", []) => Some(own.into()),
        ("toString", []) => Some(own.to_string().into()),
        ("equals", [other]) => Some((other.as_bool() == Some(own)).into()),
        ("compareTo", [other]) => other.as_bool().map(|other| sign(own.cmp(&other))),
        _ => None,
    }
}

fn of_number(own: Decimal, method: &str, arguments: &[Cow<'_, Value>]) -> Option<Value> {
    match (method, arguments) {
        ("intValue" | "longValue" | "shortValue", []) => Some(own.trunc().into()),
        ("doubleValue" | "floatValue", []) => Some(own.into()),
        ("toString", []) => Some(own.normalize().to_string().into()),
        ("signum", []) => Some(sign(own.cmp(&Decimal::ZERO))),
        ("equals", [other]) => Some((other.as_number() == Some(own)).into()),
        ("compareTo", [other]) => coerce::number(other).map(|other| sign(own.cmp(&other))),
        _ => None,
    }
}

fn of_list(own: &[Value], method: &str, arguments: &[Cow<'_, Value>]) -> Option<Value> {
    match (method, arguments) {
        ("size", []) => Some(count(own.len())),
        ("isEmpty", []) => Some(own.is_empty().into()),
        ("contains", [wanted]) => Some(own.iter().any(|item| equal(item, wanted)).into()),
        ("indexOf", [wanted]) => Some(place(own.iter().position(|item| equal(item, wanted)))),
        ("lastIndexOf", [wanted]) => Some(place(own.iter().rposition(|item| equal(item, wanted)))),
        ("equals", [other]) => Some((other.as_list() == Some(own)).into()),
        _ => None,
    }
}

fn of_text(own: &str, method: &str, arguments: &[Cow<'_, Value>], meter: &Meter) -> Result<Option<Value>, Cause> {
    let position = |byte: usize| own[..byte].chars().count();
    Ok(match (method, arguments) {
        ("length", []) => Some(count(own.chars().count())),
        ("isEmpty", []) => Some(own.is_empty().into()),
        ("isBlank", []) => Some(own.trim().is_empty().into()),
        ("toString", []) => Some(own.into()),
        ("trim" | "strip", []) => Some(own.trim().into()),
        ("toLowerCase", []) => made(own.to_lowercase(), meter)?,
        ("toUpperCase", []) => made(own.to_uppercase(), meter)?,
        ("equals", [other]) => Some((other.as_text() == Some(own)).into()),
        ("equalsIgnoreCase", [other]) => {
            let same = |other: &str| own.to_lowercase() == other.to_lowercase();
            Some(other.as_text().is_some_and(same).into())
        }
        ("contains", [part]) => part.as_text().map(|part| own.contains(part).into()),
        ("startsWith", [part]) => part.as_text().map(|part| own.starts_with(part).into()),
        ("endsWith", [part]) => part.as_text().map(|part| own.ends_with(part).into()),
        ("indexOf", [part]) => part.as_text().map(|part| place(own.find(part).map(position))),
        ("lastIndexOf", [part]) => part.as_text().map(|part| place(own.rfind(part).map(position))),
        ("compareTo", [other]) => other.as_text().map(|other| sign(own.cmp(other))),
        ("charAt", [at]) => whole(at)
            .and_then(|at| own.chars().nth(at))
            .map(|character| character.to_string().into()),
        ("substring", [from]) => whole(from).and_then(|from| substring(own, from, own.chars().count())),
        ("substring", [from, to]) => match (whole(from), whole(to)) {
            (Some(from), Some(to)) => substring(own, from, to),
            _ => None,
        },
        ("concat", [other]) => match &**other {
            Value::Text(other) => {
                meter.text(own.len() + other.len())?;
                Some(format!("{own}{other}").into())
            }
            _ => None,
        },
        ("replace", [from, to]) => match (from.as_text(), to.as_text()) {
            (Some(from), Some(to)) => {
                let growth = own
                    .matches(from)
                    .count()
                    .saturating_mul(to.len().saturating_sub(from.len()));
                meter.text(own.len().saturating_add(growth))?;
                Some(own.replace(from, to).into())
            }
            _ => None,
        },
        _ => match number_in(own) {
            Some(number) => of_number(number, method, arguments),
            None => None,
        },
    })
}

/// A text that is a number has a number's methods, since forms often bring numbers as texts.
fn number_in(text: &str) -> Option<Decimal> {
    crate::syntax::number(text.trim())
}

fn made(text: String, meter: &Meter) -> Result<Option<Value>, Cause> {
    meter.text(text.len())?;
    Ok(Some(text.into()))
}

fn substring(text: &str, from: usize, to: usize) -> Option<Value> {
    let length = text.chars().count();
    (from <= to && to <= length).then(|| text.chars().skip(from).take(to - from).collect::<String>().into())
}

fn whole(value: &Value) -> Option<usize> {
    coerce::number(value).filter(Decimal::is_integer)?.to_usize()
}

fn count(number: usize) -> Value {
    Value::Number(Decimal::from(number))
}

/// A place, or -1 as Java says it.
fn place(found: Option<usize>) -> Value {
    found.map_or(Value::from(-1), count)
}

fn sign(order: Ordering) -> Value {
    Value::from(order as i32)
}

fn unfit(value: &Value, method: &str, arguments: &[Cow<'_, Value>]) -> Cause {
    let kinds: Vec<&str> = arguments.iter().map(|argument| argument.kind()).collect();
    Cause::Operation(format!("{}.{method}({})", value.kind(), kinds.join(", ")))
}
