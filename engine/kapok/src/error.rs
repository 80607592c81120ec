//! Why something was not done.

use std::fmt;

use kapok_process::Stop;
use kapok_protocol::{Refusal, RefusalKind};
use kapok_store::StoreError;
use kapok_tables::TableError;

/// Why something was not done. After any of these nothing of it has happened, unless it says [`Error::Unknown`].
#[derive(Debug, Clone)]
pub enum Error {
    /// The answer is no, with the reasons; there is at least one.
    Refused(Vec<Refusal>),
    /// A model has errors; the findings say which.
    Model(Vec<kapok_model::Diagnostic>),
    /// The data cannot be read or written.
    Data(String),
    /// The engine was stopped before it answered: the command may or may not have been carried out. Ask again with the
    /// same idempotency key.
    Unknown,
}

impl Error {
    /// The first reason, when the answer is no.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(reasons) => reasons.first(),
            _ => None,
        }
    }

    /// A refusal because there is no such thing.
    pub(crate) fn not_found(what_zh: &str, what_en: &str) -> Self {
        Refusal::new(
            RefusalKind::NotFound,
            "not-found",
            format!("找不到该{what_zh}，或者您无权查看。"),
            format!("There is no such {what_en}, or you may not see it."),
        )
        .into()
    }

    /// A refusal because the caller may not do it.
    pub(crate) fn forbidden(zh: &str, en: &str) -> Self {
        Refusal::new(RefusalKind::Forbidden, "forbidden", zh, en).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reasons) => {
                for (number, reason) in reasons.iter().enumerate() {
                    write!(f, "{}{reason}", if number == 0 { "" } else { "; " })?;
                }
                Ok(())
            }
            Self::Model(found) => {
                for (number, finding) in found.iter().enumerate() {
                    let separator = if number == 0 { "" } else { "\n" };
                    write!(
                        f,
                        "{separator}line {}: {} ({})",
                        finding.line, finding.message, finding.rule
                    )?;
                }
                Ok(())
            }
            Self::Data(what) => f.write_str(what),
            Self::Unknown => f.write_str("the engine stopped before it answered; ask again with the same key"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<Vec<Refusal>> for Error {
    fn from(refusals: Vec<Refusal>) -> Self {
        Self::Refused(refusals)
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => refusal.into(),
            Stop::State(error) => Self::Data(error.to_string()),
        }
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Store(error) => error.into(),
            other => Self::Data(other.to_string()),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Refusal::new(
                RefusalKind::Unavailable,
                "disk-full",
                "磁盘已满，现在只能查看，不能保存。请管理员清理磁盘空间。",
                "The disk is full: reading works, saving does not. Ask the administrator to free space.",
            )
            .into(),
            StoreError::TooLarge { .. } => Refusal::new(
                RefusalKind::Limit,
                "too-large",
                "内容太大，无法保存。请减少内容后再试。",
                "It is too large to be saved. Make it smaller and try again.",
            )
            .into(),
            other => Self::Data(other.to_string()),
        }
    }
}
