//! The one form of a condition: lists, visibility, validation, permissions and drawn conditions all use it.
//!
//! In JSON a test is `{"field":"total","op":">","value":50000}`; groups are `{"all":[…]}`, `{"any":[…]}` and
//! `{"not":…}`. What it means is decided by `kapok-rules`; this is only its shape.

use serde::{Deserialize, Serialize};

use crate::Value;

/// A condition over the fields of one record or the variables of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Shape", into = "Shape")]
pub enum Filter {
    /// Every part holds; an empty list holds.
    All(Vec<Filter>),
    /// At least one part holds; an empty list does not.
    Any(Vec<Filter>),
    /// The part does not hold.
    Not(Box<Filter>),
    /// One comparison.
    Test(Test),
}

/// One comparison of a field with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The field's path, such as `total` or `customer.level`.
    pub field: String,
    /// How it is compared.
    pub op: Operator,
    /// With what: a literal, or a word such as `$me`. `Null` for the operators that need none.
    pub value: Value,
}

/// How a test compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Equal.
    #[serde(rename = "=")]
    Equal,
    /// Not equal.
    #[serde(rename = "!=")]
    NotEqual,
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Less or equal.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
    /// Greater or equal.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// Equal to one of a list.
    #[serde(rename = "in")]
    In,
    /// Equal to none of a list.
    #[serde(rename = "not-in")]
    NotIn,
    /// The text contains a text, or the list a value.
    #[serde(rename = "contains")]
    Contains,
    /// The text begins with a text.
    #[serde(rename = "starts-with")]
    StartsWith,
    /// Null, the empty text or the empty list.
    #[serde(rename = "empty")]
    Empty,
    /// Not empty.
    #[serde(rename = "not-empty")]
    NotEmpty,
}

impl Operator {
    /// Whether the operator compares with nothing.
    pub fn is_unary(self) -> bool {
        matches!(self, Self::Empty | Self::NotEmpty)
    }
}

/// The JSON shape: exactly one of the four keys `all`, `any`, `not`, `field`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Filter>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Filter>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<Filter>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<Operator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

impl TryFrom<Shape> for Filter {
    type Error = &'static str;

    fn try_from(shape: Shape) -> Result<Self, Self::Error> {
        match shape {
            Shape {
                all: Some(parts),
                any: None,
                not: None,
                field: None,
                op: None,
                value: None,
            } => Ok(Self::All(parts)),
            Shape {
                all: None,
                any: Some(parts),
                not: None,
                field: None,
                op: None,
                value: None,
            } => Ok(Self::Any(parts)),
            Shape {
                all: None,
                any: None,
                not: Some(part),
                field: None,
                op: None,
                value: None,
            } => Ok(Self::Not(part)),
            Shape {
                all: None,
                any: None,
                not: None,
                field: Some(field),
                op: Some(op),
                value,
            } => {
                if value.is_none() && !op.is_unary() {
                    return Err("this operator compares with a value: add \"value\"");
                }
                Ok(Self::Test(Test {
                    field,
                    op,
                    value: value.unwrap_or(Value::Null),
                }))
            }
            _ => Err("a condition is one of {\"all\":[…]}, {\"any\":[…]}, {\"not\":…} or {\"field\",\"op\",\"value\"}"),
        }
    }
}

impl From<Filter> for Shape {
    fn from(filter: Filter) -> Self {
        let mut shape = Self {
            all: None,
            any: None,
            not: None,
            field: None,
            op: None,
            value: None,
        };
        match filter {
            Filter::All(parts) => shape.all = Some(parts),
            Filter::Any(parts) => shape.any = Some(parts),
            Filter::Not(part) => shape.not = Some(part),
            Filter::Test(test) => {
                shape.field = Some(test.field);
                shape.value = (!test.op.is_unary()).then_some(test.value);
                shape.op = Some(test.op);
            }
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_of_a_filter_is_the_documented_one() {
        let json = r#"{"all":[{"field":"total","op":">","value":50000},{"not":{"field":"note","op":"empty"}}]}"#;
        let filter: Filter = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), json);
    }

    #[test]
    fn what_is_not_a_filter_is_refused() {
        for json in [
            r#"{}"#,
            r#"{"all":[],"any":[]}"#,
            r#"{"field":"a","op":"="}"#,
            r#"{"field":"a","op":"~","value":1}"#,
            r#"{"all":[],"extra":1}"#,
        ] {
            assert!(serde_json::from_str::<Filter>(json).is_err(), "{json}");
        }
    }
}
