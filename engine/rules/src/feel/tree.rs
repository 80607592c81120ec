//! A FEEL expression as it was read. Chains are flat, so that only nesting makes a tree deep.

use super::{builtins::Builtin, value::Feel};

/// An expression.
#[derive(Debug)]
pub(crate) enum Expr {
    Literal(Feel),
    Name(String),
    /// `?`, what a unary test is about.
    Input,
    List(Vec<Expr>),
    Context(Vec<(String, Expr)>),
    Range(Box<Interval>),
    /// `a + b - c`, from left to right.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    Negate(Box<Expr>),
    Compare(Box<Expr>, Comparison, Box<Expr>),
    Between(Box<[Expr; 3]>),
    In(Box<Expr>, Vec<Test>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    If(Box<[Expr; 3]>),
    For(Vec<Iteration>, Box<Expr>),
    /// `some … satisfies`
    Some(Vec<Iteration>, Box<Expr>),
    /// `every … satisfies`
    Every(Vec<Iteration>, Box<Expr>),
    Path(Box<Expr>, Vec<Step>),
    InstanceOf(Box<Expr>, Type),
    IsDefined(Box<Expr>),
    /// A function, with its arguments in the order of its parameters; `None` where one is left out.
    Call(&'static Builtin, Vec<Option<Expr>>),
}

/// `[a..b]`
#[derive(Debug)]
pub(crate) struct Interval {
    pub(super) start: Expr,
    pub(super) end: Expr,
    pub(super) start_included: bool,
    pub(super) end_included: bool,
}

/// A step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.key`
    Key(String),
    /// `[…]`
    Filter(Expr),
}

/// `x in list`, or `x in 1..5`.
#[derive(Debug)]
pub(crate) struct Iteration {
    pub(super) name: String,
    pub(super) domain: Expr,
    pub(super) end: Option<Expr>,
}

/// What stands in one cell of a decision table.
#[derive(Debug)]
pub(crate) enum Tests {
    /// `-`, or nothing.
    Any,
    /// One of these must hold.
    Of(Vec<Test>),
    /// None of these may hold.
    Not(Vec<Test>),
}

/// A unary test: what stands in a cell of a decision table, or after `in`.
#[derive(Debug)]
pub(crate) enum Test {
    /// `< 5`
    Compare(Comparison, Expr),
    /// A value, a range, a list of values, or a condition about `?`.
    Value {
        expr: Expr,
        /// Whether it speaks of `?`, so that it is a condition and not a value to compare with.
        about_input: bool,
    },
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// A type that `instance of` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Any,
    Null,
    Number,
    Text,
    Boolean,
    Date,
    Time,
    DateTime,
    Days,
    Months,
    List,
    Context,
    Range,
}

impl Type {
    /// The type of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Any" => Self::Any,
            "Null" => Self::Null,
            "number" => Self::Number,
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "time" => Self::Time,
            "date and time" | "dateTime" => Self::DateTime,
            "days and time duration" | "day-time-duration" | "dayTimeDuration" => Self::Days,
            "years and months duration" | "year-month-duration" | "yearMonthDuration" => Self::Months,
            "list" => Self::List,
            "context" => Self::Context,
            "range" => Self::Range,
            _ => return None,
        })
    }
}
