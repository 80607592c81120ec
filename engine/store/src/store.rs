//! The store itself: opening, committing, closing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::feeder::{Feeder, News, Wake};
use crate::journal::{AppendError, History, Journal, record};
use crate::keeper::{Keeper, PIN};
use crate::lock::FolderLock;
use crate::overlay::Version;
use crate::recovery::{self, Recovery};
use crate::state::{self, State};
use crate::versions::Versions;
use crate::{Batch, Disk, Options, RealDisk, Seq, StoreError, Usage, View};

/// Whether the store takes commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Yes.
    Writable,
    /// Not now: the disk is full. The next commit tries again.
    ReadOnly {
        /// For people: what happened.
        reason: String,
    },
    /// No more until it is opened again: a write or sync failed.
    Poisoned {
        /// For people: what happened.
        reason: String,
    },
}

/// An ordered key-value store with one writer and any number of readers. Cheap to clone.
///
/// When the last clone is dropped, the state files are brought up to date, so that the next start is quick. Nothing is
/// lost if that does not happen.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Mutex<Writer>,
    health: Mutex<Health>,
    versions: Arc<Versions>,
    wake: Arc<Wake>,
    /// None for a store in memory.
    disk: Option<Arc<dyn Disk>>,
    state: Option<Arc<State>>,
    feeder: Option<JoinHandle<()>>,
    /// None for a store in memory.
    keeper: Option<Arc<Keeper>>,
    keeper_thread: Option<JoinHandle<()>>,
    options: Options,
    recovery: Recovery,
    /// Held as long as the store is open.
    _lock: Option<Arc<FolderLock>>,
}

struct Writer {
    /// None for a store in memory.
    journal: Option<Journal>,
}

impl Store {
    /// A store that lives and dies with the process.
    pub fn memory() -> Self {
        let wake = Arc::new(Wake::default());
        Self {
            inner: Arc::new(Inner {
                writer: Mutex::new(Writer { journal: None }),
                health: Mutex::new(Health::Writable),
                versions: Arc::new(Versions::new(Version::empty(0, wake.clone()))),
                wake,
                disk: None,
                state: None,
                feeder: None,
                keeper: None,
                keeper_thread: None,
                options: Options::default(),
                recovery: Recovery::default(),
                _lock: None,
            }),
        }
    }

