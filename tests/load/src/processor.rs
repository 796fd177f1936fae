//! Processor time, as the system counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};

/// What a process has used so far, in user and system mode (proc_pid_stat(5), fields 14 and 15).
pub fn used_by(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))
        .with_context(|| format!("process {process} is gone; read its log"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3).and_then(|text| text.parse::<u64>().ok());
    let used = ticks(14).zip(ticks(15)).map(|(user, system)| user + system);
    let used = used.context("/proc/PID/stat has no times: is this Linux?")?;
    let per_second = rustix::param::clock_ticks_per_second();
    Ok(Duration::from_micros(used * 1_000_000 / per_second))
}

/// What this thread has used so far. Unlike the time on the wall it does not grow while others have the
/// processor.
pub fn used_by_this_thread() -> Duration {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    Duration::from_secs(used.tv_sec.unsigned_abs())
        + Duration::from_nanos(used.tv_nsec.unsigned_abs())
}
