//! The newest version, and those that readers still hold.

use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use crate::overlay::Version;

/// Where commits and the feeder put a new version, and readers take it.
pub(crate) struct Versions {
    slot: RwLock<Slot>,
    /// Held from reading the newest version until its successor is in place, so that commit and feeder do not overtake
    /// each other. Never held during a sync.
    turn: Mutex<()>,
}

struct Slot {
    newest: Arc<Version>,
    held: Vec<Weak<Version>>,
}

impl Versions {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            slot: RwLock::new(Slot {
                newest: Arc::new(version),
                held: Vec::new(),
            }),
            turn: Mutex::new(()),
        }
    }

    pub(crate) fn newest(&self) -> Arc<Version> {
        self.slot.read().unwrap_or_else(PoisonError::into_inner).newest.clone()
    }

    /// Makes a new version of the newest and puts it in its place.
    pub(crate) fn advance(&self, make: impl FnOnce(&Version) -> Version) -> Arc<Version> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.newest();
        let new = Arc::new(make(&old));
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        let in_slot = std::mem::replace(&mut slot.newest, new.clone());
        // `old` and `in_slot` are two; a third is a reader's. Nobody can take it anew, for the slot is locked.
        if Arc::strong_count(&old) > 2 {
            slot.held.push(Arc::downgrade(&old));
        }
        // Freeing a large map takes a while, so it is done when readers can go on.
        drop(slot);
        drop(in_slot);
        new
    }

    /// The versions that readers hold, the newest one excepted.
    pub(crate) fn held(&self) -> Vec<Arc<Version>> {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        slot.held.retain(|version| version.strong_count() > 0);
        slot.held.iter().filter_map(Weak::upgrade).collect()
    }
}
