//! The thread that looks after an engine while it runs: backups, and the disk.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use kapok_protocol::{Text, Timestamp};
use kapok_store::{Health, Usage};

use super::disk::Forecast;
use crate::{
    Error,
    backup::{BackupSettings, Backups},
    bell::Bell,
    shared::Shared,
    writer::Writer,
};

/// The longest it sleeps: a wall clock may jump.
const LONGEST: Duration = Duration::from_secs(1);
/// The disk is measured once in so many milliseconds.
const MEASURED_EVERY: i64 = 60_000;
/// The administrators are told of a disk that fills up once in so many milliseconds.
const TOLD_EVERY: i64 = 24 * 3_600_000;
/// With fewer days left they are told.
const FEW_DAYS: f64 = 7.0;
/// So much is kept to be told while nothing can be saved.
const UNTOLD: usize = 16;

/// What looking after an engine needs to know of it.
#[derive(Debug, Default)]
pub(crate) struct Operating {
    /// The data folder; none for an engine in memory.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) backups: Backups,
    pub(crate) bell: Bell,
    pub(crate) counted: Counted,
    watched: Mutex<Watched>,
}

/// What has happened since the engine was started.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) started: AtomicU64,
    pub(crate) finished: AtomicU64,
}

impl Counted {
    pub(crate) fn add(&self, started: u64, finished: u64) {
        self.started.fetch_add(started, Ordering::Relaxed);
        self.finished.fetch_add(finished, Ordering::Relaxed);
    }
}

/// What was seen of the disk.
#[derive(Debug, Default)]
struct Watched {
    usage: Option<Usage>,
    measured: Option<Timestamp>,
    forecast: Forecast,
    days_left: Option<f64>,
    told: Option<Timestamp>,
    read_only_since: Option<Timestamp>,
    untold: Vec<Text>,
}

