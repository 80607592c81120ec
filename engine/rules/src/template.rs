//! Texts with placeholders, such as `报价 {record.number}`.

use std::fmt::Write;

use kapok_protocol::{Text, Value};

use crate::{Cause, EvaluationError, Scope, scope::at};

/// A text whose placeholders are values of the scope. `{{` and `}}` are braces.
///
/// A placeholder is a path, not an expression, and what it brings is never looked at again: a customer whose name is
/// `{record.cost}` stays just that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Path(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// A brace without its partner, or a placeholder that is not a path of names.
    pub fn parse(source: &str) -> Result<Self, Text> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                literal.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let (path, after) = brace
                .strip_prefix('{')
                .and_then(|inside| inside.split_once('}'))
                .ok_or_else(|| unbalanced(source))?;
            let path = path.trim();
            if !is_path(path) {
                return Err(not_a_path(path));
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Path(path.to_owned()));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self {
            source: source.to_owned(),
            parts,
        })
    }

    /// The text with every placeholder filled in: numbers without trailing zeros, nothing for null, 是 and 否 for
    /// truth values, the items of lists joined by 、 and maps by their values.
    ///
    /// # Errors
    ///
    /// A placeholder nobody knows.
    pub fn render(&self, scope: &dyn Scope) -> Result<String, EvaluationError> {
        self.render_with(scope, &show)
    }

    /// The text with every placeholder filled in by `show`, which appends a value.
    ///
    /// # Errors
    ///
    /// A placeholder nobody knows.
    pub fn render_with(
        &self,
        scope: &dyn Scope,
        show: &dyn Fn(&Value, &mut String),
    ) -> Result<String, EvaluationError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Path(path) => {
                    let value = at(scope, path)
                        .ok_or_else(|| EvaluationError::new(&self.source, Cause::UnknownName(path.clone())))?;
                    show(&value, &mut text);
                }
            }
        }
        Ok(text)
    }
}

/// Appends a value as people read it.
fn show(value: &Value, text: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(value) => text.push(if *value { '是' } else { '否' }),
        Value::Number(number) => {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}", number.normalize());
        }
        Value::Text(words) => text.push_str(words),
        Value::List(items) => join(items, text),
        Value::Map(entries) => join(entries.values(), text),
    }
}

fn join<'v>(items: impl IntoIterator<Item = &'v Value>, text: &mut String) {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push('、');
        }
        show(item, text);
    }
}

fn is_path(path: &str) -> bool {
    path.split('.').all(|step| {
        !step.is_empty()
            && step
                .chars()
                .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
    })
}

fn unbalanced(source: &str) -> Text {
    Text::new(
        format!("文字“{source}”中的大括号不成对；要显示大括号本身请写 {{{{ 或 }}}}。"),
        format!("the braces in “{source}” do not match; write {{{{ or }}}} for a brace itself."),
    )
}

fn not_a_path(path: &str) -> Text {
    Text::new(
        format!("占位符 {{{path}}} 应当是变量或字段名，例如 {{record.number}}。"),
        format!("the placeholder {{{path}}} should be the name of a variable or field, such as {{record.number}}."),
    )
}
