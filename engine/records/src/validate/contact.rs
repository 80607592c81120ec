//! Telephone numbers, e-mail addresses and postal addresses.

use kapok_protocol::Value;

use super::{
    choices::choice,
    normal::{Fault, fault, text, within},
};
use crate::{Fields, definition::Choice, width::half_width};

pub(super) fn phone(text: &str) -> Result<Value, Fault> {
    let text = half_width(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-() ./".contains(&byte));
    if plain && (5..=20).contains(&digits) && text.len() <= 32 {
        return Ok(text.into());
    }
    fault("field.phone", "不是有效的电话号码。", "is not a telephone number.")
}

pub(super) fn email(text: &str) -> Result<Value, Fault> {
    let text = half_width(text);
    let well_formed = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
    });
    if well_formed && text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(text.into());
    }
    fault("field.email", "不是有效的邮箱地址。", "is not an e-mail address.")
}

/// A map of `region`, `detail` and `postcode`, each of which may be missing; a text alone is the detail, as it comes
/// from files of others.
pub(super) fn address(value: &Value, regions: Option<&[Choice]>, had: &dyn Fn(&Value) -> bool) -> Result<Value, Fault> {
    // Records that have this very address may keep it.
    if had(value) {
        return Ok(value.clone());
    }
    let wrong = || {
        fault(
            "field.address",
            "应包含地区、详细地址和邮编。",
            "is a map of region, detail and postcode.",
        )
    };
    if value.as_text().is_some() {
        return Ok([("detail", within(text(value)?, 200)?)].into_iter().collect());
    }
    let Some(entries) = value.as_map() else { return wrong() };
    let mut address = Fields::new();
    for (name, value) in entries {
        if value.is_empty() {
            continue;
        }
        let value = match (name.as_str(), regions) {
            ("region", Some(regions)) => choice(regions, text(value)?, had)?,
            ("region", None) => within(text(value)?, 64)?,
            ("detail", _) => within(&text(value)?.replace(['\r', '\n'], " "), 200)?,
            ("postcode", _) => {
                let postcode = half_width(text(value)?);
                if postcode.len() > 10
                    || !postcode
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b" -".contains(&byte))
                {
                    return fault("field.postcode", "的邮编不正确。", "has no proper postcode.");
                }
                Value::from(postcode)
            }
            _ => return wrong(),
        };
        if !value.is_empty() {
            address.insert(name.clone(), value);
        }
    }
    Ok(if address.is_empty() {
        Value::Null
    } else {
        Value::Map(address)
    })
}
