//! Fields of records and variables of processes.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::Value;

/// Names with JSON values. Numbers are kept as they are written, so nothing is lost on the way.
pub type Fields = serde_json::Map<String, Value>;

/// The exact number in a value: a JSON number, or a text that is one. `None` when it is neither, or has more than 28
/// digits.
pub fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    Decimal::from_str(&text)
        .or_else(|_| Decimal::from_scientific(&text))
        .ok()
}

/// A number as a JSON value, digit by digit.
pub fn number(decimal: Decimal) -> Value {
    // The text of a decimal is always a JSON number.
    serde_json::Number::from_str(&decimal.to_string()).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        for text in ["0", "-0.10", "1234567890123456789.123456789", "12.50"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(decimal(&value).map(number), Some(value), "{text}");
        }
        assert_eq!(decimal(&serde_json::json!("12.5")), Decimal::from_str("12.5").ok());
        assert_eq!(decimal(&serde_json::json!("twelve")), None);
        assert_eq!(decimal(&serde_json::json!(true)), None);
    }
}
