//! Names of variables, texts that may be computed, and references that stand as text.

use kapok_protocol::{Expression, Language};

use super::{Context, expressions::expression_of, file::File};
use crate::{Name, xml::Element};

/// Words that rhai keeps for itself, so that a variable of this name must be read in another language.
const RESERVED: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "global",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "Fn",
];

/// Whether variables can be called so.
pub(super) fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The expression that reads a variable, or a path into one.
pub(super) fn variable(name: &str) -> Expression {
    if RESERVED.contains(&name) {
        Expression::juel(format!("${{{name}}}"))
    } else {
        Expression::rhai(name)
    }
}

/// The expression that gives this text.
pub(super) fn text_literal(text: &str) -> Expression {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c => literal.push(c),
        }
    }
    literal.push('"');
    Expression::rhai(literal)
}

/// Whether a text of another engine is computed: JUEL with its braces anywhere, or FEEL after a sign of equality.
pub(super) fn is_computed(text: &str) -> bool {
    text.contains("${") || text.contains("#{") || text.starts_with('=')
}

/// A text that stands there, or is computed.
pub(super) fn read_name(owner: &Element, line: u32, text: &str, context: &mut Context<'_>) -> Name {
    let text = text.trim();
    if is_computed(text) {
        Name::Computed(expression_of(owner, line, text, Some(Language::Juel.uri()), context))
    } else {
        Name::Literal(text.to_owned())
    }
}

/// A value: computed, or the text itself.
pub(super) fn read_value(owner: &Element, line: u32, text: &str, context: &mut Context<'_>) -> Expression {
    match read_name(owner, line, text, context) {
        Name::Computed(expression) => expression,
        Name::Literal(text) => text_literal(&text),
    }
}

/// The variable of a data object, a property, an input or an output: its name when variables can be called so,
/// otherwise its id.
pub(super) fn variable_of(element: &Element, file: &File<'_>) -> String {
    let valid = |element: &Element| {
        element
            .drawn_name()
            .filter(|name| is_variable_name(name))
            .map(str::to_owned)
    };
    let object = element
        .stated("dataObjectRef")
        .and_then(|reference| file.find(reference, "dataObject"));
    object.and_then(valid).or_else(|| valid(element)).unwrap_or_else(|| {
        let id = element.id().unwrap_or_default();
        let mut name: String = id
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' })
            .collect();
        if !is_variable_name(&name) {
            name.insert(0, '_');
        }
        name
    })
}

/// The variable that a reference means: that of the element it names, or one of this very name.
pub(super) fn variable_at(reference: &str, context: &Context<'_>) -> String {
    match context.file.placed(reference) {
        Some(placed) => variable_of(placed.element, context.file),
        None => reference.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_literals_that_say_the_same() {
        for (text, literal) in [("a", "\"a\""), ("\"\\\n", "\"\\\"\\\\\\n\""), ("", "\"\"")] {
            assert_eq!(text_literal(text), Expression::rhai(literal));
        }
    }

    #[test]
    fn variables_are_called_by_letters_digits_and_underscores() {
        for (name, valid) in [
            ("total", true),
            ("金额", true),
            ("_1", true),
            ("1a", false),
            ("a b", false),
            ("", false),
        ] {
            assert_eq!(is_variable_name(name), valid, "{name}");
        }
    }
}
