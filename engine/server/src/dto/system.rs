//! How the server does.

use kapok::{
    BackupStatus, Health,
    operate::{OutboxCounts, Overview},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// How the server does, in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemView {
    /// `writable`, `read-only` or `failed`.
    health: &'static str,
    /// Why it is not writable.
    reason: Option<Text>,
    commits: u64,
    /// Commands that wait for the writer.
    queue: usize,
    /// Since the server was started.
    cases_started: u64,
    cases_finished: u64,
    overdue_timers: usize,
    outbox: OutboxView,
    disk: Option<Disk>,
    /// How scheduled backups stand; `null` when none are set up.
    backup: Option<BackupView>,
}

/// Messages by where they are.
#[derive(Debug, Serialize, ToSchema)]
struct OutboxView {
    waiting: usize,
    leased: usize,
    sent: usize,
    failed: usize,
    unknown: usize,
}

/// What the data takes of the disk, in bytes.
#[derive(Debug, Serialize, ToSchema)]
struct Disk {
    journal: u64,
    snapshots: u64,
    state: u64,
    /// The search index.
    index: u64,
    free: u64,
    /// The number of the last commit in the newest snapshot; `null` when there is none yet.
    newest_snapshot: Option<u64>,
    /// Why no further snapshot can be made, if so.
    snapshot_problem: Option<Text>,
    /// In how many days it will be full, as it grows now; `null` when that cannot be said.
    days_left: Option<f64>,
}

/// How scheduled backups stand.
#[derive(Debug, Serialize, ToSchema)]
struct BackupView {
    /// When the newest was made.
    last: Option<String>,
    folder: Option<String>,
    next: Option<String>,
    /// When the last attempt failed, if it did.
    failed_at: Option<String>,
    reason: Option<Text>,
}

impl From<Overview> for SystemView {
    fn from(overview: Overview) -> Self {
        let reason = health_text(&overview.health);
        let health = match overview.health {
            Health::Writable => "writable",
            Health::ReadOnly { .. } => "read-only",
            Health::Poisoned { .. } => "failed",
        };
        let (days_left, index) = (overview.days_left, overview.index);
        Self {
            health,
            reason,
            commits: overview.commits,
            queue: overview.queue,
            cases_started: overview.cases_started,
            cases_finished: overview.cases_finished,
            overdue_timers: overview.overdue_timers,
            outbox: overview.outbox.into(),
            disk: overview.usage.map(|usage| Disk {
                journal: usage.journal,
                snapshots: usage.snapshots,
                state: usage.state,
                index,
                free: usage.available,
                newest_snapshot: usage.newest_snapshot,
                snapshot_problem: usage.snapshot_problem.map(|problem| Text {
                    zh: problem.zh,
                    en: problem.en,
                }),
                days_left,
            }),
            backup: overview.backup.map(BackupView::from),
        }
    }
}

impl From<OutboxCounts> for OutboxView {
    fn from(counts: OutboxCounts) -> Self {
        let OutboxCounts {
            waiting,
            leased,
            sent,
            failed,
            unknown,
        } = counts;
        Self {
            waiting,
            leased,
            sent,
            failed,
            unknown,
        }
    }
}

impl From<BackupStatus> for BackupView {
    fn from(status: BackupStatus) -> Self {
        let (failed_at, reason) = status.failed.unzip();
        Self {
            last: status.last.map(|at| at.to_string()),
            folder: status.folder.map(|folder| folder.display().to_string()),
            next: status.next.map(|at| at.to_string()),
            failed_at: failed_at.map(|at| at.to_string()),
            reason: reason.map(Text::from),
        }
    }
}

/// Why nothing can be saved, and what to do.
pub(crate) fn health_text(health: &Health) -> Option<Text> {
    let (zh, en) = match health {
        Health::Writable => return None,
        Health::ReadOnly { reason } => (
            "磁盘已满，只能查看，不能保存；腾出空间后会自动恢复。".to_owned(),
            format!("Nothing can be saved: {reason}."),
        ),
        Health::Poisoned { reason } => (
            format!("写盘失败（{reason}），已停止保存；请检查磁盘后重新启动。"),
            format!("Saving was stopped because the disk failed ({reason}); check the disk, then start again."),
        ),
    };
    Some(Text { zh, en })
}
