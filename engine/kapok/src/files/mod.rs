//! Files that people attach to records.
//!
//! Their content lies beside the rows, under the SHA-256 of it, so that the same file is kept once and nobody can change
//! one in its place. It is on the disk before any record can name it. Who may read a file is said by the record that names
//! it; a file that no record names for a day is removed.

mod content;
mod kind;
mod naming;
mod picture;

use kapok_protocol::Timestamp;
use kapok_tables::Queries;

pub use content::StoredContent;
pub(crate) use content::{FOLDER, FileStore, Incoming, place};
pub(crate) use naming::{check, clean_name};
pub(crate) use picture::preview;

use crate::{Error, shared::Shared, writer::Writer};

/// The largest file, in bytes.
pub(crate) const LARGEST: u64 = 100 << 20;
/// How long a file is kept that no record names: a day, in milliseconds.
const UNNAMED: i64 = 24 * 3_600_000;
/// So many rows are looked at in one go.
const CHUNK: usize = 500;

/// Removes the files that no record has named for a day.
pub(crate) fn clean(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<(), Error> {
    shared.files.clean_parts(now);
    let moment = now.plus_millis(-UNNAMED);
    let mut after: Option<String> = None;
    loop {
        let unnamed: Vec<String> = {
            let view = shared.store.view();
            let queries = Queries(&view);
            let rows = queries.stored_files(after.as_deref(), CHUNK)?;
            after = rows.last().filter(|_| rows.len() == CHUNK).map(|row| row.hash.clone());
            let mut unnamed = Vec::new();
            for row in rows {
                if row.added_at < moment && !queries.is_file_used(&row.hash)? {
                    unnamed.push(row.hash);
                }
            }
            unnamed
        };
        if !unnamed.is_empty() {
            writer.submit(move |step| step.forget_files(&unnamed, moment)).wait()?;
        }
        if after.is_none() || shared.bells.cleaning.is_closed() {
            return Ok(());
        }
    }
}
