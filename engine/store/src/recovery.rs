//! Opening: from what a stop left on the disk to a store that can go on.

use std::path::Path;
use std::sync::Arc;

use crate::error::is_disk_full;
use crate::feeder::Wake;
use crate::journal::segment::FolderId;
use crate::journal::{self, CutTail, Journal, Known};
use crate::lock::FolderLock;
use crate::overlay::Version;
use crate::state::checkpoint::Checkpoint;
use crate::state::{self, State};
use crate::{Disk, Options, Seq, StoreError};

/// What was done when the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The bytes of an interrupted write that were removed.
    pub cut_tail: Option<CutTail>,
    /// Why the state files were made anew from the journal, if they were.
    pub rebuilt: Option<String>,
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
    let folder = journal::folder_id(&**disk)?;
    let checkpoint = options.state_folder.as_deref().and_then(Checkpoint::read);
    let Some(folder) = folder else {
        return begin(disk, options, wake, lock, checkpoint);
    };
    let mut known = Known::default();
    let mut report = Recovery::default();
    let mut state = None;
    if let Some(path) = &options.state_folder {
        let checkpoint = checkpoint.filter(|checkpoint| checkpoint.folder == folder);
        known.synced = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.synced);
        let trusted = open_trusted(path, folder, checkpoint, options, lock.clone())?;
        let opened = match trusted {
            Ok((opened, applied)) => {
                known.applied = applied;
                known.synced = known.synced.max(opened.applied()?);
                opened
            }
            Err(reason) => {
                report.rebuilt = Some(reason);
                open_new(path, folder, known.synced, options, lock)?
            }
        };
        state = Some(Arc::new(opened));
    }
    let mut version = Version::empty(known.applied, wake.clone());
    let mut fed = known.applied;
    let (journal, cut_tail) = Journal::open(disk.clone(), options.segment_bytes, known, &mut |record| {
        version = version.with(record.seq, &record.batch, state.is_none());
        report.replayed += 1;
        if let Some(state) = &state
            && version.active_bytes > options.overlay_bytes / 2
        {
            state.apply(&version.active, version.seq)?;
            fed = version.seq;
            version = Version::empty(version.seq, wake.clone());
        }
        Ok(())
    })?;
    report.cut_tail = cut_tail;
    Ok(Recovered {
        journal,
        state,
        version,
        fed,
        checkpointed: known.applied,
        report,
    })
}

/// A folder without a journal: the first start, unless something says that there was one.
fn begin(
    disk: &Arc<dyn Disk>,
    options: &Options,
    wake: &Arc<Wake>,
    lock: Option<Arc<FolderLock>>,
    checkpoint: Option<Checkpoint>,
) -> Result<Recovered, StoreError> {
    if let Some(Checkpoint {
        synced: synced @ 1.., ..
    }) = checkpoint
    {
        let reason = format!("there is none, although record {synced} was saved once");
        return Err(StoreError::JournalIncomplete { reason });
    }
    let mut folder = FolderId::default();
    getrandom::fill(&mut folder).map_err(|error| StoreError::Io {
        action: "get random bytes from",
        file: "the operating system".into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    let journal = Journal::create(disk.clone(), options.segment_bytes, folder)?;
    let state = options
        .state_folder
        .as_deref()
        .map(|path| open_new(path, folder, 0, options, lock))
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

/// Opens the state files that a checkpoint vouches for. The inner error says why they cannot be used.
fn open_trusted(
    path: &Path,
    folder: FolderId,
    checkpoint: Option<Checkpoint>,
    options: &Options,
    lock: Option<Arc<FolderLock>>,
) -> Result<Result<(State, Seq), String>, StoreError> {
    let Some(checkpoint) = checkpoint else {
        return Ok(Err("there is no checkpoint of them".into()));
    };
    if !checkpoint.vouches(folder, options.boot_id.as_deref()) {
        return Ok(Err(
            "the computer was restarted without a clean stop, or they were found damaged".into(),
        ));
    }
    let applied = checkpoint.applied;
    // Said before sled may write: from now on the files are only as good as this run of the operating system.
    write_checkpoint(
        &Checkpoint {
            boot: options.boot_id.clone(),
            clean: false,
            ..checkpoint
        },
        path,
    )?;
    let opened = State::open(path, options.cache_bytes, lock).and_then(|state| {
        let found = state.applied().map_err(|error| error.to_string())?;
        if found < applied {
            Err(format!("they hold the rows as of {found}, not {applied}"))
        } else {
            Ok((state, applied))
        }
    });
    Ok(opened)
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

/// Begins state files from nothing.
fn open_new(
    path: &Path,
    folder: FolderId,
    synced: Seq,
    options: &Options,
    lock: Option<Arc<FolderLock>>,
) -> Result<State, StoreError> {
    state::remove(path)?;
    let boot = options.boot_id.clone();
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
