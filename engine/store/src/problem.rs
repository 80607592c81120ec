//! What is not as it should be, as data.

use crate::StoreError;

/// Something that is not as it should be: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder, relative to the data folder.
    pub file: String,
    /// The byte in the file at which it begins, if it is at a place.
    pub offset: Option<u64>,
    /// For people, in Chinese.
    pub zh: String,
    /// For people, in English.
    pub en: String,
}

impl Problem {
    pub(crate) fn new(file: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            offset: None,
            zh: zh.into(),
            en: en.into(),
        }
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        let (file, offset) = match error {
            StoreError::JournalDamaged { file, offset, .. } | StoreError::SnapshotDamaged { file, offset, .. } => {
                (file.clone(), Some(*offset))
            }
            StoreError::Io { file, .. } | StoreError::NewerFormat { file, .. } => (file.clone(), None),
            StoreError::JournalIncomplete { .. } => ("journal".into(), None),
            StoreError::State { .. } => ("state".into(), None),
            StoreError::Locked { folder }
            | StoreError::NotEmpty { folder }
            | StoreError::NoData { folder }
            | StoreError::Damaged { folder, .. } => (folder.clone(), None),
            _ => (String::new(), None),
        };
        Self {
            file,
            offset,
            zh: error.in_chinese(),
            en: error.to_string(),
        }
    }
}
