//! What equal, less and greater mean: the only place that decides it for condition rows.
//!
//! Numbers compare by value (`1.50` equals `1.5`), texts by code point (so dates and instants, which are texts with
//! the largest unit first, compare by time), false is less than true. Values of different kinds are neither equal nor
//! ordered: the text `"5"` is not the number 5, because a comparison that guesses types goes wrong unnoticed. Null is
//! equal only to null and ordered with nothing.

use std::cmp::Ordering;

use kapok_protocol::Value;

/// Whether two values are equal. Lists and maps are equal when their parts are.
pub fn equal(a: &Value, b: &Value) -> bool {
    a == b
}

/// How two values are ordered; `None` when they are of different kinds, or of a kind without an order (null, lists,
/// maps).
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
