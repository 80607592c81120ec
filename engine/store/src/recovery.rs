//! Opening: from what a stop left on the disk to a store that can go on.

use std::path::Path;
use std::sync::Arc;

use crate::backup::manifest::{self, Found};
use crate::error::is_disk_full;
use crate::feeder::Wake;
use crate::header::{FolderId, Tip};
use crate::journal::{self, CutTail, Journal, Known, segment};
use crate::lock::FolderLock;
use crate::overlay::{Layer, Version};
use crate::state::checkpoint::Checkpoint;
use crate::state::{self, State};
use crate::{Disk, Options, Problem, Seq, StoreError, snapshot};

/// What was done when the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The bytes of an interrupted write that were removed.
    pub cut_tail: Option<CutTail>,
    /// Why the state files were made anew from snapshot and journal, if they were.
    pub rebuilt: Option<String>,
    /// The snapshot that was read for that, by the last record in it; none if the journal was read from its beginning.
    pub snapshot: Option<Seq>,
    /// Snapshots that were passed over because they are damaged.
    pub bad_snapshots: Vec<Problem>,
    /// The number of commits that were read from the journal.
    pub replayed: u64,
}

/// The parts of an open store.
pub(crate) struct Recovered {
    pub journal: Journal,
    pub state: Option<Arc<State>>,
    pub version: Version,
    /// The state files hold everything up to here.
    pub fed: Seq,
    /// And up to here a checkpoint vouches for them.
    pub checkpointed: Seq,
    pub report: Recovery,
}

pub(crate) fn recover(
    disk: &Arc<dyn Disk>,
    options: &Options,
    wake: &Arc<Wake>,
    lock: Option<Arc<FolderLock>>,
) -> Result<Recovered, StoreError> {
    let manifest = manifest::find(&**disk)?;
    if matches!(manifest, Found::Unfinished) {
        return Err(StoreError::Unfinished);
    }
    journal::prepare(&**disk)?;
    snapshot::remove_unfinished(&**disk)?;
    let checkpoint = options.state_folder.as_deref().and_then(Checkpoint::read);
    let Some(folder) = segment::folder_id(&**disk)? else {
        return begin(disk, options, wake, lock, checkpoint);
    };
    let checkpoint = checkpoint.filter(|checkpoint| checkpoint.folder == folder);
    let mut opening = Opening {
        disk: &**disk,
        folder,
        options,
        lock,
        report: Recovery::default(),
    };
    let rows = opening.rows(checkpoint, wake)?;
    let recovered = opening.replay(disk, rows, wake)?;
    if !matches!(manifest, Found::None) {
        manifest::remove(&**disk)?;
    }
    Ok(recovered)
}

/// What is needed to open a folder that has a journal.
struct Opening<'a> {
    disk: &'a dyn Disk,
    folder: FolderId,
    options: &'a Options,
    lock: Option<Arc<FolderLock>>,
    report: Recovery,
}

/// The rows to replay the journal upon.
struct Rows {
    state: Option<Arc<State>>,
    version: Version,
    known: Known,
    /// Up to here a checkpoint vouches for the state files.
    checkpointed: Seq,
}

