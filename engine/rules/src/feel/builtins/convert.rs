//! From texts to numbers and back.

use super::{Answer, Arguments, Builtin, Feel, builtin};
use crate::syntax;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "number",
        &["from", "grouping separator", "decimal separator"],
        1,
        number,
    ),
    builtin("string", &["from"], 1, |a| {
        if a.get(0).is_null() {
            return Ok(Feel::Null);
        }
        let mut text = String::new();
        a.get(0).show(false, &mut text, a.meter)?;
        Ok(text.as_str().into())
    }),
];

fn number(a: &Arguments<'_>) -> Answer {
    let Some(text) = a.text(0) else {
        return Ok(a.number(0).into());
    };
    let mut text = text.to_owned();
    if let Some(grouping) = a.text(1).filter(|separator| !separator.is_empty()) {
        text = text.replace(grouping, "");
    }
    if let Some(point) = a.text(2).filter(|separator| !separator.is_empty()) {
        text = text.replace(point, ".");
    }
    a.meter.text(text.len())?;
    Ok(syntax::number(text.trim()).into())
}
