//! Evaluates a tree. It goes as deep as the tree is nested, which the parser bounds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    arithmetic,
    compare::{compare, order, passes},
    globals::{Global, Globals},
    properties,
    temporal::DateTime,
    tree::{Expr, Step, Test, Tests, Type},
    value::{Feel, Range},
};
use crate::{Cause, Context, meter::Meter};

/// One evaluation.
pub(crate) struct Evaluation<'e> {
    /// The names from outside.
    globals: Globals<'e>,
    /// The names from inside, the nearest last.
    frames: Vec<Frame<'e>>,
    pub(super) meter: &'e Meter,
    pub(super) today: NaiveDate,
    pub(super) now: Option<DateTime>,
}

pub(super) enum Frame<'e> {
    Name(&'e str, Feel),
    /// The item that a filter looks at; its entries are names, and it is `item` itself.
    Item(Feel),
    /// `?`
    Input(Feel),
}

impl<'e> Evaluation<'e> {
    pub(crate) fn new(globals: Globals<'e>, context: &Context, meter: &'e Meter) -> Self {
        Self {
            globals,
            frames: Vec::new(),
            meter,
            today: context.today,
            now: context.now.map(|now| DateTime {
                local: now.naive_local(),
                offset: Some(*now.offset()),
            }),
        }
    }

    /// The value of an expression.
    pub(crate) fn value(&mut self, expr: &'e Expr) -> Result<Feel, Cause> {
        self.meter.spend(1)?;
        match expr {
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Name(name) => Ok(self.lookup(name).unwrap_or_default()),
            Expr::Input => Ok(self.input()),
            Expr::List(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.value(item)).collect();
                Feel::list(items?, self.meter)
            }
            Expr::Context(entries) => self.context(entries),
            Expr::Range(interval) => {
                let start = self.value(&interval.start)?;
                let end = self.value(&interval.end)?;
                if order(&start, &end).is_none() {
                    return Ok(Feel::Null);
                }
                Ok(Feel::Range(
                    Range {
                        start,
                        end,
                        start_included: interval.start_included,
                        end_included: interval.end_included,
                    }
                    .into(),
                ))
            }
            Expr::Chain(first, rest) => {
                let mut value = self.value(first)?;
                for (operator, operand) in rest {
                    let operand = self.value(operand)?;
                    value = arithmetic::operate(&value, *operator, &operand, self.meter)?;
                }
                Ok(value)
            }
            Expr::Negate(inner) => Ok(arithmetic::negate(&self.value(inner)?)),
            Expr::Compare(left, comparison, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                compare(&left, *comparison, &right, self.meter)
            }
            Expr::Between(parts) => {
                let [value, low, high] = &**parts;
                let (value, low, high) = (self.value(value)?, self.value(low)?, self.value(high)?);
                let within = order(&value, &low).zip(order(&value, &high));
                Ok(within.map(|(low, high)| low.is_ge() && high.is_le()).into())
            }
            Expr::In(value, tests) => {
                let value = self.value(value)?;
                Ok(self.any_test(&value, tests)?.into())
            }
            Expr::All(parts) => Ok(self.until(false, parts)?.into()),
            Expr::Any(parts) => Ok(self.until(true, parts)?.into()),
            Expr::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let holds = self.value(condition)?.as_bool() == Some(true);
                self.value(if holds { then } else { otherwise })
            }
            Expr::For(iterations, body) => self.every_result(iterations, body),
            Expr::Some(iterations, body) => Ok(self.quantified(true, iterations, body)?.into()),
            Expr::Every(iterations, body) => Ok(self.quantified(false, iterations, body)?.into()),
            Expr::Path(root, steps) => {
                let mut value = self.value(root)?;
                for step in steps {
                    value = match step {
                        Step::Key(key) => properties::property(&value, key, self.meter)?,
                        Step::Filter(filter) => self.filter(value, filter)?,
                    };
                }
                Ok(value)
            }
            Expr::InstanceOf(value, kind) => Ok(is_instance(&self.value(value)?, *kind).into()),
            Expr::IsDefined(value) => Ok(self.is_defined(value)?.into()),
            Expr::Call(builtin, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(match argument {
                        Some(argument) => Some(self.value(argument)?),
                        None => None,
                    });
                }
                builtin.call(&values, self)
            }
        }
    }

    /// Whether a value passes what stands in a cell.
    pub(crate) fn passes(&mut self, value: &Feel, tests: &'e Tests) -> Result<bool, Cause> {
        Ok(match tests {
            Tests::Any => true,
            Tests::Of(tests) => self.any_test(value, tests)? == Some(true),
            Tests::Not(tests) => self.any_test(value, tests)? == Some(false),
        })
    }

    /// A name from outside, by its place among them.
    pub(crate) fn global(&self, place: usize) -> Option<&'e Global<'e>> {
        self.globals.values.get(place)
    }

    pub(crate) fn meter(&self) -> &'e Meter {
        self.meter
    }

    /// Whether a value passes one of the tests.
    fn any_test(&mut self, value: &Feel, tests: &'e [Test]) -> Result<Option<bool>, Cause> {
        let mut result = Some(false);
        for test in tests {
            match self.test(value, test)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    fn test(&mut self, value: &Feel, test: &'e Test) -> Result<Option<bool>, Cause> {
        match test {
            Test::Compare(comparison, expr) => {
                let other = self.with(Frame::Input(value.clone()), |evaluation| evaluation.value(expr))?;
                Ok(compare(value, *comparison, &other, self.meter)?.as_bool())
            }
            Test::Value { expr, about_input } => {
                let other = self.with(Frame::Input(value.clone()), |evaluation| evaluation.value(expr))?;
                match other {
                    Feel::Bool(holds) if *about_input || is_condition(expr) && !matches!(value, Feel::Bool(_)) => {
                        Ok(Some(holds))
                    }
                    other => passes(value, &other, self.meter),
                }
            }
        }
    }

    pub(super) fn with<T>(
        &mut self,
        frame: Frame<'e>,
        evaluate: impl FnOnce(&mut Self) -> Result<T, Cause>,
    ) -> Result<T, Cause> {
        self.frames.push(frame);
        let result = evaluate(self);
        self.frames.pop();
        result
    }

    fn lookup(&self, name: &str) -> Option<Feel> {
        let inside = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Name(known, value) if *known == name => Some(value.clone()),
            Frame::Item(item) => item
                .as_context()
                .and_then(|entries| entries.get(name))
                .or((name == "item").then_some(item))
                .cloned(),
            _ => None,
        });
        inside.or_else(|| self.globals.get(name).cloned())
    }

    fn input(&self) -> Feel {
        let input = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Input(value) => Some(value.clone()),
            _ => None,
        });
        input.unwrap_or_default()
    }

    fn context(&mut self, entries: &'e [(String, Expr)]) -> Result<Feel, Cause> {
        let outer = self.frames.len();
        let mut context = BTreeMap::new();
        for (key, entry) in entries {
            // Later entries see the earlier ones.
            let value = self.value(entry)?;
            self.frames.push(Frame::Name(key, value.clone()));
            context.insert(key.clone(), value);
        }
        self.frames.truncate(outer);
        Feel::context(context, self.meter)
    }

    /// `or` when it looks for true, `and` when it looks for false; what is no truth value is null.
    fn until(&mut self, sought: bool, parts: &'e [Expr]) -> Result<Option<bool>, Cause> {
        let mut result = Some(!sought);
        for part in parts {
            match self.value(part)?.as_bool() {
                Some(value) if value == sought => return Ok(Some(sought)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    /// `list[number]` or `list[condition]`.
    fn filter(&mut self, list: Feel, filter: &'e Expr) -> Result<Feel, Cause> {
        let single;
        let items = match &list {
            Feel::Null => return Ok(Feel::Null),
            Feel::List(list) => &list.items,
            other => {
                single = vec![other.clone()];
                &single
            }
        };
        // Only what a filter comes out as says whether it is a place or a condition.
        if let Expr::Literal(Feel::Number(place)) = filter {
            return Ok(item(items, *place));
        }
        let Some(first) = items.first() else {
            return match self.value(filter)? {
                Feel::Number(_) => Ok(Feel::Null),
                _ => Feel::list(Vec::new(), self.meter),
            };
        };
        let mut holds = self.with(Frame::Item(first.clone()), |evaluation| evaluation.value(filter))?;
        if let Feel::Number(place) = holds {
            return Ok(item(items, place));
        }
        let mut kept = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                holds = self.with(Frame::Item(item.clone()), |evaluation| evaluation.value(filter))?;
            }
            if holds.as_bool() == Some(true) {
                kept.push(item.clone());
            }
        }
        Feel::list(kept, self.meter)
    }

    fn is_defined(&mut self, expr: &'e Expr) -> Result<bool, Cause> {
        match expr {
            Expr::Name(name) => Ok(self.lookup(name).is_some()),
            Expr::Path(root, steps) => {
                let mut value = self.value(root)?;
                for (index, step) in steps.iter().enumerate() {
                    value = match step {
                        Step::Key(key) => {
                            if let (Some(entries), true) = (value.as_context(), index + 1 == steps.len()) {
                                return Ok(entries.contains_key(key));
                            }
                            properties::property(&value, key, self.meter)?
                        }
                        Step::Filter(filter) => self.filter(value, filter)?,
                    };
                }
                Ok(!value.is_null())
            }
            expr => Ok(!self.value(expr)?.is_null()),
        }
    }
}

/// Whether an expression in a cell says by itself whether the rule matches.
pub(super) fn is_condition(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Compare(..)
            | Expr::Between(_)
            | Expr::In(..)
            | Expr::All(_)
            | Expr::Any(_)
            | Expr::Some(..)
            | Expr::Every(..)
            | Expr::Call(..)
    )
}

