//! Bringing files in, and reading those that records name.

use kapok_protocol::{RecordRef, Value};
use kapok_tables::StoredFile;

use super::Staff;
use crate::{
    Error,
    files::{Incoming, StoredContent, clean_name, preview},
    writer::{entity, named_files},
};

/// A file that is being brought in.
pub struct Upload {
    staff: Staff,
    incoming: Incoming,
}

/// A file that was brought in; a record can name it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// The SHA-256 of its content, in hexadecimal.
    pub hash: String,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size: u64,
    /// What it is, as its content says.
    pub media_type: String,
}

/// A file to be read.
#[derive(Debug)]
pub struct FileContent {
    /// Its name in the record.
    pub name: String,
    /// How many bytes.
    pub size: u64,
    /// What it is.
    pub media_type: String,
    /// Its content.
    pub content: StoredContent,
}

impl Upload {
    /// Takes more of its content in.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.incoming.write(bytes)
    }

    /// Its content is whole.
    pub fn finish(self, name: &str) -> Result<UploadedFile, Error> {
        let whole = self.incoming.finish()?;
        let file = UploadedFile {
            hash: whole.hash.clone(),
            name: clean_name(name),
            size: whole.size,
            media_type: whole.media_type.to_owned(),
        };
        // First its row, so that nobody who clears away takes what is put there next.
        let (person, hash, size, media_type) = (self.staff.person, whole.hash.clone(), whole.size, whole.media_type);
        let noted = self
            .staff
            .kapok
            .writer
            .submit(move |step| step.note_file(person, hash, size, media_type));
        noted.wait()?;
        self.staff.kapok.shared.files.keep(whole)?;
        Ok(file)
    }
}

impl Staff {
    /// Begins to bring a file in.
    pub fn upload(&self) -> Result<Upload, Error> {
        Ok(Upload {
            incoming: self.kapok.shared.files.begin()?,
            staff: self.clone(),
        })
    }

    /// A file that a record names, for who may read the record and the field.
    pub fn record_file(&self, reference: &RecordRef, hash: &str) -> Result<FileContent, Error> {
        let (file, name) = self.readable_file(reference, hash)?;
        let content = self.kapok.shared.files.open(hash)?;
        let content = content.ok_or_else(|| Error::Data(format!("the content of the file {hash} is not there")))?;
        Ok(FileContent {
            name,
            size: file.size,
            media_type: file.media_type,
            content,
        })
    }

    /// A small picture of one, and its media type.
    pub fn record_file_preview(&self, reference: &RecordRef, hash: &str) -> Result<(Vec<u8>, &'static str), Error> {
        let file = self.record_file(reference, hash)?;
        // One at a time: each takes a good deal of memory.
        let shared = &self.kapok.shared;
        let _turn = shared
            .previewing
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        preview(&file.media_type, file.content)
    }

    fn readable_file(&self, reference: &RecordRef, hash: &str) -> Result<(StoredFile, String), Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let nothing = || Error::not_found("文件", "file");
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        let row = viewing.queries.record(&reference.entity, reference.id)?;
        let record = row.ok_or_else(nothing)?.record;
        let seeing = self.seeing(&viewing)?;
        let seen = seeing.entity(definition).seen(&record).ok_or_else(nothing)?.fields;
        if !named_files(definition, &seen).iter().any(|named| named == hash) {
            return Err(nothing());
        }
        let name = name_of(&Value::Map(seen), hash).unwrap_or_else(|| "file".to_owned());
        let file = viewing.queries.stored_file(hash)?.ok_or_else(nothing)?;
        Ok((file, name))
    }
}

/// What a record calls a file.
fn name_of(value: &Value, hash: &str) -> Option<String> {
    match value {
        Value::Map(entries) if entries.get("file").and_then(Value::as_text) == Some(hash) => {
            Some(entries.get("name")?.as_text()?.to_owned())
        }
        Value::Map(entries) => entries.values().find_map(|value| name_of(value, hash)),
        Value::List(items) => items.iter().find_map(|value| name_of(value, hash)),
        _ => None,
    }
}
