use std::fmt;

use kapok_protocol::Text;
use serde::Serialize;

/// Something wrong in a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionError {
    /// The file, or what stands for it when the definition was made by mouse.
    pub file: String,
    /// The line, from 1; 0 when it is about the file as a whole or there are no lines.
    pub line: usize,
    /// The keys that lead to it, such as `entities."quotes.quote".fields.total.type`; empty for the file as a whole.
    pub path: String,
    /// What is wrong and what to do.
    pub text: Text,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.text.fmt(f)
    }
}

impl std::error::Error for DefinitionError {}
