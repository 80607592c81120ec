//! Losing trust in the state files while they are in use.

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::checkpoint::Checkpoint;
use crate::StoreError;

/// Whether sled has always done what it was asked.
///
/// It finds some damage only when it reads, and then may panic. After the first time nothing is written any more, and
/// the checkpoint no longer vouches for the files, so the next start makes them anew.
pub(super) struct Trust {
    folder: PathBuf,
    lost: OnceLock<String>,
}

impl Trust {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
            lost: OnceLock::new(),
        }
    }

    /// Why it was lost, if it was.
    pub(super) fn lost(&self) -> Option<String> {
        self.lost.get().cloned()
    }

    /// Does something with sled.
    pub(super) fn during<T>(&self, act: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
        let reason = match panic::catch_unwind(AssertUnwindSafe(act)) {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "what they hold cannot be understood".into(),
        };
        Err(self.lose(reason))
    }

    /// What they hold is not what was put there.
    pub(super) fn lose(&self, reason: String) -> StoreError {
        if self.lost.set(reason.clone()).is_ok()
            && let Some(checkpoint) = Checkpoint::read(&self.folder)
        {
            // If it fails, the next start uses the files and comes to the same end.
            let _ = Checkpoint {
                boot: None,
                clean: false,
                ..checkpoint
            }
            .write(&self.folder);
        }
        StoreError::State { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_an_error_or_a_panic_the_checkpoint_vouches_for_nothing() {
        let acts: [fn() -> sled::Result<()>; 2] = [
            || Err(sled::Error::Unsupported("on purpose".into())),
            || panic!("on purpose"),
        ];
        for act in acts {
            let parent = tempfile::tempdir().expect("a temporary folder");
            let folder = parent.path().join("state");
            let boot = Some("this run".to_owned());
            let checkpoint = Checkpoint {
                folder: [1; 16],
                applied: 7,
                synced: 9,
                boot: boot.clone(),
                clean: false,
            };
            checkpoint.write(&folder).expect("writes");
            assert_eq!(Checkpoint::read(&folder), Some(checkpoint));

            let trust = Trust::new(&folder);
            assert!(trust.during(|| Ok(())).is_ok());
            assert_eq!(trust.lost(), None);
            assert!(matches!(trust.during(act), Err(StoreError::State { .. })));
            assert!(trust.lost().is_some());
            let left = Checkpoint::read(&folder).expect("still there");
            assert!(!left.vouches([1; 16], boot.as_deref()));
            assert_eq!(left.synced, 9, "what is known of the journal stays known");
        }
    }
}
