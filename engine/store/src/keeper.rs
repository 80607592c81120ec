//! The thread that makes snapshots and lets go of what two of them have passed, behind everybody's back.

use std::fs::{File, TryLockError};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::feeder::Wake;
use crate::header::FolderId;
use crate::journal::segment;
use crate::snapshot::make::{self, Made};
use crate::usage::length;
use crate::{Disk, Options, Problem, Seq, StoreError, snapshot};

/// The file that is locked by whoever copies the journal, so that nothing of it is removed.
pub(crate) const PIN: &str = "journal.pin";

/// All that the keeper works with.
pub(crate) struct Keeper {
    disk: Arc<dyn Disk>,
    folder: FolderId,
    snapshot_bytes: u64,
    reserve_bytes: u64,
    /// For sorting what a snapshot is made of: as much as a segment has.
    memory: u64,
    /// None if nobody can copy beside the store.
    pin: Option<PathBuf>,
    /// Tells how far a checkpoint vouches for the state files; none if there are none.
    feeder: Option<Arc<Wake>>,
    /// Held while a snapshot is made or something is removed, with what may be removed: the last snapshot made that was
    /// made from another one.
    turn: Mutex<Option<Made>>,
    news: Mutex<News>,
    changed: Condvar,
}

struct News {
    /// A segment was closed since the keeper looked.
    segment_closed: bool,
    closing: bool,
    problem: Option<Problem>,
    keep_from: Option<Seq>,
}

