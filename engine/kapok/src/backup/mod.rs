//! Backups that are made by themselves, once a day.
//!
//! What there is to know lies in the folder they go to, so a restart needs no special road: the names say when the last
//! one was made. One that fails is tried again every hour, and the administrators are told.

mod place;
mod schedule;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use kapok_protocol::{Text, Timestamp};

use crate::shared::Shared;
use place::Place;
use schedule::{Due, Earlier, due};

pub use schedule::DailyTime;

/// The administrators are told of failures once in so many milliseconds.
const TOLD_EVERY: i64 = 24 * 3_600_000;

/// How backups are made by themselves.
#[derive(Debug, Clone)]
pub struct BackupSettings {
    /// When, in company time.
    pub at: DailyTime,
    /// How many are kept.
    pub keep: usize,
    /// The folder they go to.
    pub to: PathBuf,
    /// The configuration file, which is copied with the data.
    pub configuration: Option<PathBuf>,
}

/// How backups stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupStatus {
    /// When the newest was made.
    pub last: Option<Timestamp>,
    /// Its folder.
    pub folder: Option<PathBuf>,
    /// When the next one is made.
    pub next: Option<Timestamp>,
    /// When the last attempt failed, and why; none when it did not.
    pub failed: Option<(Timestamp, Text)>,
}

/// The backups of one engine.
#[derive(Debug, Default)]
pub(crate) struct Backups {
    settings: Option<BackupSettings>,
    status: Mutex<BackupStatus>,
    told: Mutex<Option<Timestamp>>,
}

impl Backups {
    pub(crate) fn new(settings: Option<BackupSettings>) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// How they stand; `None` when none are made by themselves.
    pub(crate) fn status(&self) -> Option<BackupStatus> {
        self.settings.as_ref().map(|_| self.lock().clone())
    }

    fn lock(&self) -> MutexGuard<'_, BackupStatus> {
        self.status.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Makes a backup of a data folder if one is due. Answers what the administrators should know.
    pub(crate) fn attend(&self, shared: &Shared, data: &Path, now: Timestamp) -> Vec<Text> {
        let ahead = shared.settings.utc_offset_minutes;
        self.settings
            .as_ref()
            .map(|settings| self.attend_to(settings, ahead, data, now))
            .unwrap_or_default()
    }

    fn attend_to(&self, settings: &BackupSettings, ahead: i32, data: &Path, now: Timestamp) -> Vec<Text> {
        let place = Place {
            to: &settings.to,
            ahead,
        };
        // Not before it can be due again: the folder may be on a disk that sleeps.
        if self
            .lock()
            .next
            .is_some_and(|next| now < next && next.millis() - now.millis() <= TOLD_EVERY)
        {
            return Vec::new();
        }
        let mut told = Vec::new();
        let attempt = place.own().and_then(|kept| {
            let newest = kept.last();
            let failed = self.lock().failed.as_ref().map(|(at, _)| *at);
            let last = newest.map(|kept| kept.at);
            match due(now, settings.at, ahead, Earlier { last, failed }) {
                Due::At(next) => {
                    let mut status = self.lock();
                    (status.last, status.next) = (last, Some(next));
                    status.folder = newest.map(|kept| kept.folder.clone());
                    Ok(())
                }
                Due::Now { missed_since } => {
                    told.extend(missed_since.map(|since| missed(since, ahead)));
                    let (folder, made) = place.make(data, settings.configuration.as_deref(), now)?;
                    tracing::info!("a backup up to commit {} is in {}", made.last, folder.display());
                    *self.lock() = BackupStatus {
                        last: Some(now),
                        folder: Some(folder),
                        next: None,
                        failed: None,
                    };
                    place.thin(settings.keep)
                }
            }
        });
        if let Err(reason) = attempt {
            told.extend(self.fail(reason, now));
        }
        told
    }

    /// Notes that an attempt came to nothing; what to tell, when it was not told lately.
    fn fail(&self, reason: Text, now: Timestamp) -> Option<Text> {
        tracing::error!("the backup failed: {}", reason.en);
        let text = failed(&reason);
        {
            let mut status = self.lock();
            status.failed = Some((now, reason));
            status.next = Some(now.plus_millis(schedule::AGAIN));
        }
        let mut told = self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let lately = told.is_some_and(|told| (0..TOLD_EVERY).contains(&(now.millis() - told.millis())));
        (!lately).then(|| {
            *told = Some(now);
            text
        })
    }
}

fn failed(reason: &Text) -> Text {
    Text::new(
        format!(
            "定时备份失败：{}每小时会重试一次。请检查配置文件 [backup] 中的目录及其磁盘。",
            reason.zh
        ),
        format!(
            "The scheduled backup failed: {} It is tried again every hour. Look at the folder named in [backup] of the \
             configuration file, and its disk.",
            reason.en
        ),
    )
}

fn missed(since: Timestamp, ahead: i32) -> Text {
    let since = since.plus_millis(i64::from(ahead) * 60_000).to_utc();
    let since = since.format("%Y-%m-%d %H:%M");
    Text::new(
        format!("自 {since} 起一直没有定时备份，因为系统没有运行。现在补做一次。"),
        format!("Since {since} no scheduled backup was made, because the system was not running. One is made now."),
    )
}