impl Operating {
    pub(crate) fn new(folder: Option<PathBuf>, backup: Option<BackupSettings>) -> Self {
        Self {
            folder,
            backups: Backups::new(backup),
            ..Self::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What the disk was like when it was measured last, and in how many days it will be full.
    pub(super) fn disk(&self) -> (Option<Usage>, Option<f64>) {
        let watched = self.lock();
        (watched.usage.clone(), watched.days_left)
    }
}

/// Starts the thread; none when the clock is moved by hand, or nothing is kept.
pub(crate) fn start(shared: &Arc<Shared>, writer: &Writer) -> Result<Option<JoinHandle<()>>, Error> {
    if !shared.clock.runs() || shared.operating.folder.is_none() {
        return Ok(None);
    }
    let (shared, writer) = (shared.clone(), writer.clone());
    let thread = thread::Builder::new().name("kapok-keeper".into()).spawn(move || {
        loop {
            let heard = shared.operating.bell.heard();
            attend(&shared, &writer, shared.clock.now());
            if !shared.operating.bell.wait(heard, LONGEST) {
                return;
            }
        }
    });
    let thread = thread.map_err(|error| Error::Data(format!("the thread kapok-keeper cannot be started: {error}")))?;
    Ok(Some(thread))
}

/// Does what is due now.
pub(crate) fn attend(shared: &Shared, writer: &Writer, now: Timestamp) {
    let operating = &shared.operating;
    let Some(folder) = &operating.folder else { return };
    let mut texts = watch(shared, now);
    texts.extend(operating.backups.attend(shared, folder, now));
    let mut untold = std::mem::take(&mut operating.lock().untold);
    untold.extend(texts);
    let mut left = untold.into_iter();
    while let Some(text) = left.next() {
        let page = text.clone();
        let told = writer.submit(move |step| step.page_administrators(&page, None)).wait();
        if told.is_err() {
            // A disk that is full takes no page either; it is told when there is room again.
            let mut watched = operating.lock();
            watched.untold = std::iter::once(text).chain(left).take(UNTOLD).collect();
            return;
        }
    }
}

/// Looks at the disk, when it is time to; what the administrators should know.
fn watch(shared: &Shared, now: Timestamp) -> Vec<Text> {
    let health = shared.store.health();
    let mut watched = shared.operating.lock();
    let mut texts: Vec<_> = watched.see_health(&health, now).into_iter().collect();
    let waited = watched.measured.map(|measured| now.millis() - measured.millis());
    if waited.is_some_and(|waited| (0..MEASURED_EVERY).contains(&waited)) {
        return texts;
    }
    match shared.store.usage() {
        Ok(usage) => {
            if let Some(problem) = &usage.snapshot_problem {
                tracing::error!("no snapshot can be made: {}", problem.en);
            }
            texts.extend(watched.see_usage(usage, now));
        }
        Err(error) => tracing::error!(%error, "the disk cannot be measured"),
    }
    texts
}

impl Watched {
    /// Tells when it could not be saved for a while.
    fn see_health(&mut self, health: &Health, now: Timestamp) -> Option<Text> {
        match (health, self.read_only_since) {
            (Health::ReadOnly { reason }, None) => {
                tracing::error!("nothing can be saved: {reason}");
                self.read_only_since = Some(now);
                Some(Text::new(
                    format!("自 {now} 起磁盘已满，系统只能查看、不能保存。请尽快腾出磁盘空间。"),
                    format!(
                        "Since {now} the disk is full: the system could be read, and nothing saved. Free some space."
                    ),
                ))
            }
            (Health::Writable, Some(_)) => {
                self.read_only_since = None;
                None
            }
            _ => None,
        }
    }

    fn see_usage(&mut self, usage: Usage, now: Timestamp) -> Option<Text> {
        let free = usage.available;
        self.measured = Some(now);
        self.usage = Some(usage);
        self.forecast.note(now, free);
        self.days_left = self.forecast.days_left(now, free);
        let days = self.days_left.filter(|days| *days < FEW_DAYS)?;
        let lately = self.told.map(|told| now.millis() - told.millis());
        if lately.is_some_and(|lately| (0..TOLD_EVERY).contains(&lately)) {
            return None;
        }
        self.told = Some(now);
        let gib = free as f64 / f64::from(1 << 30);
        Some(Text::new(
            format!("数据所在磁盘还剩 {gib:.1} GiB，照目前的增长约 {days:.1} 天后用尽。请腾出空间或扩大磁盘。"),
            format!(
                "The disk of the data has {gib:.1} GiB left and will be full in about {days:.1} days, as it grows now. \
                 Free some space or make it larger."
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_millis(1_795_420_800_000 + hours * 3_600_000)
    }

    #[test]
    fn a_disk_that_fills_up_is_told_once_a_day() {
        let mut watched = Watched::default();
        let told = |hour: i64, free: u64, watched: &mut Watched| {
            let usage = Usage {
                available: free << 30,
                ..Usage::default()
            };
            watched.see_usage(usage, hours(hour)).map(|text| text.en)
        };
        assert_eq!(told(0, 100, &mut watched), None);
        // Ten days.
        assert_eq!(told(12, 95, &mut watched), None);
        let text = told(24, 85, &mut watched).expect("5.7 days");
        assert!(text.contains("85.0 GiB") && text.contains("5.7 days"), "{text}");
        assert_eq!(told(47, 70, &mut watched), None, "once a day");
        assert!(told(48, 70, &mut watched).is_some());
        assert_eq!(told(80, 400, &mut watched), None, "somebody made room");
    }

    #[test]
    fn a_full_disk_is_told_once() {
        let mut watched = Watched::default();
        let full = Health::ReadOnly { reason: "full".into() };
        assert!(watched.see_health(&Health::Writable, hours(0)).is_none());
        assert!(watched.see_health(&full, hours(1)).is_some());
        assert!(watched.see_health(&full, hours(2)).is_none());
        assert!(watched.see_health(&Health::Writable, hours(3)).is_none());
        assert!(watched.see_health(&full, hours(4)).is_some());
    }
}
