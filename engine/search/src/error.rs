//! What can go wrong with an index. It is never the truth, so every answer to a fault is to make it anew.

/// Why an index could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Its files are missing, damaged, or of another form: it has to be made anew.
    #[error("the search index must be made anew: {0}")]
    Damaged(String),
    /// A filter that means nothing; for people.
    #[error("{}", .0.en)]
    Filter(kapok_protocol::Text),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
