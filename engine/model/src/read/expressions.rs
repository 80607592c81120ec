//! Expressions, condition rows, and texts with values in them. What they mean is not known here: the environment
//! says whether they compile.

use kapok_protocol::{Expression, Filter, Language, Text};

use super::Context;
use crate::{
    catalogue::{Words, settings as rules},
    xml::Element,
};

/// Reads the expression that is an element's text, in the language it says. After a fault, which was reported, the
/// expression is one that nobody will run.
pub(super) fn read_expression(owner: &Element, holder: &Element, context: &mut Context<'_>) -> Expression {
    expression_of(owner, holder.line, &holder.text, holder.stated("language"), context)
}

/// Reads an expression that stands as text, in the language that is stated for it.
pub(super) fn expression_of(
    owner: &Element,
    line: u32,
    text: &str,
    stated: Option<&str>,
    context: &mut Context<'_>,
) -> Expression {
    let text = text.trim();
    let expression = match written_in(text, stated, context.expression_language) {
        Ok(Language::Rhai) => Expression::rhai(text),
        Ok(Language::Juel) => Expression::juel(text),
        Ok(Language::Feel) => Expression::feel(text.strip_prefix('=').unwrap_or(text).trim()),
        Ok(Language::Filter) => {
            let rows = Expression::filter(text);
            if read_filter(owner, line, text, context).is_none() {
                return rows;
            }
            rows
        }
        Err(uri) => {
            let words: &[&dyn Words] = &[&owner.label(), &language_name(uri)];
            context
                .findings
                .report_inside(&rules::EXPRESSION_LANGUAGE, owner, line, words);
            return Expression::rhai(text);
        }
    };
    check(owner, line, expression, context)
}

/// The language of an expression, or the name of one that is not understood. Expressions of other engines mostly stand
/// there without saying their language, or under the name of XPath, the default of the standard.
fn written_in<'t>(text: &str, stated: Option<&'t str>, default: Option<&'t str>) -> Result<Language, &'t str> {
    if text.starts_with("${") {
        return Ok(Language::Juel);
    }
    if text.starts_with('=') {
        return Ok(Language::Feel);
    }
    if let Some(stated) = stated.filter(|stated| Language::from_uri(stated).is_some() || !is_literal(text)) {
        return Language::from_uri(stated).ok_or(stated);
    }
    if text.starts_with("#{") && !is_object_map(text) {
        return Ok(Language::Juel);
    }
    match default {
        Some(default) if Language::from_uri(default).is_some() || !is_literal(text) => {
            Language::from_uri(default).ok_or(default)
        }
        _ => Ok(Language::Rhai),
    }
}

/// Whether a text is the same in every language: a whole number, or yes or no.
fn is_literal(text: &str) -> bool {
    matches!(text, "true" | "false") || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `#{…}` is an object of rhai (`#{a: 1}`) and not an expression of JUEL.
fn is_object_map(text: &str) -> bool {
    let inside = text.trim_start_matches("#{").trim_start();
    let after = match inside.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map_or("", |(_, after)| after),
        None => inside.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
    };
    inside.starts_with('}') || after.trim_start().starts_with(':')
}

fn check(owner: &Element, line: u32, expression: Expression, context: &mut Context<'_>) -> Expression {
    if let Err(reason) = context.environment.check_expression(&expression) {
        context
            .findings
            .report_inside(&rules::EXPRESSION_INVALID, owner, line, &[&owner.label(), &reason]);
    }
    expression
}

/// Reads condition rows; `None` when they are faulty, which was reported.
pub(super) fn read_filter(owner: &Element, line: u32, json: &str, context: &mut Context<'_>) -> Option<Filter> {
    match serde_json::from_str(json) {
        Ok(filter) => Some(filter),
        Err(error) => {
            let words: &[&dyn Words] = &[&owner.label(), &error.to_string()];
            context
                .findings
                .report_inside(&rules::FILTER_INVALID, owner, line, words);
            None
        }
    }
}

