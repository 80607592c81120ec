//! Cases and to-dos, within `[capabilities.processes]` of `plugin.toml`. Everything but [`tasks`] is collected and carried
//! out after the call, together with the changes of records.

use crate::{Denial, Fields, RecordRef, bindings::kapok::plugin::processes as wire, convert::text};

pub use wire::{Decision, Task};

/// Starts a case of the present version of a process.
///
/// # Errors
/// When the plugin was not granted it.
pub fn start(process: &str, record: Option<&RecordRef>, variables: &Fields) -> Result<(), Denial> {
    wire::start(process, record, &text(variables))
}

/// Hands a message to the case that waits for it; kept for a day when none does yet.
///
/// # Errors
/// When the plugin was not granted it.
pub fn message(name: &str, key: Option<&str>, variables: &Fields) -> Result<(), Denial> {
    wire::message(name, key, &text(variables))
}

/// Tells a signal to everybody who waits for it.
///
/// # Errors
/// When the plugin was not granted it.
pub fn signal(name: &str, variables: &Fields) -> Result<(), Denial> {
    wire::signal(name, &text(variables))
}

/// The open to-dos of the person who calls; those of the case when a process calls.
///
/// # Errors
/// When the plugin was not granted them.
pub fn tasks() -> Result<Vec<Task>, Denial> {
    wire::tasks()
}

/// Finishes a to-do of the caller.
///
/// # Errors
/// When the plugin was not granted it.
pub fn complete(
    task: u64,
    decision: Option<Decision>,
    comment: Option<&str>,
    variables: &Fields,
) -> Result<(), Denial> {
    wire::complete(task, decision, comment, &text(variables))
}
