//! What can be set when a store is opened.

use std::path::PathBuf;
use std::time::Duration;

use crate::Seq;
use crate::journal::Sizes;
use crate::state::checkpoint;

/// Sizes and times; the defaults suit a small server.
#[derive(Debug, Clone)]
pub struct Options {
    /// A new journal segment is begun when one has this many bytes.
    pub segment_bytes: u64,
    /// So many zeros are written behind the end of the journal whenever it must grow: where they are, a sync has only the
    /// new bytes to write.
    pub ahead_bytes: u64,
    /// Roughly how much memory changes may take that are not yet in the state files. Commits wait while there is more.
    /// While the feeder writes, as much again is held.
    pub overlay_bytes: usize,
    /// How long the state files wait for views that are older than the next changes.
    pub view_patience: Duration,
    /// How often changes are brought to the state files. Rows that live and die in between never get there.
    pub feed_every: Duration,
    /// How often the state files are synced, at most; a restart reads the journal from there.
    pub checkpoint_every: Duration,
    /// Memory for pages of the state files.
    pub cache_bytes: u64,
    /// A snapshot is made when the closed segments behind the newest one have more bytes than this, and than half of it.
    pub snapshot_bytes: u64,
    /// The first record that something outside still needs; nothing from there on is removed. See
    /// [`Store::keep_from`](crate::Store::keep_from).
    pub keep_from: Option<Seq>,
    /// The store becomes read-only when less is free on the disk, so that what was begun can be ended.
    pub reserve_bytes: u64,
    /// The folder of the state files; its name gets `.checkpoint` for a file beside it. With none, all rows are held in
    /// memory and read from the journal at the start.
    pub state_folder: Option<PathBuf>,
    /// What tells one run of the operating system from the next; none if it cannot be told.
    pub boot_id: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            ahead_bytes: 1 << 20,
            overlay_bytes: 128 << 20,
            view_patience: Duration::from_secs(2),
            feed_every: Duration::from_secs(2),
            checkpoint_every: Duration::from_secs(10),
            cache_bytes: 128 << 20,
            snapshot_bytes: 64 << 20,
            keep_from: None,
            reserve_bytes: 64 << 20,
            state_folder: None,
            boot_id: checkpoint::boot_id(),
        }
    }
}

impl Options {
    pub(crate) fn sizes(&self) -> Sizes {
        Sizes {
            segment: self.segment_bytes,
            ahead: self.ahead_bytes,
        }
    }
}
