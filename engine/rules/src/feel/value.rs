//! The values inside of FEEL, which has more kinds than Kapok keeps: dates, times, durations and ranges are texts or
//! nothing at the border.
//!
//! Lists and contexts are shared and know how deep they are: an expression such as `{a: [1], b: [a], c: [b]}` must
//! neither copy nor nest without bound.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{NaiveDate, TimeDelta};
use kapok_protocol::Value;
use rust_decimal::Decimal;

use super::temporal::{DateTime, Time, show_days, show_months};
use crate::{
    Cause,
    meter::{DEPTH, Meter},
};

/// A value.
#[derive(Debug, Clone, Default)]
pub(crate) enum Feel {
    #[default]
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    Date(NaiveDate),
    Time(Time),
    DateTime(DateTime),
    /// A days and time duration.
    Days(TimeDelta),
    /// A years and months duration.
    Months(i64),
    Range(Arc<Range>),
    List(Arc<List>),
    Context(Arc<Context>),
}

/// A range between two values with an order.
#[derive(Debug)]
pub(crate) struct Range {
    pub(super) start: Feel,
    pub(super) end: Feel,
    pub(super) start_included: bool,
    pub(super) end_included: bool,
}

/// A list.
#[derive(Debug)]
pub(crate) struct List {
    pub(super) items: Vec<Feel>,
    depth: usize,
}

/// A context.
#[derive(Debug)]
pub(crate) struct Context {
    pub(super) entries: BTreeMap<String, Feel>,
    depth: usize,
}

/// The most parts of a value that leaves an expression, and the most bytes of its texts. An expression pays for what
/// it makes, but sharing lets it say the same thing many times.
const PARTS: usize = 100_000;
const BYTES: usize = 1024 * 1024;

impl Feel {
    /// A list.
    pub(crate) fn list(items: Vec<Self>, meter: &Meter) -> Result<Self, Cause> {
        meter.list(items.len())?;
        Self::list_of_any_length(items)
    }

    fn list_of_any_length(items: Vec<Self>) -> Result<Self, Cause> {
        let depth = depth_above(items.iter())?;
        Ok(Self::List(Arc::new(List { items, depth })))
    }

    /// A context.
    pub(crate) fn context(entries: BTreeMap<String, Self>, meter: &Meter) -> Result<Self, Cause> {
        meter.map(entries.len())?;
        Self::context_of_any_size(entries)
    }

    fn context_of_any_size(entries: BTreeMap<String, Self>) -> Result<Self, Cause> {
        let depth = depth_above(entries.values())?;
        Ok(Self::Context(Arc::new(Context { entries, depth })))
    }

    /// A text.
    pub(crate) fn text(text: String, meter: &Meter) -> Result<Self, Cause> {
        meter.text(text.len())?;
        Ok(Self::Text(text.into()))
    }

    /// A value of Kapok's as FEEL sees it. Texts stay texts, whatever they look like.
    pub(crate) fn from_value(value: &Value) -> Result<Self, Cause> {
        from(value, DEPTH)
    }

    /// The value as Kapok keeps it.
    pub(crate) fn into_value(self) -> Result<Value, Cause> {
        let (mut parts, mut bytes) = (PARTS, BYTES);
        self.keep(&mut parts, &mut bytes)
    }

