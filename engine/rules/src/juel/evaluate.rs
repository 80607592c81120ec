//! Evaluates a tree. It goes as deep as the tree is nested, which the parser bounds.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use kapok_protocol::Value;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    coerce, methods,
    tree::{Expr, Part, Step},
};
use crate::{Cause, Scope, meter::Meter};

/// The variable that counts a loop's instances; see the module's documentation.
const LOOP_COUNTER: &str = "loopCounter";

/// What a variable costs whose name is computed, since the scope may have to fetch it each time.
const READ: usize = 100;

type Found<'a> = Cow<'a, Value>;

/// One evaluation.
pub(super) struct Evaluation<'s> {
    scope: &'s dyn Scope,
    found: BTreeMap<&'s str, Found<'s>>,
    meter: Meter,
}

impl<'s> Evaluation<'s> {
    /// Asks the scope for the names, each once.
    pub(super) fn new(scope: &'s dyn Scope, names: &'s BTreeSet<String>, meter: Meter) -> Self {
        let found = names
            .iter()
            .filter_map(|name| Some((name.as_str(), read(scope, name)?)))
            .collect();
        Self { scope, found, meter }
    }

    /// The text that pieces make.
    pub(super) fn text(&self, parts: &[Part]) -> Result<String, Cause> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => {
                    self.meter.longer_text(text.len(), literal.len())?;
                    text.push_str(literal);
                }
                Part::Value(expr) => {
                    let value = self.value(expr)?;
                    coerce::append(&value, &mut text, &self.meter)?;
                }
            }
        }
        Ok(text)
    }

    /// The value of an expression.
    pub(super) fn value<'a>(&'a self, expr: &'a Expr) -> Result<Found<'a>, Cause> {
        self.meter.spend(1)?;
        match expr {
            Expr::Literal(value) => Ok(Cow::Borrowed(value)),
            Expr::Name(name) => self.known(name).ok_or_else(|| Cause::UnknownName(name.clone())),
            Expr::Variable(key) => Ok(self.variable(key)?.unwrap_or(Cow::Owned(Value::Null))),
            Expr::HasVariable(key) => Ok(Cow::Owned(self.variable(key)?.is_some().into())),
            Expr::CurrentUser => {
                let me = self.scope.context().me;
                Ok(Cow::Owned(me.map(|person| person.to_string()).into()))
            }
            Expr::Path(root, steps) => {
                let mut value = self.value(root)?;
                for step in steps {
                    value = self.step(value, step)?.map_err(Cause::UnknownName)?;
                }
                Ok(value)
            }
            Expr::Not(inner) => Ok(Cow::Owned((!self.truth(inner, "!")?).into())),
            Expr::Negate(inner) => {
                let value = self.value(inner)?;
                let number = coerce::number(&value).ok_or_else(|| unfit("-", &value))?;
                Ok(Cow::Owned((-number).into()))
            }
            Expr::Empty(inner) => Ok(Cow::Owned(self.is_empty(inner)?.into())),
            Expr::Chain(first, rest) => {
                let mut value = self.value(first)?;
                for (operator, operand) in rest {
                    let operand = self.value(operand)?;
                    if is_compound(&value) && is_compound(&operand) {
                        self.meter.whole(&value)?;
                    }
                    value = Cow::Owned(coerce::operate(&value, *operator, &operand, &self.meter)?);
                }
                Ok(value)
            }
            Expr::All(parts) => {
                for part in parts {
                    if !self.truth(part, "&&")? {
                        return Ok(Cow::Owned(false.into()));
                    }
                }
                Ok(Cow::Owned(true.into()))
            }
            Expr::Any(parts) => {
                for part in parts {
                    if self.truth(part, "||")? {
                        return Ok(Cow::Owned(true.into()));
                    }
                }
                Ok(Cow::Owned(false.into()))
            }
            Expr::Choice(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.value(if self.truth(condition, "?")? { then } else { otherwise })
            }
        }
    }

    fn truth(&self, expr: &Expr, operator: &str) -> Result<bool, Cause> {
        let value = self.value(expr)?;
        coerce::truth(&value).ok_or_else(|| unfit(operator, &value))
    }

    /// Whether there is nothing, or nobody knows the name: that is how models ask whether it exists.
    fn is_empty(&self, expr: &Expr) -> Result<bool, Cause> {
        let value = match expr {
            Expr::Name(name) => self.known(name),
            Expr::Path(root, steps) => {
                let mut value = match &**root {
                    Expr::Name(name) => self.known(name),
                    root => Some(self.value(root)?),
                };
                for step in steps {
                    value = match value {
                        Some(value) => self.step(value, step)?.ok(),
                        None => None,
                    };
                }
                value
            }
            expr => Some(self.value(expr)?),
        };
        Ok(match value.as_deref() {
            None => true,
            Some(Value::Map(entries)) => entries.is_empty(),
            Some(value) => value.is_empty(),
        })
    }

    /// A step into a value: what is there, or the name that nobody knows.
    fn step<'a>(&'a self, value: Found<'a>, step: &'a Step) -> Result<Result<Found<'a>, String>, Cause> {
        self.meter.spend(1)?;
        let key = match step {
            Step::Key(key) => Cow::Borrowed(key.as_str()),
            Step::Call(method, arguments) => {
                let arguments: Result<Vec<_>, _> = arguments.iter().map(|argument| self.value(argument)).collect();
                return methods::call(value, method, &arguments?, &self.meter).map(Ok);
            }
            Step::Index(index) => {
                let index = self.value(index)?;
                match (&*value, &*index) {
                    (Value::List(_), index) => {
                        let place = coerce::number(index).ok_or_else(|| unfit("[]", index))?;
                        return Ok(item(value, place).ok_or_else(|| format!("[{place}]")));
                    }
                    (_, Value::Text(key)) => Cow::Owned(key.clone()),
                    (_, Value::Number(number)) => Cow::Owned(number.normalize().to_string()),
                    (_, other) => return Err(unfit("[]", other)),
                }
            }
        };
        Ok(match value {
            Cow::Borrowed(Value::Map(entries)) => entries.get(&*key).map(Cow::Borrowed),
            Cow::Owned(Value::Map(mut entries)) => entries.remove(&*key).map(Cow::Owned),
            value if *value == Value::Null => Some(value),
            _ => None,
        }
        .ok_or_else(|| key.into_owned()))
    }

    fn known(&self, name: &str) -> Option<Found<'_>> {
        self.found.get(name).map(|value| Cow::Borrowed(&**value))
    }

    fn variable(&self, key: &Expr) -> Result<Option<Found<'_>>, Cause> {
        let key = self.value(key)?;
        let name = key.as_text().ok_or_else(|| unfit("getVariable", &key))?;
        if let Some(known) = self.known(name) {
            return Ok(Some(known));
        }
        self.meter.spend(READ)?;
        Ok(read(self.scope, name))
    }
}

/// A variable as JUEL sees it.
fn read<'s>(scope: &'s dyn Scope, name: &str) -> Option<Found<'s>> {
    let value = scope.get(name)?;
    Some(match &*value {
        Value::Number(number) if name == LOOP_COUNTER => Cow::Owned((number - Decimal::ONE).into()),
        _ => value,
    })
}

/// The item at a place of a list, counted from 0.
pub(super) fn item(list: Found<'_>, place: Decimal) -> Option<Found<'_>> {
    let place = place.to_usize().filter(|_| place.is_integer())?;
    match list {
        Cow::Borrowed(Value::List(items)) => items.get(place).map(Cow::Borrowed),
        Cow::Owned(Value::List(items)) => items.into_iter().nth(place).map(Cow::Owned),
        _ => None,
    }
}

/// Whether a value has parts, so that looking at it may take long.
pub(super) fn is_compound(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

pub(super) fn unfit(operation: &str, value: &Value) -> Cause {
    Cause::Operation(format!("{operation} ({})", value.kind()))
}
