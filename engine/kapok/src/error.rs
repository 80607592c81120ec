//! Why something was not done.

use std::fmt;

use kapok_process::Stop;
use kapok_protocol::{RecordId, Refusal, RefusalKind, Value};
use kapok_store::StoreError;
use kapok_tables::TableError;

/// Why something was not done. After any of these nothing of it has happened, unless it says [`Error::Unknown`].
#[derive(Debug, Clone)]
pub enum Error {
    /// The answer is no, with the reasons; there is at least one.
    Refused(Vec<Refusal>),
    /// Somebody else changed the same fields meanwhile.
    Conflict(Box<Conflict>),
    /// The record is probably there already.
    Duplicates(Box<Duplicates>),
    /// A model has errors; the findings say which.
    Model(Vec<kapok_model::Diagnostic>),
    /// The data cannot be read or written.
    Data(String),
    /// The engine was stopped before it answered: the command may or may not have been carried out. Ask again with the
    /// same idempotency key.
    Unknown,
}

/// Fields that two people changed at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The answer in words, one for each field.
    pub reasons: Vec<Refusal>,
    /// The fields.
    pub fields: Vec<FieldConflict>,
}

/// A field that two people changed at once.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldConflict {
    /// The field.
    pub field: String,
    /// What the caller wants it to be.
    pub mine: Value,
    /// What somebody else made it.
    pub theirs: Value,
    /// What it was when the caller saw it, as far as the caller said.
    pub base: Value,
}

/// Records that are probably the same as the one to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicates {
    /// The answer in words.
    pub reason: Refusal,
    /// The records.
    pub found: Vec<Duplicate>,
    /// Whether the caller may save it all the same.
    pub may_ignore: bool,
}

/// A record that is probably the same as the one to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Its id, for those who may see it.
    pub id: Option<RecordId>,
    /// What it is called; in part, for those who may not see it.
    pub title: String,
}

impl Error {
    /// The first reason, when the answer is no.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(reasons) => reasons.first(),
            Self::Conflict(conflict) => conflict.reasons.first(),
            Self::Duplicates(duplicates) => Some(&duplicates.reason),
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

    /// A refusal because something is not as it should be.
    pub(crate) fn invalid(code: &str, text: kapok_protocol::Text, field: &str) -> Self {
        Refusal::new(RefusalKind::Invalid, code, text.zh, text.en)
            .at(field)
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
            Self::Refused(reasons) => listed(f, reasons),
            Self::Conflict(conflict) => listed(f, &conflict.reasons),
            Self::Duplicates(duplicates) => duplicates.reason.fmt(f),
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

fn listed(f: &mut fmt::Formatter<'_>, reasons: &[Refusal]) -> fmt::Result {
    for (number, reason) in reasons.iter().enumerate() {
        write!(f, "{}{reason}", if number == 0 { "" } else { "; " })?;
    }
    Ok(())
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
