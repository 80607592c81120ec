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
    let text = holder.text.trim();
    let language = holder
        .attribute("language")
        .or(context.expression_language)
        .unwrap_or(Language::Rhai.uri())
        .trim();
    let refuse = |name: &str, context: &mut Context<'_>| {
        context.findings.report_inside(
            &rules::EXPRESSION_LANGUAGE,
            owner,
            holder.line,
            &[&owner.label(), &name],
        );
        Expression::rhai(text)
    };
    // Other engines' expressions often stand there without saying their language.
    if text.starts_with("${") {
        return refuse("JUEL (${…})", context);
    }
    if text.starts_with('=') {
        return refuse("FEEL (= …)", context);
    }
    if language == Language::Filter.uri() {
        let rows = Expression::filter(text);
        return match read_filter(owner, holder.line, text, context) {
            Some(_) => check(owner, holder.line, rows, context),
            None => rows,
        };
    }
    if language == Language::Rhai.uri() {
        return check(owner, holder.line, Expression::rhai(text), context);
    }
    refuse(language_name(language), context)
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
    let known = [
        ("xpath", "XPath"),
        ("feel", "FEEL"),
        ("juel", "JUEL"),
        ("javascript", "JavaScript"),
        ("groovy", "Groovy"),
    ];
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
}
