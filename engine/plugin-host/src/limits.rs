//! How much one call may use.

use std::time::Duration;

/// The limits of one call. The defaults suit a business rule or a call of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, all linear memories together.
    pub memory: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// Wall-clock time of a before-save call: a person waits for it.
    pub hook_time: Duration,
    /// Wall-clock time of a service task or a message, waiting for HTTP included.
    pub job_time: Duration,
    /// Calls of host functions.
    pub host_calls: u32,
    /// HTTP requests.
    pub requests: u32,
    /// Bytes that the plugin hands to the host at once: an answer, a log line, a request.
    pub output: usize,
    /// Lists and maps inside each other in an answer.
    pub depth: usize,
    /// Calls at the same time, over all plugins.
    pub concurrent_calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            table_elements: 100_000,
            hook_time: Duration::from_secs(2),
            job_time: Duration::from_secs(60),
            host_calls: 10_000,
            requests: 100,
            output: 1 << 20,
            depth: 16,
            concurrent_calls: 64,
        }
    }
}
