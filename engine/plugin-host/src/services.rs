//! What the host needs from whoever embeds it: the ports behind the imports of a plugin.

use kapok_protocol::{Entity, Filter, Record, RecordRef, TaskId, Value};

/// What a plugin can reach during one call. The implementation has the rights of the caller built in; whether the plugin
/// has the capability was asked before.
pub trait HostServices: Send + Sync {
    /// The record as the caller may see it; `None` when there is none or the caller may not know of it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn record(&self, record: &RecordRef) -> Result<Option<Record>, Denial>;

    /// The records that the caller may see and the filter keeps.
    ///
    /// # Errors
    /// When the question cannot be answered.
    fn query(&self, query: &RecordQuery) -> Result<Vec<Record>, Denial>;

    /// Counts and adds up the records that the caller may see and the filter keeps.
    ///
    /// # Errors
    /// When the question cannot be answered.
    fn aggregate(&self, aggregate: &Aggregate) -> Result<Vec<AggregateRow>, Denial>;

    /// The open to-dos of the caller.
    ///
    /// # Errors
    /// When they cannot be read.
    fn tasks(&self) -> Result<Vec<OpenTask>, Denial>;

    /// Sends a request, within the administrator's allow-list. Blocks until the answer is there.
    ///
    /// # Errors
    /// See [`FetchError`]; the plugin decides by it whether to try again.
    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError>;

    /// Writes a line of the plugin to the log.
    fn log(&self, plugin: &str, level: LogLevel, message: &str);
}

/// Why the host does not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable code, as the contract lists them.
    pub code: &'static str,
    /// In English, for whoever writes the plugin.
    pub message: String,
}

impl Denial {
    /// Neither the manifest nor the administrator gives it.
    pub fn capability(message: impl Into<String>) -> Self {
        Self::new("capability", message)
    }

    /// This sort of call cannot do it.
    pub fn not_here(message: impl Into<String>) -> Self {
        Self::new("not-here", message)
    }

    /// The question cannot be answered.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid", message)
    }

    /// The answer would be too large.
    pub fn too_many(message: impl Into<String>) -> Self {
        Self::new("too-many", message)
    }

    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Which records a plugin asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordQuery {
    /// Their entity.
    pub entity: Entity,
    /// What holds of them.
    pub filter: Option<Filter>,
    /// The fields they are sorted by, and whether the greatest come first; newest first when empty.
    pub sort: Vec<(String, bool)>,
    /// How many at most.
    pub limit: usize,
}

/// What a plugin counts and adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Records of this entity.
    pub entity: Entity,
    /// What holds of them.
    pub filter: Option<Filter>,
    /// By what they are grouped.
    pub group: Vec<String>,
    /// What is found out about each group.
    pub measures: Vec<Measure>,
}

/// One thing that is found out about a group of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// How many there are.
    Count,
    /// What a field adds up to.
    Sum(String),
    /// The least value of a field.
    Min(String),
    /// The greatest value of a field.
    Max(String),
}

impl Measure {
    /// The field it looks at.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Count => None,
            Self::Sum(field) | Self::Min(field) | Self::Max(field) => Some(field),
        }
    }
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateRow {
    /// A value of each field it is grouped by.
    pub keys: Vec<Value>,
    /// A value of each measure.
    pub values: Vec<Value>,
}

/// An open to-do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// What it is called.
    pub name: String,
    /// The key of its process.
    pub process: String,
    /// The record its case is about.
    pub record: Option<RecordRef>,
    /// Whether it is decided rather than done.
    pub is_approval: bool,
}

/// How important a line in the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// For whoever writes the plugin.
    Debug,
    /// Worth knowing.
    Info,
    /// Something is odd.
    Warn,
    /// Something went wrong.
    Error,
}

/// A request that a plugin wants sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Such as `POST`.
    pub method: String,
    /// An absolute URL.
    pub url: String,
    /// Names and values. `Idempotency-Key` is there unless the plugin set its own: the key of the call and the
    /// ordinal of the request within it, so an attempt that is repeated sends the same keys.
    pub headers: Vec<(String, String)>,
    /// The body; may be empty.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, already within the caller's size limit.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// Not allowed; trying again does not help.
    Refused(String),
    /// The request surely did not leave.
    NotSent(String),
    /// The request may have arrived, but there is no whole response.
    Unknown(String),
}
