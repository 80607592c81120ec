//! Functions on texts. Places count characters from 1.

use kapok_protocol::Text;

use super::{Answer, Arguments, Builtin, Feel, builtin, count};
use crate::{Cause, feel::evaluate::index};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("substring", &["string", "start position", "length"], 2, substring),
    builtin("string length", &["string"], 1, |a| {
        Ok(a.text(0).map(|text| count(text.chars().count())).into())
    }),
    builtin("upper case", &["string"], 1, |a| map(a, str::to_uppercase)),
    builtin("lower case", &["string"], 1, |a| map(a, str::to_lowercase)),
    builtin("trim", &["string"], 1, |a| map(a, |text| text.trim().to_owned())),
    builtin("substring before", &["string", "match"], 2, |a| {
        either(a, |text, part| {
            text.split_once(part).map_or("", |(before, _)| before).into()
        })
    }),
    builtin("substring after", &["string", "match"], 2, |a| {
        either(a, |text, part| {
            text.split_once(part).map_or("", |(_, after)| after).into()
        })
    }),
    builtin("contains", &["string", "match"], 2, |a| {
        either(a, |text, part| text.contains(part).into())
    }),
    builtin("starts with", &["string", "match"], 2, |a| {
        either(a, |text, part| text.starts_with(part).into())
    }),
    builtin("ends with", &["string", "match"], 2, |a| {
        either(a, |text, part| text.ends_with(part).into())
    }),
    builtin("is blank", &["string"], 1, |a| {
        Ok(a.text(0).map(|text| text.trim().is_empty()).into())
    }),
    builtin("replace", &["input", "pattern", "replacement"], 3, replace),
    builtin("split", &["string", "delimiter"], 2, split),
    builtin("string join", &["list", "delimiter"], 1, join),
];

fn map(a: &Arguments<'_>, change: fn(&str) -> String) -> Answer {
    match a.text(0) {
        Some(text) => a.make_text(change(text)),
        None => Ok(Feel::Null),
    }
}

fn either(a: &Arguments<'_>, compute: fn(&str, &str) -> Feel) -> Answer {
    Ok(a.text(0).zip(a.text(1)).map(|(text, part)| compute(text, part)).into())
}

fn substring(a: &Arguments<'_>) -> Answer {
    let (Some(text), Some(start)) = (a.text(0), a.number(1)) else {
        return Ok(Feel::Null);
    };
    let size = text.chars().count();
    let length = match a.is_given(2) {
        true => a.whole(2).and_then(|length| usize::try_from(length).ok()),
        false => Some(size),
    };
    let (Some(start), Some(length)) = (index(start, size), length) else {
        return Ok(Feel::Null);
    };
    a.make_text(text.chars().skip(start).take(length).collect())
}

fn replace(a: &Arguments<'_>) -> Answer {
    let (Some(text), Some(pattern), Some(to)) = (a.text(0), a.text(1), a.text(2)) else {
        return Ok(Feel::Null);
    };
    let pattern = plain(pattern)?;
    if pattern.is_empty() {
        return Ok(Feel::Null);
    }
    let is_group = |rest: &str| rest.starts_with(|digit: char| digit.is_ascii_digit());
    if to.split('$').skip(1).any(is_group) {
        return Err(no_patterns(to));
    }
    let growth = text
        .matches(&pattern)
        .count()
        .saturating_mul(to.len().saturating_sub(pattern.len()));
    a.meter.text(text.len().saturating_add(growth))?;
    Ok(text.replace(&pattern, to).as_str().into())
}

fn split(a: &Arguments<'_>) -> Answer {
    let (Some(text), Some(delimiter)) = (a.text(0), a.text(1)) else {
        return Ok(Feel::Null);
    };
    let delimiter = plain(delimiter)?;
    if delimiter.is_empty() {
        return a.list(
            text.chars()
                .map(|character| character.to_string().as_str().into())
                .collect(),
        );
    }
    a.list(text.split(&delimiter).map(Feel::from).collect())
}

fn join(a: &Arguments<'_>) -> Answer {
    let Some(items) = a.items(0) else {
        return Ok(Feel::Null);
    };
    let delimiter = a.text(1).unwrap_or_default();
    let mut joined = String::new();
    let mut first = true;
    for item in items {
        let text = match item {
            Feel::Null => continue,
            Feel::Text(text) => text,
            _ => return Ok(Feel::Null),
        };
        let delimiter = if first { "" } else { delimiter };
        first = false;
        a.meter.longer_text(joined.len(), delimiter.len() + text.len())?;
        joined.push_str(delimiter);
        joined.push_str(text);
    }
    Ok(joined.as_str().into())
}

/// The text that a pattern looks for, if it looks for one text.
fn plain(pattern: &str) -> Result<String, Cause> {
    let mut text = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped) if !escaped.is_alphanumeric() => text.push(escaped),
                _ => return Err(no_patterns(pattern)),
            },
            '.' | '[' | ']' | '{' | '}' | '(' | ')' | '*' | '+' | '?' | '^' | '$' | '|' => {
                return Err(no_patterns(pattern));
            }
            plain => text.push(plain),
        }
    }
    Ok(text)
}

fn no_patterns(pattern: &str) -> Cause {
    let pattern: String = pattern.chars().take(40).collect();
    Cause::Refused(Text::new(
        format!("“{pattern}” 是正则表达式，这里只支持普通文字；特殊字符前请写 \\\\。"),
        format!(
            "“{pattern}” is a regular expression, and only plain text can be looked for; write \\\\ before special characters."
        ),
    ))
}