/// The item at a place: counted from 1, or from the end when negative.
fn item(items: &[Feel], place: Decimal) -> Feel {
    index(place, items.len())
        .and_then(|index| items.get(index).cloned())
        .unwrap_or_default()
}

/// The index of a place that counts from 1, or from the end when negative.
pub(super) fn index(place: Decimal, length: usize) -> Option<usize> {
    let place = place.to_i64().filter(|_| place.is_integer())?;
    let from = usize::try_from(place.unsigned_abs()).ok()?;
    match place {
        1.. => Some(from - 1),
        0 => None,
        _ => length.checked_sub(from),
    }
}

fn is_instance(value: &Feel, kind: Type) -> bool {
    match kind {
        Type::Any => !value.is_null(),
        Type::Null => value.is_null(),
        Type::Number => matches!(value, Feel::Number(_)),
        Type::Text => matches!(value, Feel::Text(_)),
        Type::Boolean => matches!(value, Feel::Bool(_)),
        Type::Date => matches!(value, Feel::Date(_)),
        Type::Time => matches!(value, Feel::Time(_)),
        Type::DateTime => matches!(value, Feel::DateTime(_)),
        Type::Days => matches!(value, Feel::Days(_)),
        Type::Months => matches!(value, Feel::Months(_)),
        Type::List => matches!(value, Feel::List(_)),
        Type::Context => matches!(value, Feel::Context(_)),
        Type::Range => matches!(value, Feel::Range(_)),
    }
}
