use kapok_protocol::Value;
use rust_decimal::Decimal;

use super::normal::{Fault, fault};

/// A number, which may be written as a text, with the digits and between the bounds that are wanted.
pub(super) fn number(
    value: &Value,
    scale: Option<u32>,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Result<Value, Fault> {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let Some(number) = number.map(|number: Decimal| number.normalize()) else {
        return fault("field.number", "应为数字。", "must be a number.");
    };
    if let Some(scale) = scale.filter(|scale| number.scale() > *scale) {
        return fault(
            "field.scale",
            format!("最多 {scale} 位小数。"),
            format!("must have at most {scale} digits after the point."),
        );
    }
    if let Some(min) = min.filter(|min| number < *min) {
        return fault(
            "field.too-small",
            format!("不能小于 {min}。"),
            format!("must not be less than {min}."),
        );
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return fault(
            "field.too-large",
            format!("不能大于 {max}。"),
            format!("must not be greater than {max}."),
        );
    }
    Ok(Value::Number(number))
}
