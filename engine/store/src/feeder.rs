//! The thread that brings committed changes to the state files, behind everybody's back.
//!
//! It sets the changes so far apart ("freezes" them), which leaves one last value per key, waits until nobody holds an
//! older version, since such a reader would see the files change under it, and then writes them. A version that is
//! still held after the patience of the options is marked as expired first.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::header::FolderId;
use crate::overlay::Version;
use crate::state::State;
use crate::state::checkpoint::Checkpoint;
use crate::versions::Versions;
use crate::{Disk, Options, Seq, StoreError};

/// How often the room on the disk is looked at, at least.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// What the feeder, the writer and dropped versions tell each other.
#[derive(Default)]
pub(crate) struct Wake {
    news: Mutex<News>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct News {
    /// Do not wait for the next turn.
    pub hurry: bool,
    /// Write what there is, then end.
    pub closing: bool,
    /// Too little space to write the state files; nothing is fed until there is more.
    pub low_space: bool,
    /// The state files hold everything up to here.
    pub fed: Seq,
    /// And up to here a checkpoint vouches for them.
    pub checkpointed: Seq,
    /// Write a checkpoint at the next turn.
    pub checkpoint_wanted: bool,
    /// Why the feeder has ended before its time.
    pub failed: Option<String>,
}

impl Wake {
    pub(crate) fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut News)) {
        change(&mut self.news());
        self.changed.notify_all();
    }

    pub(crate) fn notify(&self) {
        self.tell(|_| {});
    }

    pub(crate) fn ask_to_hurry(&self, news: &mut News) {
        if !news.hurry {
            news.hurry = true;
            self.changed.notify_all();
        }
    }

    /// The first record that a restart would read from the journal. When space is short that does not matter: then the
    /// state files are rather made anew from a snapshot than kept from letting go of the journal.
    pub(crate) fn replayed_from(&self) -> Seq {
        let news = self.news();
        if news.low_space {
            Seq::MAX
        } else {
            news.checkpointed + 1
        }
    }

    /// Waits until there is news, at most `limit`; whether it came to that.
    pub(crate) fn wait<'a>(&self, news: MutexGuard<'a, News>, limit: Duration) -> (MutexGuard<'a, News>, bool) {
        let (news, waited) = self
            .changed
            .wait_timeout(news, limit)
            .unwrap_or_else(PoisonError::into_inner);
        (news, waited.timed_out())
    }
}

/// All that the feeder works with.
pub(crate) struct Feeder {
    pub versions: Arc<Versions>,
    pub wake: Arc<Wake>,
    pub state: Arc<State>,
    pub disk: Arc<dyn Disk>,
    pub folder: FolderId,
    pub options: Options,
}

impl Feeder {
    /// Runs until it is told to close, or fails.
    pub(crate) fn run(self) {
        let run = panic::catch_unwind(AssertUnwindSafe(|| self.feed_until_closed()));
        let failed = match run {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the state files failed".into(),
        };
        self.wake.tell(|news| news.failed = Some(failed));
    }

    fn feed_until_closed(&self) -> Result<(), StoreError> {
        let mut checkpoint = Instant::now();
        loop {
            let closing = self.wait_for_turn();
            if self.has_space() {
                self.feed()?;
            }
            let (fed, due) = {
                let mut news = self.wake.news();
                let due = closing || news.checkpoint_wanted || checkpoint.elapsed() >= self.options.checkpoint_every;
                news.checkpoint_wanted = false;
                (news.fed, due && news.fed > news.checkpointed)
            };
            if due {
                self.checkpoint(fed)?;
                self.wake.tell(|news| news.checkpointed = fed);
                checkpoint = Instant::now();
            }
            if closing {
                return Ok(());
            }
        }
    }

    fn wait_for_turn(&self) -> bool {
        let turn = Instant::now() + self.options.feed_every;
        let mut news = self.wake.news();
        loop {
            let left = turn.saturating_duration_since(Instant::now());
            if news.hurry || news.closing || left.is_zero() {
                news.hurry = false;
                return news.closing;
            }
            let (woken, timeout) = self.wake.wait(news, left.min(WATCH_EVERY));
            news = woken;
            if timeout {
                drop(news);
                self.has_space();
                news = self.wake.news();
            }
        }
    }

    /// sled cannot go on after a write that found no room, so nothing is begun that might not fit.
    fn has_space(&self) -> bool {
        let low = self
            .disk
            .available()
            .is_ok_and(|bytes| bytes < self.options.reserve_bytes);
        if self.wake.news().low_space != low {
            self.wake.tell(|news| news.low_space = low);
        }
        !low
    }

    fn feed(&self) -> Result<(), StoreError> {
        if self.versions.newest().seq == self.wake.news().fed {
            return Ok(());
        }
        let frozen = self.versions.advance(Version::frozen);
        let Some(layer) = &frozen.feeding else { return Ok(()) };
        self.outwait_readers(frozen.seq);
        self.state.apply(layer, frozen.seq)?;
        self.versions.advance(Version::fed);
        self.wake.tell(|news| news.fed = frozen.seq);
        Ok(())
    }

    /// Returns when no version before `seq` can be read any more.
    fn outwait_readers(&self, seq: Seq) {
        let deadline = Instant::now() + self.options.view_patience;
        loop {
            let older: Vec<_> = self
                .versions
                .held()
                .into_iter()
                .filter(|version| version.seq < seq)
                .collect();
            let left = deadline.saturating_duration_since(Instant::now());
            if older.is_empty() {
                return;
            }
            if left.is_zero() {
                older.iter().for_each(|version| version.expire());
                return;
            }
            older.iter().for_each(|version| version.set_awaited());
            let watched: Vec<_> = older.iter().map(Arc::downgrade).collect();
            drop(older);
            // A version whose count is not yet 0 under this lock tells its end later, when we wait.
            let news = self.wake.news();
            if watched.iter().all(|version| version.strong_count() > 0) {
                drop(self.wake.wait(news, left));
            }
        }
    }

    fn checkpoint(&self, applied: Seq) -> Result<(), StoreError> {
        self.state.sync()?;
        if let Some(reason) = self.state.fault() {
            return Err(StoreError::State { reason });
        }
        let boot = self.options.boot_id.clone();
        Checkpoint {
            folder: self.folder,
            applied,
            synced: self.versions.newest().seq,
            boot,
            clean: false,
        }
        .write(self.state.folder())
        .map_err(StoreError::io(
            "write the checkpoint beside",
            self.state.folder().display().to_string(),
        ))
    }
}
