//! A JUEL text as it was read. Chains are flat, so that only nesting makes a tree deep.

use kapok_protocol::Value;

/// A piece of a text.
#[derive(Debug)]
pub(super) enum Part {
    /// Text as it stands.
    Literal(String),
    /// What stands in `${…}`.
    Value(Expr),
}

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    Literal(Value),
    /// A variable; unknown is an error.
    Name(String),
    /// `execution.getVariable(…)`: a variable whose name is computed; unknown is null.
    Variable(Box<Expr>),
    /// `execution.hasVariable(…)`.
    HasVariable(Box<Expr>),
    /// `currentUser()`.
    CurrentUser,
    Path(Box<Expr>, Vec<Step>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Empty(Box<Expr>),
    /// `a + b - c`, from left to right.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    /// `c ? a : b`.
    Choice(Box<[Expr; 3]>),
}

/// A step of a path.
#[derive(Debug)]
pub(super) enum Step {
    /// `.key`
    Key(String),
    /// `[…]`
    Index(Expr),
    /// `.method(…)`
    Call(&'static str, Vec<Expr>),
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// As it is written, for messages.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}
