//! The rows of stored files.

use kapok_protocol::{PersonId, Timestamp};
use kapok_tables::StoredFile;

use crate::{Error, writer::Step};

/// So many people who brought the same file in are remembered, the last ones.
const REMEMBERED: usize = 100;

impl Step<'_> {
    /// Notes that a person brings a file in: from now on it is kept, and the person may name it.
    pub(crate) fn note_file(
        &mut self,
        person: PersonId,
        hash: String,
        size: u64,
        media_type: &str,
    ) -> Result<(), Error> {
        let known = self.queries().stored_file(&hash)?;
        let mut added_by = known.map(|row| row.added_by).unwrap_or_default();
        added_by.retain(|known| *known != person);
        added_by.push(person);
        let spare = added_by.len().saturating_sub(REMEMBERED);
        added_by.drain(..spare);
        Ok(self.tx.put_stored_file(&StoredFile {
            hash,
            size,
            media_type: media_type.to_owned(),
            added_at: self.now,
            added_by,
        })?)
    }

    /// Forgets files that no record names and nobody has brought in since a moment; their content goes after the commit.
    pub(crate) fn forget_files(&mut self, hashes: &[String], moment: Timestamp) -> Result<(), Error> {
        let mut gone = Vec::new();
        for hash in hashes {
            let old = self
                .queries()
                .stored_file(hash)?
                .is_some_and(|row| row.added_at < moment);
            if old && !self.queries().is_file_used(hash)? {
                self.tx.delete_stored_file(hash)?;
                gone.push(hash.clone());
            }
        }
        if !gone.is_empty() {
            self.after_commit(move |shared| gone.iter().for_each(|hash| shared.files.remove(hash)));
        }
        Ok(())
    }
}
