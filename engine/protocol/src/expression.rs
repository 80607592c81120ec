//! Expressions as they stand in a model: text and the language it is written in.

use serde::{Deserialize, Serialize};

/// In which language an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// rhai, the language of formulas and scripts.
    Rhai,
    /// Condition rows: the JSON text of a [`Filter`](crate::Filter), built by mouse.
    Filter,
}

impl Language {
    /// The name a BPMN file gives it in `language="…"`.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Rhai => "rhai",
            Self::Filter => "urn:kapok:filter",
        }
    }
}

/// An expression, not yet compiled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: String,
}

impl Expression {
    /// An expression in rhai.
    pub fn rhai(text: impl Into<String>) -> Self {
        Self {
            language: Language::Rhai,
            text: text.into(),
        }
    }

    /// Condition rows, from their JSON text; see [`Filter`](crate::Filter).
    pub fn filter(json: impl Into<String>) -> Self {
        Self {
            language: Language::Filter,
            text: json.into(),
        }
    }
}
