//! When two records are probably the same thing, however they are written.

use kapok_protocol::Value;

use crate::{
    DuplicateRule, Fields,
    definition::{EntityDefinition, FieldKind},
    width::half_width,
};

/// What company names end with, in normal form, the longest first: who types a name leaves it out.
const SUFFIXES: [&str; 23] = [
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "incorporated",
    "corporation",
    "有限公司",
    "股份公司",
    "集团公司",
    "limited",
    "company",
    "總公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "gmbh",
    "corp",
    "inc",
    "ltd",
    "llc",
    "plc",
    "co",
    "厂",
];

/// What records that are alike by a rule have in common; `None` when one of its fields is empty, for then nothing can be
/// said.
pub fn likeness(entity: &EntityDefinition, rule: &DuplicateRule, fields: &Fields) -> Option<String> {
    let parts = rule.fields.iter().map(|name| {
        let kind = &entity.field(name)?.kind;
        let part = essence(kind, fields.get(name)?);
        (!part.is_empty()).then_some(part)
    });
    let parts: Option<Vec<String>> = parts.collect();
    Some(parts?.join("\u{1f}"))
}

/// A value without what people write in different ways.
fn essence(kind: &FieldKind, value: &Value) -> String {
    match (kind.of_values(), value) {
        (FieldKind::Phone, Value::Text(text)) => digits(text),
        (FieldKind::Text { .. } | FieldKind::LongText { .. }, Value::Text(text)) => name(text),
        (_, Value::Text(text)) => folded(text).trim().to_owned(),
        (_, Value::Map(parts)) => parts.values().map(|part| essence(kind, part)).collect(),
        (_, other) => other.to_string(),
    }
}

/// The digits of a telephone number, without the country code of China and the zero in front of an area code.
fn digits(text: &str) -> String {
    let digits: String = folded(text).chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let local = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() >= 10)
        .unwrap_or(digits);
    local.strip_prefix('0').unwrap_or(local).to_owned()
}

/// A name without spaces, punctuation and what companies' names end with.
fn name(text: &str) -> String {
    let folded = folded(text);
    let words: Vec<&str> = folded
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut name = words.concat();
    while let Some(rest) = SUFFIXES
        .iter()
        .find_map(|suffix| shortened(&name, suffix, &words))
        .filter(|rest| rest.chars().count() >= 2)
    {
        name.truncate(rest.len());
    }
    name
}

/// What stands before a suffix. A Latin one is a word of its own: `Texaco` is no company named Texa.
fn shortened<'n>(name: &'n str, suffix: &str, words: &[&str]) -> Option<&'n str> {
    let rest = name.strip_suffix(suffix)?;
    let begins = |start: usize| {
        let ends = words.iter().scan(0, |end, word| {
            *end += word.len();
            Some(*end)
        });
        start == 0 || ends.into_iter().any(|end| end == start)
    };
    (!suffix.is_ascii() || begins(rest.len())).then_some(rest)
}

/// Small letters of ordinary width.
fn folded(text: &str) -> String {
    half_width(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_different_ways_is_the_same() {
        for (a, b, same) in [
            ("北京木棉科技有限公司", "北京木棉科技", true),
            ("北京木棉科技（有限公司）", "北京 木棉·科技 有限责任公司", true),
            ("Kapok Trading Co., Ltd.", "ＫＡＰＯＫ trading", true),
            ("木棉", "木棉集团公司", true),
            ("木棉", "木棉科技", false),
            ("Texaco", "Texa", false),
            ("Texa Co", "texa", true),
            ("Kapok Company, Limited", "Kapok", true),
            // Nothing would be left of it.
            ("公司", "厂", false),
        ] {
            assert_eq!(name(a) == name(b), same, "{a} {b}: {} {}", name(a), name(b));
        }
        for (a, b, same) in [
            ("+86 138-0013-8000", "13800138000", true),
            ("0086 10 8888 6666", "(010) 88886666", true),
            ("１３８００１３８０００", "13800138000", true),
            ("13800138000", "13800138001", false),
        ] {
            assert_eq!(digits(a) == digits(b), same, "{a} {b}");
        }
    }
}
