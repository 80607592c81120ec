//! Which of the rules that match count, and what becomes of several results.

use std::cmp::Ordering;

use kapok_protocol::Text;
use rust_decimal::Decimal;

use super::xml::{Element, at};
use crate::{
    Cause,
    feel::{Feel, order},
};

/// Which of the rules that match count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Unique,
    Any,
    First,
    Priority,
    RuleOrder,
    OutputOrder,
    Collect(Option<Aggregator>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregator {
    Sum,
    Min,
    Max,
    Count,
}

impl Aggregator {
    /// Null when a value is no number, or has no order with the others.
    pub(super) fn total(self, values: impl Iterator<Item = Feel>) -> Feel {
        let values: Vec<Feel> = values.collect();
        let extreme = |wanted: Ordering| {
            values.iter().try_fold(values.first()?, |found, value| {
                Some(if order(value, found)? == wanted { value } else { found })
            })
        };
        match self {
            Self::Count => Decimal::from(values.len()).into(),
            Self::Min => extreme(Ordering::Less).cloned().into(),
            Self::Max => extreme(Ordering::Greater).cloned().into(),
            Self::Sum => values
                .iter()
                .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value.as_number()?))
                .into(),
        }
    }
}

impl Policy {
    pub(super) fn read(element: &Element) -> Result<Self, Text> {
        let name = element.attribute("hitPolicy").unwrap_or("UNIQUE");
        let aggregation = element.attribute("aggregation");
        Ok(match name {
            "UNIQUE" => Policy::Unique,
            "ANY" => Policy::Any,
            "FIRST" => Policy::First,
            "PRIORITY" => Policy::Priority,
            "RULE ORDER" => Policy::RuleOrder,
            "OUTPUT ORDER" => Policy::OutputOrder,
            "COLLECT" => Policy::Collect(match aggregation {
                None | Some("LIST") => None,
                Some("SUM") => Some(Aggregator::Sum),
                Some("MIN") => Some(Aggregator::Min),
                Some("MAX") => Some(Aggregator::Max),
                Some("COUNT") => Some(Aggregator::Count),
                Some(other) => {
                    return Err(at(
                        element.line,
                        format!("不认识汇总方式 {other}，可以用 SUM、MIN、MAX、COUNT。"),
                        format!("the aggregation {other} is not known; use SUM, MIN, MAX or COUNT."),
                    ));
                }
            }),
            other => {
                return Err(at(
                    element.line,
                    format!("不认识命中策略 {other}。"),
                    format!("the hit policy {other} is not known."),
                ));
            }
        })
    }
}

/// Says that two rules match which may not both do so.
pub(super) fn conflict(policy: Policy, first: usize, second: usize) -> Cause {
    Cause::Refused(match policy {
        Policy::Any => Text::new(
            format!("规则 {first} 和 {second} 同时命中而结果不同，但命中策略 ANY 要求结果相同。"),
            format!(
                "the rules {first} and {second} both match with different results, while the hit policy ANY wants the same."
            ),
        ),
        _ => Text::new(
            format!("规则 {first} 和 {second} 同时命中，但命中策略 UNIQUE 只允许一条；请改写条件，或换用 FIRST。"),
            format!(
                "the rules {first} and {second} both match, while the hit policy UNIQUE allows one; change their conditions, or use FIRST."
            ),
        ),
    })
}
