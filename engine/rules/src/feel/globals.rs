//! What the names from outside stand for.

use std::{borrow::Cow, cell::OnceCell};

use kapok_protocol::Value;

use super::value::Feel;
use crate::Cause;

/// What a name from outside stands for.
#[derive(Debug, Clone, Default)]
pub(crate) enum Global<'s> {
    /// Nobody knows the name.
    #[default]
    Unknown,
    /// A value.
    Known(Feel),
    /// A text, which is only copied when something is computed with it.
    Text(Cow<'s, str>, OnceCell<Feel>),
}

impl<'s> Global<'s> {
    /// What a scope said.
    pub(crate) fn of(value: Option<Cow<'s, Value>>) -> Result<Self, Cause> {
        Ok(match value {
            None => Self::Unknown,
            Some(Cow::Borrowed(Value::Text(text))) => Self::Text(Cow::Borrowed(text), OnceCell::new()),
            Some(Cow::Owned(Value::Text(text))) => Self::Text(Cow::Owned(text), OnceCell::new()),
            Some(value) => Self::Known(Feel::from_value(&value)?),
        })
    }

    /// Its value; `None` when nobody knows it.
    pub(crate) fn value(&self) -> Option<&Feel> {
        match self {
            Self::Unknown => None,
            Self::Known(value) => Some(value),
            Self::Text(text, copied) => Some(copied.get_or_init(|| Feel::Text(text.as_ref().into()))),
        }
    }

    /// Its value, if that is a text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Known(value) => value.as_text(),
            Self::Unknown => None,
        }
    }
}

impl From<Feel> for Global<'_> {
    fn from(value: Feel) -> Self {
        Self::Known(value)
    }
}

/// The names from outside that an evaluation may ask for, in ascending order, with what they stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Globals<'e> {
    pub(crate) names: &'e [String],
    pub(crate) values: &'e [Global<'e>],
}

impl<'e> Globals<'e> {
    /// No names at all.
    pub(crate) const NONE: Globals<'static> = Globals {
        names: &[],
        values: &[],
    };

    /// The value of a name; `None` when nobody knows it.
    pub(super) fn get(&self, name: &str) -> Option<&'e Feel> {
        let place = self.names.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        self.values.get(place)?.value()
    }
}
