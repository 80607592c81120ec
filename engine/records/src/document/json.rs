use std::sync::Arc;

use kapok_protocol::Value;
use serde_json::Value as Json;

use super::{Content, Node, Place};

/// The tree of a JSON document. Null is nothing: an entry that is null is not there.
pub(crate) fn from_json(name: &str, json: &Json) -> Option<Node> {
    let file: Arc<str> = name.into();
    node(&file, json)
}

fn node(file: &Arc<str>, json: &Json) -> Option<Node> {
    let content = match json {
        Json::Null => return None,
        Json::Bool(value) => Content::Bool(*value),
        Json::Number(_) => match serde_json::from_value::<Value>(json.clone()) {
            Ok(Value::Number(number)) => Content::Number(number),
            // More digits than any number here has; as a text it is refused where a number is wanted.
            _ => Content::Text(json.to_string()),
        },
        Json::String(text) => Content::Text(text.clone()),
        Json::Array(items) => Content::List(items.iter().filter_map(|item| node(file, item)).collect()),
        Json::Object(entries) => Content::Table(
            entries
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), node(file, value)?)))
                .collect(),
        ),
    };
    Some(Node {
        place: Place {
            file: file.clone(),
            line: 0,
        },
        content,
    })
}

/// The same document as JSON.
pub(crate) fn to_json(node: &Node) -> Json {
    match &node.content {
        Content::Bool(value) => Json::Bool(*value),
        Content::Number(number) => serde_json::to_value(Value::Number(*number)).unwrap_or_default(),
        Content::Text(text) => Json::String(text.clone()),
        Content::List(items) => items.iter().map(to_json).collect(),
        Content::Table(entries) => entries.iter().map(|(key, node)| (key.clone(), to_json(node))).collect(),
    }
}
