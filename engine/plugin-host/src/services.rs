//! What the host needs from whoever embeds it: the ports behind the imports of a plugin.

use kapok_protocol::{Record, RecordRef};

/// What a plugin can reach during one call. The implementation has the rights of the caller built in.
pub trait HostServices: Send + Sync {
    /// The record as the caller may see it; `None` when there is none or the caller may not know of it.
    fn record(&self, record: &RecordRef) -> Option<Record>;

    /// Sends a request, within the administrator's allow-list. Blocks until the answer is there.
    ///
    /// # Errors
    /// See [`FetchError`]; the plugin decides by it whether to try again.
    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError>;

    /// Writes a line of the plugin to the log.
    fn log(&self, plugin: &str, level: LogLevel, message: &str);
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
