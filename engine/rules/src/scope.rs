//! The port through which expressions ask for values.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, FixedOffset, NaiveDate};
use kapok_protocol::{PersonId, RecordId, Value};

/// Where names come from: the variables of a case, the fields of a record, the answers of a form.
///
/// Only the names an expression mentions are asked for, each once, so an implementation may read them from storage.
pub trait Scope {
    /// The value of a name; `None` when nobody knows the name (a known name without a value is `Value::Null`).
    fn get(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// Who asks and when, for words such as `$me` and `$today`.
    fn context(&self) -> &Context;
}

/// Who asks and when: what the words of condition rows stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// `$me`; `None` when the engine itself asks.
    pub me: Option<PersonId>,
    /// `$my_dept`: the department of that person.
    pub department: Option<RecordId>,
    /// `$my_subordinates`: everybody below that person, at every level.
    pub subordinates: Vec<PersonId>,
    /// `$today` in the company's time zone.
    pub today: NaiveDate,
    /// The moment of the command that asks, in company time: the same however often it is asked for. `None` where there is
    /// no command, such as a check.
    pub now: Option<DateTime<FixedOffset>>,
}

/// The plainest scope: a map of values.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    values: &'a BTreeMap<String, Value>,
    context: &'a Context,
}

impl<'a> Values<'a> {
    /// A scope over these values.
    pub fn new(values: &'a BTreeMap<String, Value>, context: &'a Context) -> Self {
        Self { values, context }
    }
}

impl Scope for Values<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.values.get(name).map(Cow::Borrowed)
    }

    fn context(&self) -> &Context {
        self.context
    }
}

/// The value at a path such as `record.customer.level`: the first step is a name of the scope, the others are keys of
/// maps. `None` when a step is unknown; a path through null is null, because what is empty has nothing inside.
pub(crate) fn at<'s>(scope: &'s dyn Scope, path: &str) -> Option<Cow<'s, Value>> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let value = scope.get(name)?;
    let Some(rest) = rest else { return Some(value) };
    match value {
        Cow::Borrowed(value) => step(value, rest).map(Cow::Borrowed),
        Cow::Owned(value) => step(&value, rest).cloned().map(Cow::Owned),
    }
}

fn step<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| match value {
        Value::Null => Some(&Value::Null),
        Value::Map(entries) => entries.get(key),
        _ => None,
    })
}
