//! A refusal is an answer, not a failure: it is data with a reason that its reader can act on.

use serde::{Deserialize, Serialize};

use crate::Text;

/// What sort of refusal it is; programs branch on it, the HTTP status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The request itself is not well formed or breaks a rule (422).
    Invalid,
    /// The caller may not do this (403).
    Forbidden,
    /// There is no such thing, or the caller may not know of it (404).
    NotFound,
    /// The thing has changed or ended meanwhile (409).
    Conflict,
    /// Too much, too large, too often, too deep (429 or 413).
    Limit,
    /// The engine cannot take commands just now, such as on a full disk (503).
    Unavailable,
}

/// Why a command was not carried out. Nothing of it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What sort of refusal it is.
    pub kind: RefusalKind,
    /// A stable code such as `task.not-yours`.
    pub code: String,
    /// What happened and what to do, for the person who asked.
    pub text: Text,
    /// The field at fault, when it is about one; a path such as `lines.2.quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Refusal {
    /// A refusal from its parts.
    pub fn new(kind: RefusalKind, code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            text: Text::new(zh, en),
            field: None,
        }
    }

    /// The same refusal, pointing at a field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}

impl std::error::Error for Refusal {}
