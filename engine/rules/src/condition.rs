//! Condition rows: a [`Filter`] that is checked and ready to be evaluated on one set of values.

use std::{borrow::Cow, cmp::Ordering};

use kapok_protocol::{Filter, Operator, Test, Text, Value};

use crate::{
    Cause, Scope,
    compare::{equal, order},
    scope::at,
    words::Operand,
};

/// A checked filter.
///
/// How values compare is written at [`equal`] and [`order`]. Null and a missing value satisfy `empty`, `!=` and
/// `not-in`, and nothing else. `contains` looks for a text in a text, or for a value in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test {
        field: String,
        op: Operator,
        operand: Operand,
    },
}

/// How deep groups may stand inside each other.
const DEPTH: usize = 32;

impl Condition {
    /// Checks a filter.
    ///
    /// # Errors
    ///
    /// A word that is not known, an operator whose value does not fit it, or groups nested too deeply.
    pub fn new(filter: &Filter) -> Result<Self, Text> {
        Node::new(filter, DEPTH).map(Self)
    }

    /// Whether it holds; a field that is missing is null. For lists, visibility and permissions.
    pub fn holds(&self, scope: &dyn Scope) -> bool {
        let missing_is_null = |path: &str| Ok(at(scope, path).unwrap_or(Cow::Owned(Value::Null)));
        self.0.holds(scope, &missing_is_null).unwrap_or(false)
    }

    /// Whether it holds. For conditions of a process, where a misspelt name must not decide anything.
    ///
    /// # Errors
    ///
    /// [`Cause::UnknownName`] with the path of a field that is missing.
    pub fn holds_strictly(&self, scope: &dyn Scope) -> Result<bool, Cause> {
        let missing_is_an_error = |path: &str| at(scope, path).ok_or_else(|| Cause::UnknownName(path.to_owned()));
        self.0.holds(scope, &missing_is_an_error)
    }
}

type Lookup<'s, 'f> = &'f dyn Fn(&str) -> Result<Cow<'s, Value>, Cause>;

impl Node {
    fn new(filter: &Filter, depth: usize) -> Result<Self, Text> {
        let depth = depth.checked_sub(1).ok_or_else(|| {
            Text::new(
                format!("条件嵌套超过 {DEPTH} 层。"),
                format!("more than {DEPTH} groups inside each other."),
            )
        })?;
        let group = |parts: &[Filter]| {
            parts
                .iter()
                .map(|part| Self::new(part, depth))
                .collect::<Result<_, _>>()
        };
        Ok(match filter {
            Filter::All(parts) => Self::All(group(parts)?),
            Filter::Any(parts) => Self::Any(group(parts)?),
            Filter::Not(part) => Self::Not(Box::new(Self::new(part, depth)?)),
            Filter::Test(Test { field, op, value }) => {
                let operand = Operand::read(value)?;
                check(field, *op, &operand)?;
                Self::Test {
                    field: field.clone(),
                    op: *op,
                    operand,
                }
            }
        })
    }

    fn holds<'s>(&self, scope: &'s dyn Scope, lookup: Lookup<'s, '_>) -> Result<bool, Cause> {
        Ok(match self {
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(scope, lookup)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(scope, lookup)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Not(part) => !part.holds(scope, lookup)?,
            Self::Test { field, op, operand } => test(&*lookup(field)?, *op, &operand.value(scope.context())),
        })
    }
}

/// Refuses tests that could never mean what their author wanted.
fn check(field: &str, op: Operator, operand: &Operand) -> Result<(), Text> {
    if field.is_empty() {
        return Err(Text::new(
            "有一行条件没有选择字段。",
            "one row of the condition names no field.",
        ));
    }
    if op.is_unary() {
        return Ok(());
    }
    if matches!(operand, Operand::Literal(Value::Null)) {
        return Err(Text::new(
            format!("字段“{field}”没有填写要比较的值；判断为空请用“为空”。"),
            format!("“{field}” is compared with nothing; to test for that use “is empty”."),
        ));
    }
    match op {
        Operator::In | Operator::NotIn if !operand.is_list() => Err(Text::new(
            format!("字段“{field}”要与一组值比较，请给出列表。"),
            format!("“{field}” is compared with several values: give a list."),
        )),
        Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::StartsWith
            if operand.is_list() =>
        {
            Err(Text::new(
                format!("字段“{field}”只能与一个值比较大小。"),
                format!("“{field}” can only be compared with one value, not with a list."),
            ))
        }
        _ => Ok(()),
    }
}

fn test(value: &Value, op: Operator, operand: &Value) -> bool {
    let ordered = |accepted: &[Ordering]| order(value, operand).is_some_and(|found| accepted.contains(&found));
    let among = || {
        operand
            .as_list()
            .is_some_and(|items| items.iter().any(|item| !is_null(value) && equal(value, item)))
    };
    match op {
        Operator::Equal => !is_null(value) && equal(value, operand),
        Operator::NotEqual => is_null(value) || !equal(value, operand),
        Operator::Less => ordered(&[Ordering::Less]),
        Operator::LessOrEqual => ordered(&[Ordering::Less, Ordering::Equal]),
        Operator::Greater => ordered(&[Ordering::Greater]),
        Operator::GreaterOrEqual => ordered(&[Ordering::Greater, Ordering::Equal]),
        Operator::In => among(),
        Operator::NotIn => !among(),
        Operator::Contains => match (value, operand) {
            (Value::Text(text), Value::Text(part)) => text.contains(part.as_str()),
            (Value::List(items), wanted) => items.iter().any(|item| equal(item, wanted)),
            _ => false,
        },
        Operator::StartsWith => match (value, operand) {
            (Value::Text(text), Value::Text(start)) => text.starts_with(start.as_str()),
            _ => false,
        },
        Operator::Empty => value.is_empty(),
        Operator::NotEmpty => !value.is_empty(),
    }
}

fn is_null(value: &Value) -> bool {
    matches!(value, Value::Null)
}