    fn keep(&self, parts: &mut usize, bytes: &mut usize) -> Result<Value, Cause> {
        let too_much = |what: &str| Cause::TooMuchData(what.to_owned());
        *parts = parts.checked_sub(1).ok_or_else(|| too_much("list"))?;
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.normalize()),
            Self::Text(text) => {
                *bytes = bytes.checked_sub(text.len()).ok_or_else(|| too_much("text"))?;
                Value::Text(text.to_string())
            }
            Self::List(list) => Value::List(
                list.items
                    .iter()
                    .map(|item| item.keep(parts, bytes))
                    .collect::<Result<_, _>>()?,
            ),
            Self::Context(context) => {
                let entries = context
                    .entries
                    .iter()
                    .map(|(key, entry)| Ok((key.clone(), entry.keep(parts, bytes)?)));
                Value::Map(entries.collect::<Result<_, Cause>>()?)
            }
            Self::Range(_) => return Err(Cause::NotAValue("range".to_owned())),
            Self::Date(_) | Self::Time(_) | Self::DateTime(_) | Self::Days(_) | Self::Months(_) => {
                Value::Text(self.moment().unwrap_or_default())
            }
        })
    }

    /// A date, time or duration as ISO 8601 writes it.
    fn moment(&self) -> Option<String> {
        Some(match self {
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.to_string(),
            Self::DateTime(moment) => moment.to_string(),
            Self::Days(days) => show_days(*days),
            Self::Months(months) => show_months(*months),
            _ => return None,
        })
    }

    /// The value as FEEL writes it; a text stands in quotes when it is inside of something.
    pub(crate) fn show(&self, inside: bool, text: &mut String, meter: &Meter) -> Result<(), Cause> {
        let words = match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(number) => &number.normalize().to_string(),
            Self::Text(words) if inside => &format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Text(words) => words,
            Self::List(list) => {
                text.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    meter.spend(1)?;
                    text.push_str(if index > 0 { ", " } else { "" });
                    item.show(true, text, meter)?;
                }
                "]"
            }
            Self::Context(context) => {
                text.push('{');
                for (index, (key, entry)) in context.entries.iter().enumerate() {
                    meter.longer_text(text.len(), key.len())?;
                    text.push_str(if index > 0 { ", " } else { "" });
                    text.push_str(key);
                    text.push_str(": ");
                    entry.show(true, text, meter)?;
                }
                "}"
            }
            Self::Range(range) => {
                text.push(if range.start_included { '[' } else { '(' });
                range.start.show(true, text, meter)?;
                text.push_str("..");
                range.end.show(true, text, meter)?;
                if range.end_included { "]" } else { ")" }
            }
            other => &other.moment().unwrap_or_default(),
        };
        meter.longer_text(text.len(), words.len())?;
        text.push_str(words);
        Ok(())
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_context(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Context(context) => Some(&context.entries),
            _ => None,
        }
    }

    /// How many values stand inside it, at every level.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::List(list) => list.items.iter().map(|item| 1 + item.parts()).sum(),
            Self::Context(context) => context.entries.values().map(|entry| 1 + entry.parts()).sum(),
            _ => 0,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Context(context) => context.depth,
            // Its ends are single values.
            _ => 0,
        }
    }
}

impl From<bool> for Feel {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Decimal> for Feel {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Feel {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// What cannot be computed is null.
impl<T: Into<Feel>> From<Option<T>> for Feel {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

fn depth_above<'v>(parts: impl Iterator<Item = &'v Feel>) -> Result<usize, Cause> {
    let depth = parts.map(Feel::depth).max().unwrap_or(0) + 1;
    if depth > DEPTH { Err(Cause::TooDeep) } else { Ok(depth) }
}

fn from(value: &Value, depth: usize) -> Result<Feel, Cause> {
    let inner = || depth.checked_sub(1).ok_or(Cause::TooDeep);
    Ok(match value {
        Value::Null => Feel::Null,
        Value::Bool(value) => Feel::Bool(*value),
        Value::Number(number) => Feel::Number(*number),
        Value::Text(text) => Feel::Text(text.as_str().into()),
        Value::List(items) => {
            let depth = inner()?;
            let items: Result<_, _> = items.iter().map(|item| from(item, depth)).collect();
            Feel::list_of_any_length(items?)?
        }
        Value::Map(entries) => {
            let depth = inner()?;
            let entries = entries
                .iter()
                .map(|(key, entry)| Ok((key.clone(), from(entry, depth)?)));
            Feel::context_of_any_size(entries.collect::<Result<_, Cause>>()?)?
        }
    })
}
