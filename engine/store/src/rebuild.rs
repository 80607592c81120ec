//! Making the state files anew on purpose.

use std::path::Path;
use std::sync::Arc;

use crate::keeper::PIN;
use crate::lock::FolderLock;
use crate::{Options, RealDisk, Seq, Store, StoreError, state};

/// Throws the state files away and makes them anew from snapshot and journal. Returns the last record.
///
/// Takes the folder's lock, so no process may be using it.
///
/// # Errors
/// [`StoreError::NoData`] if there is no journal in the folder, and as [`Store::open`].
pub fn rebuild(folder: &Path) -> Result<Seq, StoreError> {
    if !folder.join("journal").is_dir() {
        let folder = folder.display().to_string();
        return Err(StoreError::NoData { folder });
    }
    let lock = Arc::new(FolderLock::take(folder)?);
    let options = Options {
        state_folder: Some(folder.join("state")),
        ..Options::default()
    };
    // The checkpoint stays: it knows how far the journal was once synced.
    state::remove(&folder.join("state"))?;
    let pin = Some(folder.join(PIN));
    let store = Store::open_locked(Arc::new(RealDisk::new(folder)), options, Some(lock), pin)?;
    store.catch_up()?;
    Ok(store.view().seq())
}
