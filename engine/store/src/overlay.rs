//! What is committed but not yet in the state files, as immutable maps.
//!
//! Every commit makes a new [`Version`]. It holds its own maps, so a reader that keeps a version sees nothing of later
//! commits. Below the maps lie the state files, which the feeder changes behind the readers; it applies the map
//! `feeding` only when no version is left that does not hold it (see `feeder`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rpds::RedBlackTreeMapSync;

use crate::feeder::Wake;
use crate::{Batch, Bytes, Seq};

/// Changes by key; `None` hides a row of the layers below.
pub(crate) type Layer = RedBlackTreeMapSync<Bytes, Option<Bytes>>;

/// What a map entry takes beside its key and value, roughly: nodes, counters, pointers.
pub(crate) const ENTRY_BYTES: usize = 160;

/// The rows as of one sequence number.
pub(crate) struct Version {
    pub seq: Seq,
    /// Changes since the last freeze.
    pub active: Layer,
    /// Roughly the bytes of memory behind `active`, not counting that a key may have been written twice.
    pub active_bytes: usize,
    /// The frozen changes below `active`, while the feeder writes them to the state files.
    pub feeding: Option<Layer>,
    /// Set before the state files go beyond this version: from then on it cannot be read truly.
    expired: AtomicBool,
    /// The feeder waits for the end of this version.
    awaited: AtomicBool,
    wake: Arc<Wake>,
}

impl Version {
    /// No overlay: the rows are those of the state files.
    pub(crate) fn empty(seq: Seq, wake: Arc<Wake>) -> Self {
        Self::new(seq, Layer::new_sync(), 0, None, wake)
    }

    /// Nothing below these rows.
    pub(crate) fn of(seq: Seq, rows: Layer, bytes: usize, wake: Arc<Wake>) -> Self {
        Self::new(seq, rows, bytes, None, wake)
    }

    fn new(seq: Seq, active: Layer, active_bytes: usize, feeding: Option<Layer>, wake: Arc<Wake>) -> Self {
        let (expired, awaited) = (AtomicBool::new(false), AtomicBool::new(false));
        Self {
            seq,
            active,
            active_bytes,
            feeding,
            expired,
            awaited,
            wake,
        }
    }

    /// The version after a commit. `bottom` says that no layer lies below, so that removed rows need not be hidden.
    pub(crate) fn with(&self, seq: Seq, batch: &Batch, bottom: bool) -> Self {
        let mut active = self.active.clone();
        let mut bytes = self.active_bytes;
        for (key, value) in batch.changes() {
            bytes += ENTRY_BYTES + key.len() + value.as_ref().map_or(0, |value| value.len());
            if bottom && value.is_none() {
                active.remove_mut(key);
            } else {
                active.insert_mut(key.clone(), value.clone());
            }
        }
        Self::new(seq, active, bytes, self.feeding.clone(), self.wake.clone())
    }

    /// The same rows, with the changes so far set apart for the feeder.
    pub(crate) fn frozen(&self) -> Self {
        Self::new(
            self.seq,
            Layer::new_sync(),
            0,
            Some(self.active.clone()),
            self.wake.clone(),
        )
    }

    /// The same rows, once the frozen changes are in the state files.
    pub(crate) fn fed(&self) -> Self {
        Self::new(
            self.seq,
            self.active.clone(),
            self.active_bytes,
            None,
            self.wake.clone(),
        )
    }

    /// The overlays, newest first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Layer> {
        std::iter::once(&self.active).chain(&self.feeding)
    }

    // Sequentially consistent, as the reader reads rows first and the mark then, and the feeder marks first and writes then.
    pub(crate) fn expire(&self) {
        self.expired.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expired.load(Ordering::SeqCst)
    }

    pub(crate) fn set_awaited(&self) {
        self.awaited.store(true, Ordering::SeqCst);
    }
}

impl Drop for Version {
    fn drop(&mut self) {
        if *self.awaited.get_mut() {
            self.wake.notify();
        }
    }
}
