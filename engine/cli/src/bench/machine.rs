//! What the machine can do by itself: the limits beside the figures.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use kapok::store::{Batch, Store};

use super::{
    Failure,
    clients::{self, Goal},
    counts::Each,
};

/// The size of a row when sled is measured, and how many are handed over at once: so many that their one sync is nothing.
const ROW: usize = 100;
const ROWS: usize = 2_560;
/// The size of the file that is written to, over and over.
const LOG: u64 = 8 << 20;
/// Rows are written at the ends of so many ranges, as a case's rows are.
const RANGES: u64 = 6;

/// The limits, measured when they are first asked for.
pub(super) struct Machine {
    folder: PathBuf,
    patience: Duration,
    appends: BTreeMap<(usize, usize), f64>,
    rows: Option<f64>,
}

impl Machine {
    pub(super) fn new(folder: PathBuf, patience: Duration) -> Self {
        Self {
            folder,
            patience,
            appends: BTreeMap::new(),
            rows: None,
        }
    }

    /// How many commits a second there could be if appending to the journal and feeding the state files were all there is to
    /// do, and which of the two it is that ends it.
    pub(super) fn commits(&mut self, each: &Each, clients: usize) -> Result<(f64, String), Failure> {
        let bytes = each.journal.round() as usize;
        let appends = self.appends(bytes, clients)?;
        let fed = self.rows()? / each.changes.max(1.0);
        Ok(if fed < appends {
            (fed, format!("the state files, at {:.1} row changes each", each.changes))
        } else if clients == 1 {
            (appends, format!("writes of {bytes} bytes, each synced"))
        } else {
            (appends, format!("writes of {bytes} bytes that share syncs"))
        })
    }

    /// How often a second `writers` threads can write so many bytes each to one file and have them on the disk, when those
    /// who wait share a sync. The file has its size already, which is the quickest for a disk.
    pub(super) fn appends(&mut self, bytes: usize, writers: usize) -> Result<f64, Failure> {
        if let Some(known) = self.appends.get(&(bytes, writers)) {
            return Ok(*known);
        }
        let measured = self.measure(|folder, time| {
            let log = Log::create(&folder.join("log"))?;
            let record = vec![7; bytes.max(1)];
            let begin = Instant::now();
            let done = clients::run(writers, Goal::time(time), |_, _| log.append(&record))?;
            Ok(done.len() as f64 / begin.elapsed().as_secs_f64())
        })?;
        self.appends.insert((bytes, writers), measured);
        Ok(measured)
    }

    /// How many rows a second the state files take, when they come in large commits.
    pub(super) fn rows(&mut self) -> Result<f64, Failure> {
        if let Some(known) = self.rows {
            return Ok(known);
        }
        let measured = self.measure(|folder, time| {
            let store = Store::open(&folder.join("rows"))?;
            let begin = Instant::now();
            let mut number = 0_u64;
            while begin.elapsed() < time {
                let mut batch = Batch::new();
                for _ in 0..ROWS {
                    let range = number % RANGES;
                    batch.put([&range.to_be_bytes()[..], &number.to_be_bytes()].concat(), [7; ROW]);
                    number += 1;
                }
                store.commit(batch, 0)?;
            }
            store.catch_up()?;
            Ok(number as f64 / begin.elapsed().as_secs_f64())
        })?;
        self.rows = Some(measured);
        Ok(measured)
    }

    fn measure(&self, measure: impl FnOnce(&Path, Duration) -> Result<f64, Failure>) -> Result<f64, Failure> {
        fs::create_dir_all(&self.folder)?;
        let measured = measure(&self.folder, self.patience);
        fs::remove_dir_all(&self.folder)?;
        measured
    }
}

/// A file that is written to from its beginning to its end. Whoever finds it free writes what all have brought, and syncs once for them.
struct Log {
    state: Mutex<State>,
    written: Condvar,
}

struct State {
    /// Taken by whoever writes.
    file: Option<File>,
    waiting: Vec<u8>,
    end: u64,
    /// How many appends were asked for, and how many of them are on the disk.
    asked: u64,
    done: u64,
}

impl Log {
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path)?;
        file.write_all_at(&vec![0; LOG as usize], 0)?;
        file.sync_all()?;
        let state = State {
            file: Some(file),
            waiting: Vec::new(),
            end: 0,
            asked: 0,
            done: 0,
        };
        Ok(Self {
            state: Mutex::new(state),
            written: Condvar::new(),
        })
    }

    fn append(&self, record: &[u8]) -> Result<(), Failure> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.extend_from_slice(record);
        state.asked += 1;
        let mine = state.asked;
        while state.done < mine {
            let Some(file) = state.file.take() else {
                state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (bytes, all) = (std::mem::take(&mut state.waiting), state.asked);
            let begin = state.end;
            state.end = (begin + bytes.len() as u64) % LOG;
            drop(state);
            let written = file.write_all_at(&bytes, begin).and_then(|()| file.sync_data());
            state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.file = Some(file);
            // After a failure all fail: nobody else would write their bytes again.
            state.done = all;
            self.written.notify_all();
            written?;
        }
        Ok(())
    }
}