impl Opening<'_> {
    /// The rows as of some record: those of the state files, or of a snapshot, or none.
    fn rows(&mut self, checkpoint: Option<Checkpoint>, wake: &Arc<Wake>) -> Result<Rows, StoreError> {
        let synced = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.synced);
        let Some(path) = &self.options.state_folder else {
            let base = self.base()?;
            let layer = match base {
                Some(tip) => snapshot::open(self.disk, tip.seq, &self.folder)?.next_layer(usize::MAX)?,
                None => None,
            };
            let applied = base.map_or(0, |tip| tip.seq);
            let (layer, bytes) = layer.unwrap_or_default();
            return Ok(Rows {
                state: None,
                version: Version::of(applied, layer, bytes, wake.clone()),
                known: Known {
                    applied,
                    tip: base,
                    synced,
                },
                checkpointed: 0,
            });
        };
        let (state, known, checkpointed) = match self.open_trusted(path, checkpoint)? {
            Ok((state, applied)) => {
                let synced = synced.max(state.applied()?);
                (
                    state,
                    Known {
                        applied,
                        tip: None,
                        synced,
                    },
                    applied,
                )
            }
            Err(reason) => {
                self.report.rebuilt = Some(reason);
                let base = self.base()?;
                let state = open_new(path, self.folder, synced, None, self.options, self.lock.clone())?;
                if let Some(tip) = &base {
                    self.load(&state, tip)?;
                }
                let applied = base.map_or(0, |tip| tip.seq);
                (
                    state,
                    Known {
                        applied,
                        tip: base,
                        synced,
                    },
                    0,
                )
            }
        };
        Ok(Rows {
            state: Some(Arc::new(state)),
            version: Version::empty(known.applied, wake.clone()),
            known,
            checkpointed,
        })
    }

    /// The newest snapshot that is whole. There need not be one while the journal begins at its beginning.
    fn base(&mut self) -> Result<Option<Tip>, StoreError> {
        let bad = &mut self.report.bad_snapshots;
        let base = snapshot::newest_good(self.disk, &self.folder, bad)?;
        self.report.snapshot = base.map(|tip| tip.seq);
        match segment::list(self.disk)?.first() {
            Some(&first) if base.is_none() && first > 1 => {
                let damage: Vec<_> = bad.iter().map(|problem| problem.en.as_str()).collect();
                let reason = format!(
                    "it begins with record {first}, and no snapshot has the rows before that ({})",
                    if damage.is_empty() {
                        "there is none".into()
                    } else {
                        damage.join("; ")
                    }
                );
                Err(StoreError::JournalIncomplete { reason })
            }
            _ => Ok(base),
        }
    }

    fn load(&self, state: &State, tip: &Tip) -> Result<(), StoreError> {
        let mut rows = snapshot::open(self.disk, tip.seq, &self.folder)?;
        while let Some((layer, _)) = rows.next_layer(self.options.overlay_bytes / 2)? {
            state.apply(&layer, 0)?;
        }
        // Only now do they hold all of it.
        state.apply(&Layer::new_sync(), tip.seq)
    }

    /// Reads the journal behind the rows.
    fn replay(mut self, disk: &Arc<dyn Disk>, rows: Rows, wake: &Arc<Wake>) -> Result<Recovered, StoreError> {
        let Rows {
            state,
            mut version,
            known,
            checkpointed,
        } = rows;
        let mut fed = known.applied;
        let (overlay_bytes, report) = (self.options.overlay_bytes, &mut self.report);
        let (journal, cut_tail) = Journal::open(disk.clone(), self.options.sizes(), known, &mut |record| {
            version = version.with(record.seq, &record.batch, state.is_none());
            report.replayed += 1;
            if let Some(state) = &state
                && version.active_bytes > overlay_bytes / 2
            {
                state.apply(&version.active, version.seq)?;
                fed = version.seq;
                version = Version::empty(version.seq, wake.clone());
            }
            Ok(())
        })?;
        self.report.cut_tail = cut_tail;
        Ok(Recovered {
            journal,
            state,
            version,
            fed,
            checkpointed,
            report: self.report,
        })
    }

    /// Opens the state files if a checkpoint vouches for them and the journal goes on behind it. The inner error says why
    /// they cannot be used.
    fn open_trusted(
        &self,
        path: &Path,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Result<(State, Seq), String>, StoreError> {
        let boot = self.options.boot_id.as_deref();
        let checkpoint = match trusted(checkpoint, &self.folder, boot) {
            Ok(checkpoint) => checkpoint,
            Err(reason) => return Ok(Err(reason)),
        };
        let applied = checkpoint.applied;
        if segment::list(self.disk)?
            .first()
            .is_none_or(|&first| first > applied + 1)
        {
            return Ok(Err("the journal behind their last checkpoint is no longer kept".into()));
        }
        // Said before sled may write: from now on the files are only as good as this run of the operating system.
        write_checkpoint(
            &Checkpoint {
                boot: self.options.boot_id.clone(),
                clean: false,
                ..checkpoint
            },
            path,
        )?;
        let opened = State::open(path, self.options.cache_bytes, self.lock.clone());
        Ok(opened.and_then(|state| state.holds(applied).map(|()| (state, applied))))
    }
}

/// The checkpoint, if it vouches for the state files. The error says why it does not.
pub(crate) fn trusted(
    checkpoint: Option<Checkpoint>,
    folder: &FolderId,
    boot: Option<&str>,
) -> Result<Checkpoint, String> {
    let checkpoint = checkpoint.ok_or("there is no checkpoint of them")?;
    if checkpoint.vouches(*folder, boot) {
        Ok(checkpoint)
    } else {
        Err("the computer was restarted without a clean stop, or they were found damaged".into())
    }
}

/// A folder without a journal: the first start, unless something says that there was one.
fn begin(
    disk: &Arc<dyn Disk>,
    options: &Options,
    wake: &Arc<Wake>,
    lock: Option<Arc<FolderLock>>,
    checkpoint: Option<Checkpoint>,
) -> Result<Recovered, StoreError> {
    let synced = checkpoint.map_or(0, |checkpoint| checkpoint.synced);
    let saved = snapshot::list(&**disk)?.last().copied().unwrap_or(0).max(synced);
    if saved > 0 {
        let reason = format!("there is none, although record {saved} was saved once");
        return Err(StoreError::JournalIncomplete { reason });
    }
    let mut folder = FolderId::default();
    getrandom::fill(&mut folder).map_err(|error| StoreError::Io {
        action: "get random bytes from",
        file: "the operating system".into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    let journal = Journal::create(disk.clone(), options.sizes(), folder)?;
    let boot = options.boot_id.clone();
    let state = options
        .state_folder
        .as_deref()
        .map(|path| open_new(path, folder, 0, boot, options, lock))
        .transpose()?;
    let version = Version::empty(0, wake.clone());
    Ok(Recovered {
        journal,
        state: state.map(Arc::new),
        version,
        fed: 0,
        checkpointed: 0,
        report: Recovery::default(),
    })
}

fn write_checkpoint(checkpoint: &Checkpoint, path: &Path) -> Result<(), StoreError> {
    checkpoint.write(path).map_err(|error| match error {
        error if is_disk_full(&error) => StoreError::DiskFull,
        source => StoreError::Io {
            action: "write the checkpoint beside",
            file: path.display().to_string(),
            source,
        },
    })
}

/// Begins state files from nothing. Until there is a better checkpoint, they are used again in this run of the operating
/// system; none if they must first be whole.
fn open_new(
    path: &Path,
    folder: FolderId,
    synced: Seq,
    boot: Option<String>,
    options: &Options,
    lock: Option<Arc<FolderLock>>,
) -> Result<State, StoreError> {
    state::remove(path)?;
    write_checkpoint(
        &Checkpoint {
            folder,
            applied: 0,
            synced,
            boot,
            clean: false,
        },
        path,
    )?;
    State::open(path, options.cache_bytes, lock).map_err(|reason| StoreError::State { reason })
}
