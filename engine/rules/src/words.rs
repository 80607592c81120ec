//! The words of condition rows: `$me`, `$my_dept`, `$my_subordinates`, `$today`, `$today+7d`, `$now`.

use std::borrow::Cow;

use chrono::{Days, Months, NaiveDate, SecondsFormat};
use kapok_protocol::{Text, Value};

use crate::Context;

/// What a value stands for: itself, or, when it is a word such as `$me` or `$today+7d`, what the word means here.
///
/// # Errors
///
/// A word that is not known.
pub fn resolve(value: &Value, context: &Context) -> Result<Value, Text> {
    Operand::read(value).map(|operand| operand.value(context).into_owned())
}

/// What a field is compared with: a literal, or a word whose value depends on who asks and when.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Literal(Value),
    Me,
    MyDepartment,
    MySubordinates,
    Today(Step),
    Now,
}

/// A distance from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    back: bool,
    months: u32,
    days: u64,
}

impl Operand {
    /// Reads an operand: a text that begins with `$` must be a word (write `$$` for a literal `$`).
    pub(crate) fn read(value: &Value) -> Result<Self, Text> {
        let Some(word) = value.as_text().and_then(|text| text.strip_prefix('$')) else {
            return Ok(Self::Literal(value.clone()));
        };
        if word.starts_with('$') {
            return Ok(Self::Literal(Value::from(word)));
        }
        match word {
            "me" => Some(Self::Me),
            "my_dept" => Some(Self::MyDepartment),
            "my_subordinates" => Some(Self::MySubordinates),
            "now" => Some(Self::Now),
            _ => word.strip_prefix("today").and_then(Step::read).map(Self::Today),
        }
        .ok_or_else(|| {
            Text::new(
                format!("不认识“${word}”。可以用 $me、$my_dept、$my_subordinates、$now、$today、$today+7d（d 天 w 周 m 月 y 年）。"),
                format!(
                    "“${word}” is not known. Use $me, $my_dept, $my_subordinates, $now, $today or $today+7d (d, w, m, y)."
                ),
            )
        })
    }

    /// Whether it stands for a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::MySubordinates | Self::Literal(Value::List(_)))
    }

    pub(crate) fn value(&self, context: &Context) -> Cow<'_, Value> {
        match self {
            Self::Literal(value) => Cow::Borrowed(value),
            Self::Me => Cow::Owned(context.me.map(|person| person.to_string()).into()),
            Self::MyDepartment => Cow::Owned(context.department.map(|department| department.to_string()).into()),
            Self::MySubordinates => {
                let persons = context
                    .subordinates
                    .iter()
                    .map(|person| Value::from(person.to_string()));
                Cow::Owned(Value::List(persons.collect()))
            }
            Self::Now => {
                let now = context
                    .now
                    .map(|now| now.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true));
                Cow::Owned(now.into())
            }
            Self::Today(step) => Cow::Owned(step.from(context.today).to_string().into()),
        }
    }
}

impl Step {
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self {
                back: false,
                months: 0,
                days: 0,
            });
        }
        let (back, amount) = match text.strip_prefix('-') {
            Some(amount) => (true, amount),
            None => (false, text.strip_prefix('+')?),
        };
        let unit = amount.chars().last()?;
        let digits = &amount[..amount.len() - unit.len_utf8()];
        if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let amount: u32 = digits.parse().ok()?;
        let (months, days) = match unit {
            'd' => (0, amount),
            'w' => (0, amount * 7),
            'm' => (amount, 0),
            'y' => (amount * 12, 0),
            _ => return None,
        };
        Some(Self {
            back,
            months,
            days: days.into(),
        })
    }

    /// The date so far from `date`; the first or last date there is when it would be beyond.
    fn from(self, date: NaiveDate) -> NaiveDate {
        let (months, days) = (Months::new(self.months), Days::new(self.days));
        if self.back {
            date.checked_sub_months(months)
                .and_then(|date| date.checked_sub_days(days))
                .unwrap_or(NaiveDate::MIN)
        } else {
            date.checked_add_months(months)
                .and_then(|date| date.checked_add_days(days))
                .unwrap_or(NaiveDate::MAX)
        }
    }
}
