//! FEEL, the expression language of DMN and of Camunda 8: chapter 10.3 of DMN 1.3, as far as people use it.
//!
//! There are numbers, texts, truth values, null, dates, times and durations with their arithmetic and properties, lists,
//! contexts and ranges; comparison with three-valued logic, `in`, `between`, `instance of`; `if`, `for`, `some` and
//! `every`; paths and filters; and the functions of `builtins`, by position or by name. Errors inside are null, as FEEL
//! wants it, and so is an unknown name; what becomes of a null is up to whoever asked: a null condition is an error
//! that names the expression. Only limits are errors of their own.
//!
//! Left out, and refused by name when an expression is compiled: functions of one's own, `now()` and whatever else
//! needs chance (`today()` and `now()` come from the [`Context`](crate::Context)), and regular expressions: `replace` and
//! `split` take patterns that are plain text. A power has a whole exponent or is the square root, since no other is
//! exact. There are offsets from UTC and no names of time zones. A moment with an offset and one without do not compare.
//!
//! A name with spaces must be known when the expression is read (decision tables know theirs) or stand in backquotes.
//! Dates, times and durations leave FEEL as texts in ISO 8601, and texts come in as texts: `date(x)` makes a date of one.
//!
//! This is written here because the FEEL crates there are (`dsntk-*`) bring a decimal library in C, an HTTP client, the
//! machine's clock and no bounds; this has rust_decimal, like everything else in Kapok, and a budget.

mod arithmetic;
mod builtins;
mod cells;
mod compare;
mod constant;
mod cursor;
mod evaluate;
mod globals;
mod lexer;
mod loops;
mod parser;
mod properties;
mod temporal;
mod terms;
mod tree;
mod value;

use std::collections::BTreeSet;

use kapok_protocol::{Text, Value};

use crate::{Cause, Scope, meter::Meter, syntax};

pub(crate) use cells::Cell;
pub(crate) use compare::{equal, order};
pub(crate) use constant::Constant;
pub(crate) use evaluate::Evaluation;
pub(crate) use globals::{Global, Globals};
pub(crate) use tree::{Expr, Tests, Type};
pub(crate) use value::Feel;

/// An expression, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Program {
    expr: Expr,
    /// The names it mentions, in ascending order.
    names: Vec<String>,
}

/// Reads an expression, and the names it mentions. `known` are names that may have spaces.
pub(crate) fn parse(source: &str, known: &[String]) -> Result<(Expr, BTreeSet<String>), Text> {
    syntax::check_size(source)?;
    parser::parse(source, known).map_err(|fault| fault.text(source))
}

/// Reads what stands in a cell of a decision table: nothing, `-`, or unary tests.
pub(crate) fn parse_tests(source: &str, known: &[String]) -> Result<(Tests, BTreeSet<String>), Text> {
    if source.trim().is_empty() {
        return Ok((Tests::Any, BTreeSet::new()));
    }
    syntax::check_size(source)?;
    parser::parse_tests(source, known).map_err(|fault| fault.text(source))
}

/// The number a text is.
pub(crate) fn read_number(text: &str) -> Option<Feel> {
    syntax::number(text.trim()).map(Feel::Number)
}

/// The date, time or duration a text is. Where a date is wanted a moment will do too, as some products mean that.
pub(crate) fn read_moment(text: &str, kind: Type) -> Option<Feel> {
    let text = text.trim();
    match (kind, temporal::read_duration(text)) {
        (Type::Date, _) => temporal::read_date(text)
            .map(Feel::Date)
            .or_else(|| temporal::DateTime::read(text).map(Feel::DateTime)),
        (Type::Time, _) => temporal::Time::read(text).map(Feel::Time),
        (Type::DateTime, _) => temporal::DateTime::read(text).map(Feel::DateTime),
        (Type::Days, Some(duration @ temporal::Duration::Days(_)))
        | (Type::Months, Some(duration @ temporal::Duration::Months(_))) => Some(duration.into()),
        _ => None,
    }
}

impl Program {
    /// Reads an expression.
    pub(crate) fn parse(source: &str) -> Result<Self, Text> {
        let (expr, names) = parse(source, &[])?;
        let names = names.into_iter().collect();
        Ok(Self { expr, names })
    }

    /// The names it asks for.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Its value.
    pub(crate) fn evaluate(&self, scope: &dyn Scope, operations: u64) -> Result<Value, Cause> {
        // What is only handed on need not be understood.
        if let Expr::Name(name) = &self.expr {
            return Ok(scope.get(name).map_or(Value::Null, |value| value.into_owned()));
        }
        let values: Result<Vec<_>, _> = self.names.iter().map(|name| Global::of(scope.get(name))).collect();
        let values = values?;
        let globals = Globals {
            names: &self.names,
            values: &values,
        };
        let meter = Meter::new(operations);
        Evaluation::new(globals, scope.context(), &meter)
            .value(&self.expr)?
            .into_value()
    }
}
