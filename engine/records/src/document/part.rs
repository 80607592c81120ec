use kapok_protocol::{Filter, Text};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Content, Node, Place};
use crate::DefinitionError;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<DefinitionError>);

/// What is found wrong where something else was already is what follows from it.
fn follows(error: &DefinitionError, known: &DefinitionError) -> bool {
    error.file == known.file && error.path == known.path && error.line == known.line
}

impl Problems {
    pub(crate) fn add(&mut self, place: &Place, path: &str, text: Text) {
        let error = DefinitionError {
            file: place.file.to_string(),
            line: place.line,
            path: path.to_owned(),
            text,
        };
        if !self.0.iter().any(|known| follows(&error, known)) {
            self.0.push(error);
        }
    }

    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Vec<DefinitionError>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// A path and one more key.
pub(crate) fn key_path(path: &str, key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let key = if bare { key.to_owned() } else { format!("{key:?}") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// A part of a document whose shape was checked, with the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Part<'d> {
    pub(crate) node: &'d Node,
    pub(crate) path: String,
}

impl<'d> Part<'d> {
    pub(crate) fn new(node: &'d Node, path: impl Into<String>) -> Self {
        Self {
            node,
            path: path.into(),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        Some(Self::new(self.node.get(key)?, key_path(&self.path, key)))
    }

    /// The entries of a table, by key.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'d str, Self)> + use<'d> {
        let (node, path) = (self.node, self.path.clone());
        node.entries()
            .iter()
            .map(move |(key, node)| (key.as_str(), Self::new(node, key_path(&path, key))))
    }

    /// The entries of the table at a key, in the order of their `pos`, and then of their keys.
    pub(crate) fn in_order(&self, key: &str) -> Vec<(&'d str, Self)> {
        let mut entries: Vec<_> = self.get(key).iter().flat_map(Self::entries).collect();
        entries.sort_by_key(|(_, part)| part.pos());
        entries
    }

    fn pos(&self) -> Decimal {
        let pos = self.node.as_number().or_else(|| self.number("pos"));
        pos.unwrap_or_default()
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        self.node.get(key)?.as_text()
    }

    pub(crate) fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.node.get(key).and_then(Node::as_bool).unwrap_or_default()
    }

    pub(crate) fn number(&self, key: &str) -> Option<Decimal> {
        self.node.get(key)?.as_number()
    }

    pub(crate) fn whole<N: TryFrom<i64>>(&self, key: &str) -> Option<N> {
        N::try_from(self.number(key)?.to_i64()?).ok()
    }

    pub(crate) fn label(&self) -> Text {
        self.words("label").unwrap_or_default()
    }

    /// What people read, in both languages.
    pub(crate) fn words(&self, key: &str) -> Option<Text> {
        let words = self.get(key)?;
        let of = |language: &str| words.text(language).unwrap_or_default();
        Some(Text::new(of("zh"), of("en")))
    }

    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        match self.node.get(key).map(|node| &node.content) {
            Some(Content::List(items)) => items.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// The columns of a list: the keys whose place is a number, in that order.
    pub(crate) fn columns(&self, key: &str) -> Vec<(&'d str, Self)> {
        let columns = self.in_order(key).into_iter();
        columns.filter(|(_, part)| part.node.as_number().is_some()).collect()
    }

    pub(crate) fn filter(&self, key: &str) -> Option<Filter> {
        as_filter(self.node.get(key)?).ok()
    }

    pub(crate) fn problem(&self, problems: &mut Problems, zh: impl Into<String>, en: impl Into<String>) {
        problems.add(&self.node.place, &self.path, Text::new(zh, en));
    }
}

/// A condition as it stands in a document: the same keys as in JSON.
pub(crate) fn as_filter(node: &Node) -> Result<Filter, String> {
    let json = serde_json::to_value(node.to_value()).map_err(|error| error.to_string())?;
    serde_json::from_value(json).map_err(|error| error.to_string())
}
