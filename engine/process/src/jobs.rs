//! What becomes of a job that fails: it is tried again, later and later, and in the end waits for a person.

use kapok_protocol::{ElementInstanceId, IsoDuration, JobId, Text};

use crate::{
    case::Case,
    halt::Halt,
    state::TimerKind,
    timing::{self, Schedule},
};

/// How long the first new try waits; each further one waits twice as long.
const FIRST_BACKOFF_MILLIS: i64 = 10_000;

/// The longest wait.
const LONGEST_BACKOFF_MILLIS: i64 = 3_600_000;

/// How long the next try waits after this many failures.
fn backoff_millis(failures: u32) -> i64 {
    let doublings = failures.saturating_sub(1).min(20);
    (FIRST_BACKOFF_MILLIS << doublings).min(LONGEST_BACKOFF_MILLIS)
}

/// A job failed for a technical reason.
pub(crate) fn fail(
    case: &mut Case,
    element: ElementInstanceId,
    id: JobId,
    (retries, backoff): (u32, Option<IsoDuration>),
    message: &str,
    retry: bool,
) -> Result<(), Halt> {
    let job = case.job_mut(id)?;
    job.ready = false;
    job.failures = job.failures.saturating_add(1);
    let (failures, handler) = (job.failures, job.handler.clone());
    if !retry || failures > retries {
        return Err(Halt::Stuck(Text::new(
            format!("插件任务“{handler}”失败（第 {failures} 次）：{message}。请排除原因后重试。"),
            format!("The plugin task `{handler}` failed (try {failures}): {message}. Remove the cause and retry."),
        )));
    }
    let wait = backoff.unwrap_or_else(|| IsoDuration::from_millis(backoff_millis(failures)));
    let due = case.context.after(wait, case.context.now);
    Ok(timing::arm(
        case,
        Some(element),
        Schedule::once(due),
        TimerKind::RetryJob { job: id },
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let seconds: Vec<i64> = [1, 2, 3, 9, 10, u32::MAX].map(|n| backoff_millis(n) / 1000).to_vec();
        assert_eq!(seconds, [10, 20, 40, 2560, 3600, 3600]);
    }
}
