//! Values into rhai and back.

use kapok_protocol::Value;
use rhai::{Array, Dynamic, ImmutableString, Map};

use crate::{Cause, numbers::canonical};

/// How deep lists and maps may stand inside each other.
const DEPTH: usize = 32;

/// A value as scripts see it.
pub(crate) fn to_script(value: &Value) -> Result<Dynamic, Cause> {
    into(value, DEPTH)
}

fn into(value: &Value, depth: usize) -> Result<Dynamic, Cause> {
    let inner = || depth.checked_sub(1).ok_or(Cause::TooDeep);
    Ok(match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => canonical(*number),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => {
            let depth = inner()?;
            Dynamic::from_array(
                items
                    .iter()
                    .map(|item| into(item, depth))
                    .collect::<Result<Array, _>>()?,
            )
        }
        Value::Map(entries) => {
            let depth = inner()?;
            let map = entries
                .iter()
                .map(|(key, value)| Ok((key.as_str().into(), into(value, depth)?)));
            Dynamic::from_map(map.collect::<Result<Map, Cause>>()?)
        }
    })
}

/// What a script made, as a value to keep.
pub(crate) fn from_script(value: Dynamic) -> Result<Value, Cause> {
    from(value, DEPTH)
}

fn from(value: Dynamic, depth: usize) -> Result<Value, Cause> {
    let inner = || depth.checked_sub(1).ok_or(Cause::TooDeep);
    let value = value.flatten();
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(value) = value.as_bool() {
        return Ok(Value::Bool(value));
    }
    if let Ok(whole) = value.as_int() {
        return Ok(Value::Number(whole.into()));
    }
    if let Ok(number) = value.as_decimal() {
        return Ok(Value::Number(number.normalize()));
    }
    if let Ok(character) = value.as_char() {
        return Ok(Value::Text(character.into()));
    }
    if value.is_string() {
        let text = value.try_cast::<ImmutableString>().unwrap_or_default();
        return Ok(Value::Text(text.into_owned()));
    }
    if value.is_array() {
        let depth = inner()?;
        let items = value.try_cast::<Array>().unwrap_or_default();
        return items
            .into_iter()
            .map(|item| from(item, depth))
            .collect::<Result<_, _>>()
            .map(Value::List);
    }
    if value.is_map() {
        let depth = inner()?;
        let entries = value.try_cast::<Map>().unwrap_or_default();
        let entries = entries
            .into_iter()
            .map(|(key, value)| Ok((key.to_string(), from(value, depth)?)));
        return entries.collect::<Result<_, _>>().map(Value::Map);
    }
    Err(Cause::NotAValue(value.type_name().to_owned()))
}
