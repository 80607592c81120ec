//! Values of parameters: texts, expressions, lists, maps and scripts.

use kapok_protocol::{Expression, Language};

use super::juel;
use crate::{
    read::{
        Context,
        expressions::expression_of,
        values::{is_computed, is_variable_name, read_value, text_literal},
    },
    xml::Element,
};

/// The parameters of a step with this name, `inputParameter` or `outputParameter`.
pub(super) fn parameters<'e>(element: &'e Element, name: &'e str) -> impl Iterator<Item = &'e Element> {
    element
        .dialect_settings("inputOutput")
        .flat_map(|io| io.dialect_children())
        .filter(move |child| child.name == name)
}

/// The value of a parameter, or of an entry of a list or map.
pub(super) fn read_parameter<'a>(owner: &'a Element, holder: &'a Element, context: &mut Context<'a>) -> Expression {
    match holder.dialect_children().find(|child| is_structure(child)) {
        Some(structure) => read_structure(owner, structure, context),
        None => read_value(owner, holder.line, &holder.text, context),
    }
}

fn is_structure(element: &Element) -> bool {
    matches!(element.name.as_str(), "list" | "map" | "script")
}

fn read_structure<'a>(owner: &'a Element, structure: &'a Element, context: &mut Context<'a>) -> Expression {
    match structure.name.as_str() {
        "script" => read_script(owner, structure, context),
        "map" => {
            let mut entries = Vec::new();
            for entry in structure.dialect_children().filter(|child| child.name == "entry") {
                let key = text_literal(entry.stated("key").unwrap_or_default()).text;
                let value = read_parameter(owner, entry, context);
                entries.push(format!("{key}: {}", as_rhai(owner, entry, value, context)));
            }
            Expression::rhai(format!("#{{{}}}", entries.join(", ")))
        }
        _ => {
            let mut items = Vec::new();
            for item in structure.dialect_children() {
                let value = match is_structure(item) {
                    true => read_structure(owner, item, context),
                    false => read_parameter(owner, item, context),
                };
                items.push(as_rhai(owner, item, value, context));
            }
            Expression::rhai(format!("[{}]", items.join(", ")))
        }
    }
}

/// A value inside of a list or map, which are put together in rhai: a literal, or a path to a variable.
fn as_rhai(owner: &Element, holder: &Element, value: Expression, context: &mut Context<'_>) -> String {
    if value.language == Language::Rhai {
        return value.text;
    }
    let path = value
        .text
        .strip_prefix("${")
        .or(value.text.strip_prefix("#{"))
        .and_then(|inside| inside.strip_suffix('}'))
        .map(str::trim);
    match path.filter(|path| path.split('.').all(is_variable_name)) {
        Some(path) => path.to_owned(),
        None => {
            context.foreign_value(owner, holder.line, &holder.name, &value.text);
            String::from("()")
        }
    }
}

/// A script that gives a value: one expression.
pub(super) fn read_script<'a>(owner: &'a Element, script: &'a Element, context: &mut Context<'a>) -> Expression {
    let language = script.stated("scriptFormat").unwrap_or_default();
    expression_of(owner, script.line, &script.text, Some(language), context)
}

/// A value that is injected: an attribute or a child, a text or an expression.
pub(super) fn read_field<'a>(owner: &'a Element, field: &'a Element, context: &mut Context<'a>) -> Expression {
    let child = |name: &str| {
        field
            .dialect_children()
            .find(|child| child.name == name)
            .map(|child| child.text.trim())
    };
    let text = field.stated("stringValue").or(child("string"));
    let expression = field.stated("expression").or(child("expression"));
    match (expression, text) {
        (Some(expression), _) if is_computed(expression) => juel(owner, field.line, expression, context),
        (Some(text), _) | (None, Some(text)) => text_literal(text),
        (None, None) => text_literal(""),
    }
}
