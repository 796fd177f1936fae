//! Opening, with an end: a library that hangs while the token is opened must not hang whoever starts the
//! appliance.
//!
//! Guarantee: the answer comes in time, or [`OpenError::Hangs`]; what is opened after that is closed again.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::OpenError;
use crate::faults::NO_WORKER;

/// How many times as long as a call the opening may take: there are logins for every session in it, and
/// whatever a library does when it is initialised.
const OPENING_TIMES: u32 = 12;

/// Opens on a thread of its own, where a call may take so long.
pub(crate) fn within<T: Send + 'static>(
    call_max_ms: u64,
    open: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let limit = Duration::from_millis(call_max_ms).saturating_mul(OPENING_TIMES);
    let (opened, answer) = mpsc::channel();
    // When nobody waits any more, what was opened is dropped here.
    let work = move || drop(opened.send(open()));
    thread::Builder::new().name("token-open".into()).spawn(work).map_err(OpenError::Thread)?;
    answer.recv_timeout(limit).unwrap_or_else(|none| match none {
        RecvTimeoutError::Timeout => Err(OpenError::Hangs { seconds: limit.as_secs() }),
        RecvTimeoutError::Disconnected => Err(OpenError::Fault(NO_WORKER)),
    })
}
