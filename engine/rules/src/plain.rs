//! Scripts of one plain statement, such as `x = x + 1` or `amount > 100 && level == "gold"`, without rhai.
//!
//! Only what goes well with numbers, truth values and short texts is computed here, exactly as rhai would with the
//! functions of `numbers`. Everything else, and above all every mistake, is left to rhai: a statement that has changed
//! nothing yet can always be begun again.

use kapok_protocol::Value;
use rhai::{AST, ASTNode, Dynamic, Expr, Stmt, Token};
use rust_decimal::Decimal;

use crate::convert::from_script;

/// A plain statement.
#[derive(Debug)]
pub(crate) struct Plain {
    /// The variable that gets the value.
    target: Option<String>,
    term: Term,
}

/// What a plain statement does.
pub(crate) enum Effect<'p> {
    Value(Value),
    Write(&'p str, Value),
}

#[derive(Debug)]
enum Term {
    Constant(Value),
    Variable(String),
    Not(Box<Term>),
    All(Vec<Term>),
    Any(Vec<Term>),
    Binary(Operator, Box<[Term; 2]>),
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The most parts of a plain statement; far fewer than the operations that are allowed.
const PARTS: usize = 64;
/// The longest text that is looked at, in bytes; far shorter than those that are allowed.
const TEXT: usize = 1024;

impl Plain {
    /// `None` for everything that is not plain.
    pub(crate) fn read(ast: &AST) -> Option<Self> {
        let mut parts = 0;
        ast.walk(&mut |_: &[ASTNode]| {
            parts += 1;
            parts <= PARTS
        });
        if parts > PARTS || ast.has_functions() {
            return None;
        }
        let [statement] = ast.statements() else { return None };
        match statement {
            Stmt::Expr(expr) => Some(Self {
                target: None,
                term: Term::read(expr)?,
            }),
            Stmt::FnCall(call, _) => Some(Self {
                target: None,
                term: Term::call(call)?,
            }),
            Stmt::Assignment(assignment) => {
                let (operator, sides) = &**assignment;
                let Expr::Variable(variable, ..) = &sides.lhs else {
                    return None;
                };
                (!operator.is_op_assignment()).then_some(())?;
                Some(Self {
                    target: Some(variable.1.to_string()),
                    term: Term::read(&sides.rhs)?,
                })
            }
            _ => None,
        }
    }

    /// What it does; `None` when only rhai knows.
    pub(crate) fn run<'v>(&self, lookup: &dyn Fn(&str) -> Option<&'v Value>) -> Option<Effect<'_>> {
        let value = self.term.value(lookup)?;
        let Some(target) = &self.target else {
            return Some(Effect::Value(value));
        };
        lookup(target)?;
        Some(Effect::Write(target, value))
    }
}

impl Term {
    fn read(expr: &Expr) -> Option<Self> {
        let terms = |parts: &[Expr]| parts.iter().map(Self::read).collect::<Option<_>>();
        Some(match expr {
            Expr::BoolConstant(value, _) => Self::Constant(Value::Bool(*value)),
            Expr::IntegerConstant(value, _) => Self::Constant(Value::from(*value)),
            Expr::DynamicConstant(value, _) if value.is_decimal() => {
                Self::Constant(from_script(Dynamic::clone(value)).ok()?)
            }
            Expr::StringConstant(text, _) if text.len() <= TEXT => Self::Constant(Value::from(text.as_str())),
            Expr::Variable(variable, ..) => Self::Variable(variable.1.to_string()),
            Expr::And(parts, _) => Self::All(terms(parts)?),
            Expr::Or(parts, _) => Self::Any(terms(parts)?),
            Expr::FnCall(call, _) => Self::call(call)?,
            _ => return None,
        })
    }

