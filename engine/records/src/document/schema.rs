//! The language as a JSON Schema, so that an editor can complete keys and point at mistakes.

use serde_json::{Map, Value as Json, json};

use super::{Key, MANIFEST, Shape, field_keys, widget_keys};

/// The schema of a plugin's definition file.
pub(crate) fn schema() -> Json {
    let mut schema = of(&MANIFEST);
    if let Json::Object(entries) = &mut schema {
        entries.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        entries.insert("title".to_owned(), json!("Kapok plugin"));
        entries.insert(
            "$defs".to_owned(),
            json!({
                "field": field(),
                "widget": widget(),
                "filter": filter(),
                "value": { "not": { "type": "object" } },
            }),
        );
    }
    schema
}

fn of(shape: &Shape) -> Json {
    match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Whole => json!({ "type": "integer" }),
        Shape::Number => json!({ "type": ["number", "string"] }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Value => json!({ "$ref": "#/$defs/value" }),
        Shape::Names => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "uniqueItems": true }),
        Shape::Pos => json!({ "anyOf": [{ "type": "integer" }, { "const": false }] }),
        Shape::Filter => json!({ "$ref": "#/$defs/filter" }),
        Shape::Any => json!({}),
        // The one shape that contains itself.
        Shape::Table(keys) if std::ptr::eq(*keys, field_keys()) => json!({ "$ref": "#/$defs/field" }),
        Shape::Table(keys) if std::ptr::eq(*keys, widget_keys()) => json!({ "$ref": "#/$defs/widget" }),
        Shape::Table(keys) => table(keys),
        Shape::Map(name, inner) => json!({
            "type": "object",
            "propertyNames": { "pattern": name.pattern() },
            "additionalProperties": of(inner),
        }),
    }
}

fn table(keys: &[Key]) -> Json {
    let mut properties = Map::new();
    for key in keys {
        let mut schema = of(key.shape);
        if let Json::Object(entries) = &mut schema {
            entries.insert("description".to_owned(), json!(key.about));
        }
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A field: which keys it has depends on its type.
fn field() -> Json {
    by_kind(field_keys(), "type", super::grammar::TYPES, |kind| match kind {
        "tree-choice" => &["dictionary"],
        "reference" => &["entity"],
        "auto-number" => &["pattern"],
        "formula" => &["expression", "result"],
        "roll-up" => &["entity", "field", "function"],
        "lines" => &["columns"],
        _ => &[],
    })
}

/// A widget: which keys it has depends on its kind.
fn widget() -> Json {
    by_kind(widget_keys(), "kind", super::grammar::WIDGETS, |kind| match kind {
        "list" | "kanban" | "calendar" | "tree" => &["entity"],
        "timeline" => &["entity", "field"],
        "chart" => &["entity", "group"],
        "report" => &["report"],
        "frame" => &["file"],
        _ => &[],
    })
}

/// A table whose keys depend on the word at one of them.
fn by_kind(keys: &[Key], tag: &str, kinds: &[&str], needed: impl Fn(&str) -> &'static [&'static str]) -> Json {
    let mut schema = table(keys);
    let rules: Vec<Json> = kinds
        .iter()
        .map(|kind| {
            let foreign: Map<String, Json> = keys
                .iter()
                .filter(|key| !key.types.is_empty() && !key.types.contains(kind))
                .map(|key| (key.name.to_owned(), json!(false)))
                .collect();
            json!({
                "if": { "properties": { tag: { "const": kind } }, "required": [tag] },
                "then": { "properties": foreign, "required": needed(kind) },
            })
        })
        .collect();
    if let Json::Object(entries) = &mut schema {
        entries.insert("allOf".to_owned(), Json::Array(rules));
    }
    schema
}

fn filter() -> Json {
    let several = json!({ "type": "array", "items": { "$ref": "#/$defs/filter" } });
    let one = |key: &str, schema: Json| {
        json!({
            "type": "object",
            "properties": { key: schema },
            "required": [key],
            "additionalProperties": false,
        })
    };
    json!({
        "oneOf": [
            one("all", several.clone()),
            one("any", several),
            one("not", json!({ "$ref": "#/$defs/filter" })),
            {
                "type": "object",
                "properties": {
                    "field": { "type": "string" },
                    "op": {
                        "enum": [
                            "=", "!=", "<", "<=", ">", ">=", "in", "not-in", "contains", "starts-with", "empty",
                            "not-empty",
                        ],
                    },
                    "value": { "$ref": "#/$defs/value" },
                },
                "required": ["field", "op"],
                "additionalProperties": false,
            },
        ],
    })
}
