//! What a scenario expects, beside what came.

use kapok::{Error, protocol::Value};

use super::Refused;

pub(super) fn same(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}: {found} instead of {expected}")),
    }
}

pub(super) fn refused_as(error: &Error, expected: &Refused) -> Result<(), String> {
    let refusal = error.refusal().ok_or_else(|| error.to_string())?;
    let is_it = refusal.code == expected.code && (expected.field.is_none() || refusal.field == expected.field);
    match is_it {
        true => Ok(()),
        false => Err(format!(
            "it was refused as {} at {:?}: {}",
            refusal.code, refusal.field, refusal.text.en
        )),
    }
}
