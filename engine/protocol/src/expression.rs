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
    /// JUEL, the `${…}` and `#{…}` of Camunda 7, Flowable and Activiti.
    Juel,
    /// FEEL, the language of DMN and of Camunda 8.
    Feel,
}

impl Language {
    /// The name a BPMN file gives it in `language="…"`.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Rhai => "rhai",
            Self::Filter => "urn:kapok:filter",
            Self::Juel => "urn:kapok:juel",
            Self::Feel => "https://www.omg.org/spec/DMN/20191111/FEEL/",
        }
    }

    /// The language that a BPMN or DMN file means by a name: its own, or any that speaks of JUEL or FEEL, for each
    /// version of each product has another one.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let uri = uri.trim().to_ascii_lowercase();
        match uri.as_str() {
            "rhai" => Some(Self::Rhai),
            "urn:kapok:filter" => Some(Self::Filter),
            _ if uri.contains("juel") => Some(Self::Juel),
            _ if uri.contains("feel") => Some(Self::Feel),
            _ => None,
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

    /// An expression in JUEL, as it stands with its `${…}`; what is outside of the braces is text.
    pub fn juel(text: impl Into<String>) -> Self {
        Self {
            language: Language::Juel,
            text: text.into(),
        }
    }

    /// An expression in FEEL, without the `=` that some files write before it.
    pub fn feel(text: impl Into<String>) -> Self {
        Self {
            language: Language::Feel,
            text: text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_names() {
        for language in [Language::Rhai, Language::Filter, Language::Juel, Language::Feel] {
            assert_eq!(Language::from_uri(language.uri()), Some(language));
        }
        for (uri, expected) in [
            ("juel", Some(Language::Juel)),
            ("FEEL", Some(Language::Feel)),
            ("http://www.omg.org/spec/FEEL/20140401", Some(Language::Feel)),
            ("http://www.w3.org/1999/XPath", None),
        ] {
            assert_eq!(Language::from_uri(uri), expected, "{uri}");
        }
    }
}