    fn call(call: &rhai::FnCallExpr) -> Option<Self> {
        match (call.op_token.as_ref()?, call.args.as_slice()) {
            (Token::Bang, [operand]) => Some(Self::Not(Box::new(Self::read(operand)?))),
            (token, [left, right]) => {
                let operands = Box::new([Self::read(left)?, Self::read(right)?]);
                Some(Self::Binary(Operator::of(token)?, operands))
            }
            _ => None,
        }
    }

    /// Its value, with numbers in the form that rhai has them; `None` when only rhai knows.
    fn value<'v>(&self, lookup: &dyn Fn(&str) -> Option<&'v Value>) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Variable(name) => match lookup(name)? {
                Value::Number(number) => Some(Value::Number(number.normalize())),
                Value::Text(text) if text.len() > TEXT => None,
                value @ (Value::Null | Value::Bool(_) | Value::Text(_)) => Some(value.clone()),
                Value::List(_) | Value::Map(_) => None,
            },
            Self::Not(operand) => Some(Value::Bool(!operand.value(lookup)?.as_bool()?)),
            Self::All(terms) => Self::until(false, terms, lookup),
            Self::Any(terms) => Self::until(true, terms, lookup),
            Self::Binary(operator, operands) => {
                let [left, right] = &**operands;
                if let (Some(left), Some(right)) = (left.text(lookup), right.text(lookup)) {
                    return operator.texts(left, right);
                }
                operator.values(&left.value(lookup)?, &right.value(lookup)?)
            }
        }
    }

    /// The text that it is, without copying it.
    fn text<'t, 'v: 't>(&'t self, lookup: &dyn Fn(&str) -> Option<&'v Value>) -> Option<&'t str> {
        let text = match self {
            Self::Constant(value) => value.as_text(),
            Self::Variable(name) => lookup(name)?.as_text(),
            _ => None,
        };
        text.filter(|text| text.len() <= TEXT)
    }

    fn until<'v>(sought: bool, terms: &[Self], lookup: &dyn Fn(&str) -> Option<&'v Value>) -> Option<Value> {
        for term in terms {
            if term.value(lookup)?.as_bool()? == sought {
                return Some(Value::Bool(sought));
            }
        }
        Some(Value::Bool(!sought))
    }
}

impl Operator {
    fn of(token: &Token) -> Option<Self> {
        Some(match token {
            Token::Plus => Self::Add,
            Token::Minus => Self::Subtract,
            Token::Multiply => Self::Multiply,
            Token::Divide => Self::Divide,
            Token::EqualsTo => Self::Equal,
            Token::NotEqualsTo => Self::NotEqual,
            Token::LessThan => Self::Less,
            Token::LessThanEqualsTo => Self::LessOrEqual,
            Token::GreaterThan => Self::Greater,
            Token::GreaterThanEqualsTo => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    fn texts(self, left: &str, right: &str) -> Option<Value> {
        match self {
            Self::Equal => Some(Value::Bool(left == right)),
            Self::NotEqual => Some(Value::Bool(left != right)),
            _ => None,
        }
    }

    fn values(self, left: &Value, right: &Value) -> Option<Value> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => self.numbers(*left, *right),
            (Value::Bool(left), Value::Bool(right)) => match self {
                Self::Equal => Some(Value::Bool(left == right)),
                Self::NotEqual => Some(Value::Bool(left != right)),
                _ => None,
            },
            _ => None,
        }
    }

    fn numbers(self, left: Decimal, right: Decimal) -> Option<Value> {
        let number = match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide if right.is_zero() => None,
            Self::Divide => left.checked_div(right),
            Self::Equal => return Some(Value::Bool(left == right)),
            Self::NotEqual => return Some(Value::Bool(left != right)),
            Self::Less => return Some(Value::Bool(left < right)),
            Self::LessOrEqual => return Some(Value::Bool(left <= right)),
            Self::Greater => return Some(Value::Bool(left > right)),
            Self::GreaterOrEqual => return Some(Value::Bool(left >= right)),
        };
        number.map(|number| Value::Number(number.normalize()))
    }
}
