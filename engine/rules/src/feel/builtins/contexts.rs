//! Functions on contexts, and on what may be missing.

use std::collections::BTreeMap;

use super::{Answer, Arguments, Builtin, Feel, builtin};
use crate::feel::properties::property;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("get value", &["context", "key"], 2, |a| match (a.get(0), a.get(1)) {
        (context @ Feel::Context(_), Feel::Text(key)) => property(context, key, a.meter),
        _ => Ok(Feel::Null),
    }),
    builtin("get entries", &["context"], 1, |a| {
        let Some(entries) = a.get(0).as_context() else {
            return Ok(Feel::Null);
        };
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let pair = [
                ("key".to_owned(), key.as_str().into()),
                ("value".to_owned(), value.clone()),
            ];
            pairs.push(Feel::context(pair.into(), a.meter)?);
        }
        a.list(pairs)
    }),
    builtin("context put", &["context", "key", "value"], 3, put),
    builtin("put", &["context", "key", "value"], 3, put),
    builtin("context merge", &["contexts"], 1, |a| {
        let mut merged = BTreeMap::new();
        for context in a.items(0).unwrap_or_default() {
            let Some(entries) = context.as_context() else {
                return Ok(Feel::Null);
            };
            a.meter.map(merged.len() + entries.len())?;
            merged.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Feel::context(merged, a.meter)
    }),
    builtin("context", &["entries"], 1, |a| {
        let mut made = BTreeMap::new();
        for entry in a.items(0).unwrap_or_default() {
            let entry = entry.as_context();
            let key = entry.and_then(|entry| entry.get("key")?.as_text());
            let (Some(key), Some(value)) = (key, entry.and_then(|entry| entry.get("value"))) else {
                return Ok(Feel::Null);
            };
            made.insert(key.to_owned(), value.clone());
        }
        Feel::context(made, a.meter)
    }),
    builtin("get or else", &["value", "default"], 2, |a| {
        Ok(if a.get(0).is_null() { a.get(1) } else { a.get(0) }.clone())
    }),
    builtin("not", &["negand"], 1, |a| {
        Ok(a.get(0).as_bool().map(|value| !value).into())
    }),
];

fn put(a: &Arguments<'_>) -> Answer {
    let (Some(entries), Some(key)) = (a.get(0).as_context(), a.text(1)) else {
        return Ok(Feel::Null);
    };
    a.meter.map(entries.len())?;
    let mut entries = entries.clone();
    entries.insert(key.to_owned(), a.get(2).clone());
    Feel::context(entries, a.meter)
}
