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
    /// Wall-clock time of an action, a report or a rule: a person waits for it too, but knows what for.
    pub action_time: Duration,
    /// Wall-clock time of work after a commit or a message, waiting for HTTP included.
    pub job_time: Duration,
    /// Calls of host functions.
    pub host_calls: u32,
    /// HTTP requests.
    pub requests: u32,
    /// Bytes that the plugin hands to the host at once: an answer, a log line, a request.
    pub output: usize,
    /// Bytes that the plugin hands to the host during a call, all together.
    pub total_output: usize,
    /// Bytes of records that the plugin is handed at once.
    pub input: usize,
    /// Changes, messages and the like that one call wants.
    pub intents: usize,
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
            action_time: Duration::from_secs(10),
            job_time: Duration::from_secs(60),
            host_calls: 10_000,
            requests: 100,
            output: 1 << 20,
            total_output: 16 << 20,
            input: 8 << 20,
            intents: 1_000,
            depth: 16,
            concurrent_calls: 64,
        }
    }
}
