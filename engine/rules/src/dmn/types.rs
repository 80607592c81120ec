//! What the declared type of an input says about a text that comes in: JSON has no dates.

use std::collections::BTreeMap;

use kapok_protocol::Text;

use super::xml::Element;
use crate::{
    Cause,
    feel::{Feel, Type, read_moment, read_number},
};

/// The types a file declares itself, with the type each stands for.
#[derive(Debug, Default)]
pub(super) struct Types(BTreeMap<String, String>);

impl Types {
    pub(super) fn read(definitions: &Element) -> Self {
        let declared = definitions.children("itemDefinition").filter_map(|definition| {
            let stands_for = definition.child("typeRef")?.text.trim().to_owned();
            Some((definition.attribute("name")?.to_owned(), stands_for))
        });
        Self(declared.collect())
    }

    /// The type that a `typeRef` means; `None` when it says nothing about single values.
    pub(super) fn resolve(&self, name: Option<&str>) -> Option<Type> {
        let mut name = name?;
        // A type may stand for another; a circle stands for nothing.
        for _ in 0..8 {
            match self.0.get(local(name)) {
                Some(next) => name = next,
                None => break,
            }
        }
        match local(name) {
            "integer" | "long" | "double" | "decimal" => Some(Type::Number),
            known => Type::named(known),
        }
    }
}

/// A type's name without its prefix, such as `feel:string`.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local).trim()
}

/// Whether a declared type says something about a text.
pub(super) fn reads_texts(kind: Option<Type>) -> bool {
    matches!(
        kind,
        Some(Type::Number | Type::Boolean | Type::Date | Type::Time | Type::DateTime | Type::Days | Type::Months)
    )
}

/// A value as its declared type wants it.
///
/// # Errors
///
/// A text that does not say such a value.
pub(super) fn typed(value: Feel, kind: Option<Type>, name: &str) -> Result<Feel, Cause> {
    let (Feel::Text(text), Some(kind)) = (&value, kind) else {
        return Ok(value);
    };
    let read = match kind {
        Type::Number => read_number(text),
        Type::Boolean => match text.as_ref() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        Type::Date | Type::Time | Type::DateTime | Type::Days | Type::Months => read_moment(text, kind),
        _ => return Ok(value),
    };
    read.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Cause::Refused(Text::new(
            format!("输入“{name}”的值“{shown}”不是所声明的类型，请更正这个值或声明的类型。"),
            format!(
                "the value “{shown}” of the input “{name}” is not of the declared type; correct the value or the type."
            ),
        ))
    })
}