/// What people call a language named by its URI.
fn language_name(uri: &str) -> &str {
    let known = [("xpath", "XPath"), ("javascript", "JavaScript"), ("groovy", "Groovy")];
    let lower = uri.to_ascii_lowercase();
    known
        .iter()
        .find(|(part, _)| lower.contains(part))
        .map_or(uri, |(_, name)| name)
}

/// Reads a text in which `{record.number}` stands for a value.
pub(super) fn read_text(owner: &Element, line: u32, text: &str, context: &mut Context<'_>) -> String {
    let text = text.trim();
    if let Err(place) = check_placeholders(text) {
        let words: &[&dyn Words] = &[&owner.label(), &place, &Text::same("{record.number}")];
        context.findings.report_inside(&rules::PLACEHOLDER, owner, line, words);
    }
    text.to_owned()
}

/// The place where the braces of a text do not match, or hold no path.
fn check_placeholders(text: &str) -> Result<(), String> {
    let excerpt = |rest: &str| rest.chars().take(20).collect::<String>();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let here = &rest[at..];
        if here.starts_with("{{") || here.starts_with("}}") {
            rest = &here[2..];
            continue;
        }
        let path = here
            .strip_prefix('{')
            .and_then(|inside| inside.split_once('}'))
            .map(|(path, _)| path);
        match path {
            Some(path) if path.split('.').all(is_path_step) => rest = &here[path.len() + 2..],
            _ => return Err(excerpt(here)),
        }
    }
    Ok(())
}

fn is_path_step(step: &str) -> bool {
    !step.is_empty() && step.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_texts_hold_paths_or_are_doubled() {
        for (text, fine) in [
            ("报价 {record.number} 共 {total}", true),
            ("{{literal}} {x}", true),
            ("{", false),
            ("}", false),
            ("{}", false),
            ("{a b}", false),
            ("{a..b}", false),
            ("{a {b}", false),
        ] {
            assert_eq!(check_placeholders(text).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn the_language_shows_in_the_text_or_is_stated() {
        let xpath = "http://www.w3.org/1999/XPath";
        for (text, stated, default, expected) in [
            ("a > 1", None, None, Ok(Language::Rhai)),
            ("a > 1", Some("rhai"), Some(xpath), Ok(Language::Rhai)),
            ("a > 1", Some("urn:kapok:filter"), None, Ok(Language::Filter)),
            (
                "a > 1",
                Some("https://www.omg.org/spec/DMN/20191111/FEEL/"),
                None,
                Ok(Language::Feel),
            ),
            ("a > 1", None, Some("feel"), Ok(Language::Feel)),
            ("a > 1", None, Some(xpath), Err(xpath)),
            ("3", None, Some(xpath), Ok(Language::Rhai)),
            ("true", Some(xpath), None, Ok(Language::Rhai)),
            ("3", Some("feel"), None, Ok(Language::Feel)),
            ("true()", None, Some(xpath), Err(xpath)),
            ("a > 1", Some("groovy"), None, Err("groovy")),
            ("= a > 1", None, None, Ok(Language::Feel)),
            ("${a > 1}", None, Some(xpath), Ok(Language::Juel)),
            ("${a > 1}", Some(xpath), None, Ok(Language::Juel)),
            ("#{a > 1}", None, Some(xpath), Ok(Language::Juel)),
            ("#{a ? b : c}", None, None, Ok(Language::Juel)),
            ("#{a: 1}", None, None, Ok(Language::Rhai)),
            ("#{\"a\": 1}", None, None, Ok(Language::Rhai)),
            ("#{}", None, None, Ok(Language::Rhai)),
            ("#{a: 1}", Some("rhai"), None, Ok(Language::Rhai)),
        ] {
            assert_eq!(
                written_in(text, stated, default),
                expected,
                "{text} {stated:?} {default:?}"
            );
        }
    }
}
