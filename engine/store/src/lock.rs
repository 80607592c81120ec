//! One process at a time per data folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::StoreError;

/// A data folder that is ours until this is dropped, or the process ends in whatever way.
pub(crate) struct FolderLock(File);

impl FolderLock {
    pub(crate) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("lock");
        let name = path.display().to_string();
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(StoreError::io("open", &name))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
                folder: folder.display().to_string(),
            }),
            Err(TryLockError::Error(error)) => Err(StoreError::io("lock", name)(error)),
        }
    }
}

impl Drop for FolderLock {
    /// Closing the file would not do: a child process that is just being started has a copy of it for a moment.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
