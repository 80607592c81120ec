//! Numbers as Prometheus reads them (text format 0.0.4).

use std::fmt::{Display, Write};

use kapok::{Health, operate::Overview};

/// The kind of text it is.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text.
pub(crate) fn text(overview: &Overview) -> String {
    let mut out = Metrics(String::new());
    let healthy = overview.health == Health::Writable;
    let read_only = matches!(overview.health, Health::ReadOnly { .. });
    out.one(
        "kapok_writable",
        "gauge",
        "Whether commands are taken.",
        u8::from(healthy),
    );
    out.one(
        "kapok_read_only",
        "gauge",
        "Whether the disk is full, so that only reading works.",
        u8::from(read_only),
    );
    out.one(
        "kapok_commits_total",
        "counter",
        "Commits ever made to this data.",
        overview.commits,
    );
    out.one(
        "kapok_queue",
        "gauge",
        "Commands that wait for the writer.",
        overview.queue,
    );
    out.one(
        "kapok_cases_started_total",
        "counter",
        "Cases started since the server was.",
        overview.cases_started,
    );
    out.one(
        "kapok_cases_finished_total",
        "counter",
        "Cases that ended since the server was started.",
        overview.cases_finished,
    );
    out.one(
        "kapok_overdue_timers",
        "gauge",
        "Timers that are due and have not fired, counted to 10000.",
        overview.overdue_timers,
    );
    let counts = &overview.outbox;
    out.many(
        "kapok_outbox",
        "Messages by where they are; sent, failed and unknown among the newest 5000.",
        "state",
        &[
            ("waiting", counts.waiting as u64),
            ("leased", counts.leased as u64),
            ("sent", counts.sent as u64),
            ("failed", counts.failed as u64),
            ("unknown", counts.unknown as u64),
        ],
    );
    disk(&mut out, overview);
    backup(&mut out, overview);
    out.0
}

fn disk(out: &mut Metrics, overview: &Overview) {
    let Some(usage) = &overview.usage else { return };
    out.many(
        "kapok_data_bytes",
        "What the data takes on the disk.",
        "part",
        &[
            ("journal", usage.journal),
            ("snapshots", usage.snapshots),
            ("state", usage.state),
            ("index", overview.index),
        ],
    );
    out.one(
        "kapok_disk_free_bytes",
        "gauge",
        "What is free on the disk of the data.",
        usage.available,
    );
    if let Some(days) = overview.days_left {
        out.one(
            "kapok_disk_full_days",
            "gauge",
            "In how many days the disk is full, as it grows now; absent when that cannot be said.",
            format!("{days:.2}"),
        );
    }
    out.one(
        "kapok_snapshot_failed",
        "gauge",
        "Whether the last attempt to make a snapshot failed, so that the journal grows.",
        u8::from(usage.snapshot_problem.is_some()),
    );
}

fn backup(out: &mut Metrics, overview: &Overview) {
    let Some(backup) = &overview.backup else { return };
    if let Some(last) = backup.last {
        out.one(
            "kapok_backup_last_timestamp_seconds",
            "gauge",
            "When the newest scheduled backup was made.",
            last.millis() / 1_000,
        );
    }
    out.one(
        "kapok_backup_failed",
        "gauge",
        "Whether the last attempt of a scheduled backup failed.",
        u8::from(backup.failed.is_some()),
    );
}

struct Metrics(String);

impl Metrics {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into memory cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn many(&mut self, name: &str, help: &str, label: &str, values: &[(&str, u64)]) {
        self.head(name, "gauge", help);
        for (part, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{part}\"}} {value}");
        }
    }
}
