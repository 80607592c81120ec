//! Cells of decision tables whose tests compare with values that are always the same, such as `[1..5)` or `"a", "b"`:
//! what such a cell says about a number, a text, a date or a duration depends only on how that is ordered among the values.

use std::cmp::Ordering;

use super::{
    compare::{compare, passes},
    evaluate::is_condition,
    tree::{Comparison, Test, Tests},
    value::{Feel, Range},
};
use crate::meter::Meter;

/// A cell whose tests compare with known values.
#[derive(Debug)]
pub(crate) struct Cell {
    tests: Vec<Known>,
    /// Whether it is `not(…)`.
    negated: bool,
    /// The most operations that evaluating it costs.
    pub(crate) operations: u64,
}

/// A test with a known value.
#[derive(Debug)]
enum Known {
    Compare(Comparison, Feel),
    Value(Feel),
}

/// A part of a test, which compares with one value or one range.
#[derive(Debug)]
pub(crate) struct Part<'c> {
    test: PartTest<'c>,
    /// Whether it is also met by what it has no answer for: a `not(…)` with such a test does not hold.
    or_unknown: bool,
}

#[derive(Debug)]
enum PartTest<'c> {
    Compare(Comparison, &'c Feel),
    Within(&'c Range),
}

impl Cell {
    /// `None` when a test is no comparison with a constant.
    pub(crate) fn read(tests: &Tests) -> Option<Self> {
        let (tests, negated) = match tests {
            // No test fails, so a negation of none holds.
            Tests::Any => (&[][..], true),
            Tests::Of(tests) => (tests.as_slice(), false),
            Tests::Not(tests) => (tests.as_slice(), true),
        };
        let mut cell = Self {
            tests: Vec::with_capacity(tests.len()),
            negated,
            operations: 0,
        };
        for test in tests {
            let (known, operations) = match test {
                Test::Compare(comparison, expr) => {
                    let constant = expr.constant()?;
                    (Known::Compare(*comparison, constant.value), constant.operations)
                }
                Test::Value { about_input: true, .. } => return None,
                Test::Value { expr, .. } => {
                    let constant = expr.constant()?;
                    if matches!(constant.value, Feel::Bool(_)) && is_condition(expr) {
                        return None;
                    }
                    (Known::Value(constant.value), constant.operations)
                }
            };
            // A list is compared as a whole, and with each of its items.
            let compared = 2 * known.value().parts() as u64;
            cell.operations += operations + compared;
            cell.tests.push(known);
        }
        Some(cell)
    }

    /// Whether it is met by what meets none of its parts.
    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// Hands over the parts of the tests. A number, a text, a date or a duration passes the cell when it meets one of
    /// them; when the cell is negated, if it meets none.
    pub(crate) fn parts<'c>(&'c self, take: &mut dyn FnMut(Part<'c>)) {
        for test in &self.tests {
            match test {
                Known::Compare(comparison, value) => take(Part {
                    test: PartTest::Compare(*comparison, value),
                    or_unknown: self.negated,
                }),
                Known::Value(Feel::List(list)) => {
                    for item in &list.items {
                        // What has no answer is not in the list.
                        take(Part {
                            test: PartTest::value(item),
                            or_unknown: false,
                        });
                    }
                }
                Known::Value(value) => take(Part {
                    test: PartTest::value(value),
                    or_unknown: self.negated,
                }),
            }
        }
    }

    /// Whether null or a truth value passes.
    pub(crate) fn passes(&self, value: &Feel) -> bool {
        let meter = Meter::new(u64::MAX);
        let test = |known: &Known| match known {
            Known::Compare(comparison, other) => compare(value, *comparison, other, &meter).ok()?.as_bool(),
            Known::Value(other) => passes(value, other, &meter).ok()?,
        };
        if self.negated {
            self.tests.iter().all(|known| test(known) == Some(false))
        } else {
            self.tests.iter().any(|known| test(known) == Some(true))
        }
    }
}

impl Known {
    fn value(&self) -> &Feel {
        match self {
            Self::Compare(_, value) | Self::Value(value) => value,
        }
    }
}

impl<'c> PartTest<'c> {
    fn value(value: &'c Feel) -> Self {
        match value {
            Feel::Range(range) => Self::Within(range),
            value => Self::Compare(Comparison::Equal, value),
        }
    }
}

impl<'c> Part<'c> {
    /// The values it compares with: one, or the ends of a range.
    pub(crate) fn bounds(&self) -> (&'c Feel, Option<&'c Feel>) {
        match &self.test {
            PartTest::Compare(_, value) => (value, None),
            PartTest::Within(range) => (&range.start, Some(&range.end)),
        }
    }

    /// Whether a value meets it that is so ordered with its bounds: a number, a text, a date or a duration; `None` for
    /// bounds that are of another kind.
    pub(crate) fn is_met(&self, order: impl Fn(&Feel) -> Option<Ordering>) -> bool {
        let answer = match self.test {
            PartTest::Compare(comparison, other) => match comparison {
                Comparison::Equal | Comparison::NotEqual => {
                    let equal = match other {
                        Feel::Null => Some(false),
                        other => order(other).map(Ordering::is_eq),
                    };
                    equal.map(|equal| equal == (comparison == Comparison::Equal))
                }
                Comparison::Less => order(other).map(Ordering::is_lt),
                Comparison::LessOrEqual => order(other).map(Ordering::is_le),
                Comparison::Greater => order(other).map(Ordering::is_gt),
                Comparison::GreaterOrEqual => order(other).map(Ordering::is_ge),
            },
            PartTest::Within(range) => order(&range.start).zip(order(&range.end)).map(|(start, end)| {
                (start.is_gt() || range.start_included && start.is_eq())
                    && (end.is_lt() || range.end_included && end.is_eq())
            }),
        };
        answer.unwrap_or(self.or_unknown)
    }
}
