//! An ordered key-value store of bytes whose truth is a journal.
//!
//! An engine for work that people wait for must not lose an answered command, whatever is switched off, and must read
//! quickly while it writes. So [`Store::commit`] appends the batch to the journal and syncs it, before anything else sees
//! it. Then it is visible in an immutable map in memory, and readers take a [`View`] of it: a true snapshot. Behind that,
//! a thread brings the rows to state files (sled), so that memory holds only what is new. The state files can be thrown
//! away at any time: the journal makes them anew.
//!
//! So that the journal need not be kept for ever, another thread makes snapshots of all rows, from the journal itself and
//! never from the state files. [`backup`] copies snapshot and journal beside a running process, [`restore`] brings them
//! back to any record, [`verify`] reads and compares everything, [`rebuild`] makes the state files anew.
//!
//! `FORMAT.md` describes the bytes on the disk.

mod backup;
mod batch;
mod changes;
mod compression;
mod disk;
mod error;
mod feeder;
mod hash;
mod header;
mod journal;
mod keeper;
mod lock;
mod options;
mod overlay;
mod problem;
mod rebuild;
mod recovery;
mod snapshot;
mod state;
mod store;
mod usage;
mod verify;
mod versions;
mod view;

use std::sync::Arc;

pub use backup::{Backup, backup, backup_between, restore};
pub use batch::{Batch, IntoBytes};
pub use disk::{Disk, DiskFile, RealDisk};
pub use error::StoreError;
pub use journal::record::{MAX_KEY, MAX_PAYLOAD, Record};
pub use journal::{CutTail, History};
pub use options::Options;
pub use problem::Problem;
pub use rebuild::rebuild;
pub use recovery::Recovery;
pub use store::{Health, Store};
pub use usage::Usage;
pub use verify::{StateFiles, Verification, verify};
pub use view::{Scan, View};

/// The number of a commit: 1, 2, 3 … in one data folder; 0 is before the first.
pub type Seq = u64;

/// A key or value that can be shared without copying.
pub type Bytes = Arc<[u8]>;
