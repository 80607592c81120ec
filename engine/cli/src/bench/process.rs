//! What this process takes of the machine, as the operating system says.

use std::{fs, thread, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Processor time so far, of all threads.
pub(super) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = Duration::from_secs(time.tv_sec.unsigned_abs());
    seconds + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// Waits until this process does next to nothing, two minutes at most.
pub(super) fn settle() {
    const LOOK: Duration = Duration::from_millis(250);
    for _ in 0..480 {
        let before = processor_time();
        thread::sleep(LOOK);
        if processor_time().saturating_sub(before) < LOOK / 25 {
            return;
        }
    }
}

/// Bytes of memory in use.
pub(super) fn memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