    /// Opens the store in a folder, or makes one there. Mends what an unexpected stop left behind: see [`Store::recovery`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it, or whatever makes it unsafe to go on.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_folder(folder, Options::default())
    }

    /// As [`Store::open`], with other sizes and times.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_folder(folder: &Path, options: Options) -> Result<Self, StoreError> {
        let name = folder.display().to_string();
        fs::create_dir_all(folder).map_err(StoreError::io("create", &name))?;
        if let Some(parent) = folder.canonicalize().map_err(StoreError::io("find", &name))?.parent() {
            // So that the folder itself outlasts a power cut; a parent that we may not open is somebody else's matter.
            let _ = File::open(parent).and_then(|parent| parent.sync_all());
        }
        let lock = FolderLock::take(folder)?;
        let options = Options {
            state_folder: Some(folder.join("state")),
            ..options
        };
        let pin = Some(folder.join(PIN));
        Self::open_locked(Arc::new(RealDisk::new(folder)), options, Some(Arc::new(lock)), pin)
    }

    /// Opens a store whose journal lies on the given disk. The caller sees to it that nobody else has it open.
    ///
    /// # Errors
    /// As [`Store::open`], but for the lock.
    pub fn open_with(disk: impl Disk, options: Options) -> Result<Self, StoreError> {
        Self::open_locked(Arc::new(disk), options, None, None)
    }

    /// `pin` is the file that is locked by whoever copies the journal.
    pub(crate) fn open_locked(
        disk: Arc<dyn Disk>,
        options: Options,
        lock: Option<Arc<FolderLock>>,
        pin: Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        let wake = Arc::new(Wake::default());
        let recovered = recovery::recover(&disk, &options, &wake, lock.clone())?;
        wake.tell(|news| (news.fed, news.checkpointed) = (recovered.fed, recovered.checkpointed));
        let versions = Arc::new(Versions::new(recovered.version));
        let feeder = recovered.state.as_ref().map(|state| Feeder {
            versions: versions.clone(),
            wake: wake.clone(),
            state: state.clone(),
            disk: disk.clone(),
            folder: recovered.journal.folder(),
            options: options.clone(),
        });
        let feeder = feeder
            .map(|feeder| start("store-feeder", move || feeder.run()))
            .transpose()?;
        let fed = recovered.state.as_ref().map(|_| wake.clone());
        let folder = recovered.journal.folder();
        let keeper = Arc::new(Keeper::new(disk.clone(), folder, pin, fed, &options));
        let kept = keeper.clone();
        let keeper_thread =
            start("store-keeper", move || kept.run()).inspect_err(|_| wake.tell(|news| news.closing = true))?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Mutex::new(Writer {
                    journal: Some(recovered.journal),
                }),
                health: Mutex::new(Health::Writable),
                versions,
                wake,
                disk: Some(disk),
                state: recovered.state,
                feeder,
                keeper: Some(keeper),
                keeper_thread: Some(keeper_thread),
                options,
                recovery: recovered.report,
                _lock: lock,
            }),
        })
    }

    /// The rows as of now.
    pub fn view(&self) -> View {
        View::new(self.inner.versions.newest(), self.inner.state.clone())
    }

    /// Makes a batch durable, then visible, and returns its number. `time_ms` is the wall clock in milliseconds since 1970.
    ///
    /// Commits are taken one at a time, each with one sync; whoever has many changes to save at once puts them in one
    /// batch. An empty batch changes nothing and returns the number of the last commit.
    ///
    /// # Errors
    /// After [`StoreError::TooLarge`] and [`StoreError::DiskFull`] nothing has changed. After [`StoreError::Poisoned`] it
    /// is unknown whether this batch will be there when the store is opened again.
    pub fn commit(&self, batch: Batch, time_ms: i64) -> Result<Seq, StoreError> {
        record::check(&batch)?;
        let inner = &*self.inner;
        let mut writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Health::Poisoned { reason } = self.health() {
            return Err(StoreError::Poisoned { reason });
        }
        if batch.is_empty() {
            return Ok(inner.versions.newest().seq);
        }
        inner.wait_for_room()?;
        let seq = match &mut writer.journal {
            None => inner.versions.newest().seq + 1,
            Some(journal) => {
                let segment = journal.segment();
                let appended = journal.append(&batch, time_ms);
                inner.note_health(appended.as_ref().err());
                if journal.segment() != segment
                    && let Some(keeper) = &inner.keeper
                {
                    keeper.segment_closed();
                }
                appended.map_err(refused)?
            }
        };
        let version = inner
            .versions
            .advance(|newest| newest.with(seq, &batch, inner.state.is_none()));
        if version.active_bytes > inner.options.overlay_bytes / 2 && inner.state.is_some() {
            inner.wake.ask_to_hurry(&mut inner.wake.news());
        }
        Ok(seq)
    }

    /// Whether commits are taken.
    pub fn health(&self) -> Health {
        let (failed, low_space) = {
            let news = self.inner.wake.news();
            (news.failed.clone(), news.low_space)
        };
        match failed.or_else(|| self.inner.state.as_ref()?.fault()) {
            Some(reason) => Health::Poisoned { reason },
            None if low_space => Health::ReadOnly {
                reason: StoreError::DiskFull.to_string(),
            },
            None => self.inner.health.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// What was mended when the store was opened; worth a line in the log.
    pub fn recovery(&self) -> &Recovery {
        &self.inner.recovery
    }

    /// The commits after number `after`, oldest first, up to the newest one now: for projections that follow the store.
    /// None for a store in memory, which keeps no journal.
    ///
    /// # Errors
    /// If the journal cannot be read, or no longer reaches back that far.
    pub fn history(&self, after: Seq) -> Result<Option<History>, StoreError> {
        let tip = self.inner.versions.newest().seq;
        self.inner
            .disk
            .clone()
            .map(|disk| History::new(disk, after, tip))
            .transpose()
    }

    /// Closes the present segment of the journal, makes a snapshot up to there, and removes what two snapshots have passed.
    /// Commits go on meanwhile. Snapshots come by themselves; this is for those who want one now.
    ///
    /// Returns the last record in the newest snapshot; none if there is nothing to make one of, as in memory.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], or whatever is wrong with the journal or the disk. The store can be used as before.
    pub fn snapshot(&self) -> Result<Option<Seq>, StoreError> {
        let inner = &*self.inner;
        let Some(keeper) = &inner.keeper else { return Ok(None) };
        {
            let mut writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
            if let Health::Poisoned { reason } = self.health() {
                return Err(StoreError::Poisoned { reason });
            }
            if let Some(journal) = &mut writer.journal {
                journal.begin_segment().map_err(|error| {
                    inner.note_health(Some(&error));
                    refused(error)
                })?;
            }
        }
        let tip = inner.versions.newest().seq;
        if inner.state.is_some() {
            // So that the state files do not need what is to be let go. If they cannot follow, it is let go later.
            let _ = inner.wait_until(|news| {
                news.checkpoint_wanted = news.checkpointed < tip;
                !news.checkpoint_wanted
            });
        }
        keeper.keep(true)?;
        keeper.newest()
    }

    /// Names the first record that a follower of [`Store::history`] still needs, or none; what is behind stays in the
    /// journal. To be named in [`Options::keep_from`] when the store is opened.
    pub fn keep_from(&self, seq: Option<Seq>) {
        if let Some(keeper) = &self.inner.keeper {
            keeper.set_keep_from(seq);
        }
    }

    /// How much room the store takes on the disk; all zero for a store in memory.
    ///
    /// # Errors
    /// If the operating system does not tell.
    pub fn usage(&self) -> Result<Usage, StoreError> {
        let Some(disk) = &self.inner.disk else {
            return Ok(Usage::default());
        };
        Ok(Usage {
            snapshot_problem: self.inner.keeper.as_ref().and_then(|keeper| keeper.problem()),
            ..Usage::measure(&**disk, self.inner.options.state_folder.as_deref())?
        })
    }

    /// Returns when the state files hold everything that is committed now; for measurements, and before copying the folder.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] if the state files failed, [`StoreError::DiskFull`] if there is no room for them.
    pub fn catch_up(&self) -> Result<(), StoreError> {
        if self.inner.state.is_none() {
            return Ok(());
        }
        let tip = self.inner.versions.newest().seq;
        self.inner.wait_until(|news| news.fed >= tip)
    }
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(StoreError::io("start the thread", name))
}

impl Inner {
    /// Lets the feeder get ahead if it has fallen too far behind.
    fn wait_for_room(&self) -> Result<(), StoreError> {
        if self.state.is_none() {
            return Ok(());
        }
        if self.wake.news().low_space {
            if self.is_space_low() {
                return Err(StoreError::DiskFull);
            }
            self.wake.tell(|news| news.low_space = false);
        }
        let limit = self.options.overlay_bytes;
        if self.versions.newest().active_bytes <= limit {
            return Ok(());
        }
        self.wait_until(|_| self.versions.newest().active_bytes <= limit)
    }

    fn is_space_low(&self) -> bool {
        self.disk
            .as_ref()
            .is_some_and(|disk| disk.available().is_ok_and(|free| free < self.options.reserve_bytes))
    }

    /// Waits for the feeder, asking it to hurry.
    fn wait_until(&self, reached: impl Fn(&mut News) -> bool) -> Result<(), StoreError> {
        loop {
            let mut news = self.wake.news();
            if let Some(reason) = &news.failed {
                return Err(StoreError::Poisoned { reason: reason.clone() });
            }
            if reached(&mut news) {
                return Ok(());
            }
            if news.low_space {
                return Err(StoreError::DiskFull);
            }
            self.wake.ask_to_hurry(&mut news);
            drop(self.wake.wait(news, Duration::from_millis(50)));
        }
    }

    /// Remembers how the last append went.
    fn note_health(&self, failed: Option<&AppendError>) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        *health = match failed {
            None => Health::Writable,
            Some(AppendError::Full) => Health::ReadOnly {
                reason: StoreError::DiskFull.to_string(),
            },
            Some(AppendError::Failed(reason)) => Health::Poisoned { reason: reason.clone() },
        };
    }
}

fn refused(error: AppendError) -> StoreError {
    match error {
        AppendError::Full => StoreError::DiskFull,
        AppendError::Failed(reason) => StoreError::Poisoned { reason },
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(keeper) = &self.keeper {
            keeper.close();
        }
        if let Some(thread) = self.keeper_thread.take() {
            let _ = thread.join();
        }
        self.wake.tell(|news| news.closing = true);
        if let Some(feeder) = self.feeder.take() {
            // A panic in it has been reported as a failure.
            let _ = feeder.join();
        }
        let version = self.versions.newest();
        let news = self.wake.news();
        let complete = news.failed.is_none() && news.fed == version.seq;
        drop(news);
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let (Some(state), Some(journal), true) = (self.state.take(), &writer.journal, complete) {
            let (folder, boot) = (journal.folder(), self.options.boot_id.clone());
            // If it fails, the next start has a little more to do.
            let _ = state::close(state, folder, version.seq, boot);
        }
    }
}
