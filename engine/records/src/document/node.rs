use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Value;
use rust_decimal::Decimal;

/// Where something stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    /// From 1; 0 where there are no lines.
    pub(crate) line: usize,
}

/// A value of a document and where it stands: for an entry of a table, where its key does.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

/// Two values are the same wherever they stand.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Bool(bool),
    Number(Decimal),
    Text(String),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Node {
    pub(crate) fn table(place: Place) -> Self {
        Self {
            place,
            content: Content::Table(BTreeMap::new()),
        }
    }

    /// The entry of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().get(key)
    }

    /// The entries of a table; nothing else has any.
    pub(crate) fn entries(&self) -> &BTreeMap<String, Node> {
        const NONE: &BTreeMap<String, Node> = &BTreeMap::new();
        match &self.content {
            Content::Table(entries) => entries,
            _ => NONE,
        }
    }

    pub(crate) fn entries_mut(&mut self) -> Option<&mut BTreeMap<String, Node>> {
        match &mut self.content {
            Content::Table(entries) => Some(entries),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self.content {
            Content::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<Decimal> {
        match self.content {
            Content::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The same as a value of records and filters.
    pub(crate) fn to_value(&self) -> Value {
        match &self.content {
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(number) => Value::Number(number.normalize()),
            Content::Text(text) => Value::Text(text.clone()),
            Content::List(items) => items.iter().map(Self::to_value).collect::<Vec<_>>().into(),
            Content::Table(entries) => entries
                .iter()
                .map(|(key, node)| (key.clone(), node.to_value()))
                .collect(),
        }
    }
}
