use serde::Serialize;
use utoipa::ToSchema;

/// A file that was brought in, as a record names it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadedFile {
    /// The SHA-256 of its content.
    file: String,
    name: String,
    size: u64,
    /// What it is, as its content says.
    #[serde(rename = "type")]
    media_type: String,
}

impl From<kapok::UploadedFile> for UploadedFile {
    fn from(file: kapok::UploadedFile) -> Self {
        Self {
            file: file.hash,
            name: file.name,
            size: file.size,
            media_type: file.media_type,
        }
    }
}
