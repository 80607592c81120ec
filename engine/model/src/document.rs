//! A model as its author wrote it.

use std::fmt;

use crate::{
    Diagnostic, Environment, Reading,
    catalogue::xml::ENCODING,
    read::read_definitions,
    xml::{self, Element},
};

/// A model's XML, well-formed and within the limits, beside its tree.
///
/// The text is kept as it came and is what gets stored, shown and exported: nothing is ever written from the tree, so
/// diagrams, comments, other tools' extensions and the very bytes survive whatever this crate does not know.
#[derive(Clone)]
pub struct Document {
    text: String,
    root: Element,
}

impl Document {
    /// Reads XML, or says what is wrong with it: not well-formed, a DOCTYPE, larger than the limits.
    pub fn parse(text: impl Into<String>) -> Result<Self, Diagnostic> {
        let text = text.into();
        let root = xml::parse(&text)?;
        Ok(Self { text, root })
    }

    /// Reads the bytes of a file, which must be UTF-8.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let line = 1 + error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
                Err(ENCODING.at(line as u32, &[&kapok_protocol::Text::new("未知编码", "unknown")]))
            }
        }
    }

    /// The XML, unchanged.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads and checks the processes.
    pub fn read(&self, environment: &dyn Environment) -> Reading {
        read_definitions(&self.root, environment)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}