impl Keeper {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        folder: FolderId,
        pin: Option<PathBuf>,
        feeder: Option<Arc<Wake>>,
        options: &Options,
    ) -> Self {
        Self {
            disk,
            folder,
            snapshot_bytes: options.snapshot_bytes,
            reserve_bytes: options.reserve_bytes,
            memory: options.segment_bytes,
            pin,
            feeder,
            turn: Mutex::new(None),
            news: Mutex::new(News {
                // What the last run left undone.
                segment_closed: true,
                closing: false,
                problem: None,
                keep_from: options.keep_from,
            }),
            changed: Condvar::new(),
        }
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the thread that there is one more closed segment.
    pub(crate) fn segment_closed(&self) {
        self.news().segment_closed = true;
        self.changed.notify_all();
    }

    /// Tells the thread to end. A snapshot in the making is given up.
    pub(crate) fn close(&self) {
        self.news().closing = true;
        self.changed.notify_all();
    }

    pub(crate) fn set_keep_from(&self, seq: Option<Seq>) {
        self.news().keep_from = seq;
    }

    /// Why the last snapshot was not made, if it was not.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.news().problem.clone()
    }

    /// Runs until it is told to close.
    pub(crate) fn run(&self) {
        loop {
            {
                let news = self.news();
                let mut news = self
                    .changed
                    .wait_while(news, |news| !news.segment_closed && !news.closing)
                    .unwrap_or_else(PoisonError::into_inner);
                if news.closing {
                    return;
                }
                news.segment_closed = false;
            }
            // What went wrong is noted; it is tried again when the next segment is closed.
            if panic::catch_unwind(AssertUnwindSafe(|| self.keep(false))).is_err() {
                self.news().problem = Some(Problem::new(
                    snapshot::FOLDER,
                    "生成快照时程序出错；数据没有丢失，请运行 kapok verify 检查数据目录",
                    "making a snapshot failed within the program; nothing is lost, check the folder with `kapok verify`",
                ));
            }
        }
    }

    /// Up to which record the newest snapshot goes.
    pub(crate) fn newest(&self) -> Result<Option<Seq>, StoreError> {
        Ok(snapshot::list(&*self.disk)?.last().copied())
    }

    /// Makes a snapshot of all closed segments if one is due or `wanted`, and removes what nobody needs any more.
    pub(crate) fn keep(&self, wanted: bool) -> Result<(), StoreError> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: Result<_, StoreError> = (|| {
            let (snapshot, journal) = self.sizes()?;
            let due = journal > 0 && (wanted || self.is_due(snapshot, journal));
            if due {
                self.check_room(snapshot, journal)?;
                let closing = || self.news().closing;
                if let Some(made) = make::make(&*self.disk, &self.folder, self.memory, &closing)? {
                    *turn = Some(made);
                }
            }
            self.prune(&mut turn)?;
            Ok(due)
        })();
        match &kept {
            Ok(true) => self.news().problem = None,
            // Nothing was tried that could have failed again.
            Ok(false) => {}
            Err(error) => self.news().problem = Some(error.into()),
        }
        kept.map(drop)
    }

    /// Whether the closed segments behind the newest snapshot are worth one. As they must grow with it, each row is
    /// written a bounded number of times, however many there are.
    fn is_due(&self, snapshot: u64, journal: u64) -> bool {
        journal > self.snapshot_bytes.max(snapshot / 2)
    }

    /// The bytes of the newest snapshot, and of the closed segments behind it.
    fn sizes(&self) -> Result<(u64, u64), StoreError> {
        let newest = snapshot::list(&*self.disk)?.last().copied();
        let snapshot = newest.map_or(Ok(0), |last| length(&*self.disk, &snapshot::name(last)))?;
        let closed = make::closed_behind(&*self.disk, newest.unwrap_or(0))?;
        let lengths = closed
            .into_iter()
            .map(|first| length(&*self.disk, &segment::name(first)));
        Ok((snapshot, lengths.sum::<Result<u64, _>>()?))
    }

    /// Commits need the room more than a snapshot does. Besides itself it needs room for the sorted changes.
    fn check_room(&self, snapshot: u64, journal: u64) -> Result<(), StoreError> {
        let needed = self.reserve_bytes.saturating_add(snapshot).saturating_add(journal * 2);
        let available = self.disk.available();
        if available.map_err(StoreError::io("measure", "the data folder"))? < needed {
            Err(StoreError::DiskFull)
        } else {
            Ok(())
        }
    }

    /// Removes what nobody needs any more: with a snapshot that was made from another, which was read whole for that,
    /// these two stay and the journal behind the older one.
    fn prune(&self, turn: &mut Option<Made>) -> Result<(), StoreError> {
        let Some(Made {
            last, base: Some(base), ..
        }) = *turn
        else {
            return Ok(());
        };
        let Some(_unpinned) = Unpinned::take(self.pin.as_deref())? else {
            return Ok(());
        };
        let disk = &*self.disk;
        for other in snapshot::list(disk)? {
            if other != last && other != base {
                remove(disk, &snapshot::name(other), snapshot::FOLDER)?;
            }
        }
        let needed = self.news().keep_from.unwrap_or(Seq::MAX).min(base + 1);
        let needed = needed.min(self.feeder.as_ref().map_or(Seq::MAX, |feeder| feeder.replayed_from()));
        let firsts = segment::list(disk)?;
        // A segment goes if the next one has all that is needed. The oldest goes first and for good, so that there is
        // never a gap.
        for pair in firsts.windows(2).filter(|pair| pair[1] <= needed) {
            remove(disk, &segment::name(pair[0]), segment::FOLDER)?;
        }
        // Otherwise there is more to remove later.
        if needed > base {
            *turn = None;
        }
        Ok(())
    }
}

fn remove(disk: &dyn Disk, name: &str, folder: &'static str) -> Result<(), StoreError> {
    disk.remove(name)
        .and_then(|()| disk.sync_dir(folder))
        .map_err(StoreError::io("remove", name))
}

/// The journal while nobody copies it. Whoever wants to begin waits until this is dropped.
struct Unpinned(Option<File>);

impl Unpinned {
    fn take(pin: Option<&Path>) -> Result<Option<Self>, StoreError> {
        let Some(path) = pin else { return Ok(Some(Self(None))) };
        let file = open_pin(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(Some(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::io("lock", path.display().to_string())(error)),
        }
    }
}

impl Drop for Unpinned {
    /// As for the folder's lock: a child process that is just being started has a copy of the file for a moment.
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// Opens the file that is locked, and makes it if need be. Locking it takes no right to write.
pub(crate) fn open_pin(path: &Path) -> Result<File, StoreError> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => File::options().create(true).append(true).open(path),
        other => other,
    }
    .map_err(StoreError::io("open", path.display().to_string()))
}
