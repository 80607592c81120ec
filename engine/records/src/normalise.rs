//! When two ways of writing are the same.

use std::sync::LazyLock;

use kapok_protocol::Value;

use crate::{
    Fields,
    definition::{DuplicateRule, EntityDefinition, FieldKind},
};

/// Full-width letters, digits and signs as they are on a keyboard. `１３８` is `138`.
pub(crate) fn half_width(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            character => character,
        })
        .collect()
}

/// What companies append to their names, without spaces and in lower case; longer ones before those they end with.
static SUFFIXES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut suffixes = vec![
        "集团股份有限公司",
        "股份有限责任公司",
        "有限责任公司",
        "股份有限公司",
        "集团有限公司",
        "集团公司",
        "有限公司",
        "总公司",
        "公司",
        "集团",
        "coltd",
        "companylimited",
        "corporation",
        "incorporated",
        "company",
        "limited",
        "gmbh",
        "corp",
        "inc",
        "llc",
        "ltd",
        "plc",
        "co",
        "ag",
    ];
    suffixes.sort_by_key(|suffix| std::cmp::Reverse(suffix.len()));
    suffixes
});

/// A name without what people write differently: width, case, spaces, signs, and what companies append.
pub fn plain_name(name: &str) -> String {
    let folded = half_width(name).to_lowercase();
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let plain = words.concat();
    let mut rest = plain.as_str();
    while let Some(shorter) = SUFFIXES.iter().find_map(|suffix| shortened(rest, suffix, &words)) {
        rest = shorter;
    }
    rest.to_owned()
}

/// What is before a suffix, if something is. A Latin suffix is a word of its own, or `Maco` would be `Ma`.
fn shortened<'n>(name: &'n str, suffix: &str, words: &[&str]) -> Option<&'n str> {
    let rest = name.strip_suffix(suffix).filter(|rest| !rest.is_empty())?;
    if !suffix.is_ascii() {
        return Some(rest);
    }
    let mut before = 0;
    let begins_word = words.iter().any(|word| {
        let begins = before == rest.len();
        before += word.len();
        begins
    });
    begins_word.then_some(rest)
}

/// The digits of a telephone number, without the country code of China.
pub fn plain_phone(phone: &str) -> String {
    let digits: String = half_width(phone).chars().filter(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    match rest {
        Some(rest) if rest.len() >= 10 => rest.to_owned(),
        _ => digits,
    }
}

/// The keys by which a record may be a duplicate: for each rule whose fields are all filled in, a text that is the same
/// for whatever is probably the same.
pub fn duplicate_keys<'e>(entity: &'e EntityDefinition, fields: &Fields) -> Vec<(&'e DuplicateRule, String)> {
    entity
        .duplicates
        .iter()
        .filter_map(|rule| {
            let key = joined(&rule.fields, |name| {
                let kind = &entity.field(name)?.kind;
                let plain = plain_value(kind, fields.get(name)?);
                (!plain.is_empty()).then_some(plain)
            })?;
            Some((rule, key))
        })
        .collect()
}

/// The keys that no two records share: the name of the rule, or of the field that is unique by itself, and a text that
/// is the same only for the same values. A record that lacks a field of a rule has no key for it.
pub fn unique_keys(entity: &EntityDefinition, fields: &Fields) -> Vec<(String, String)> {
    let value = |name: &str| {
        let value = fields.get(name).filter(|value| !value.is_empty())?;
        Some(value.as_text().map_or_else(|| value.to_string(), str::to_owned))
    };
    let single = entity.fields.iter().filter(|field| field.unique);
    let single = single.filter_map(|field| Some((field.id.clone(), value(&field.id)?)));
    let compound = entity.unique.iter();
    let compound = compound.filter_map(|rule| Some((rule.id.clone(), joined(&rule.fields, value)?)));
    single.chain(compound).collect()
}

/// Several values as one text, from which each could be told again.
fn joined(names: &[String], value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let values: Option<Vec<String>> = names.iter().map(|name| value(name)).collect();
    let values = values?;
    Some(match values.as_slice() {
        [one] => one.clone(),
        several => several
            .iter()
            .map(|value| value.replace('\\', "\\\\").replace('|', "\\|"))
            .collect::<Vec<_>>()
            .join("|"),
    })
}

fn plain_value(kind: &FieldKind, value: &Value) -> String {
    let text = value.as_text().map_or_else(|| value.to_string(), str::to_owned);
    match kind.of_values() {
        FieldKind::Phone => plain_phone(&text),
        FieldKind::Text { .. } => plain_name(&text),
        FieldKind::Email => half_width(&text).to_lowercase(),
        _ => text,
    }
}
