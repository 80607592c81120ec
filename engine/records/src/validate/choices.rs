use kapok_protocol::Value;

use super::normal::{Fault, fault};
use crate::definition::Choice;

/// The key of an entry. One that is out of use, or below one that is, may only stay where it is.
pub(super) fn choice(choices: &[Choice], key: &str, had: &dyn Fn(&Value) -> bool) -> Result<Value, Fault> {
    let value = Value::from(key);
    let path = Choice::path(choices, key);
    if path.is_empty() {
        return fault("field.choice", "不在可选范围内。", "is not one of the choices.");
    }
    if path.iter().any(|choice| choice.disabled) && !had(&value) {
        return fault(
            "field.choice-disabled",
            "选择了已停用的选项，请另选。",
            "is a choice that is no longer used; choose another.",
        );
    }
    Ok(value)
}
