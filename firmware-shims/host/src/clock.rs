//! What time it is, as the core wants to know it.
//!
//! Guarantees to the daemon: the time since boot never goes back and goes on while the machine is
//! suspended, so an expiry measured by it cannot be stretched. It does not guarantee that UTC is right:
//! it answers an interval, as wide as the operator says that the machine's clock may be off.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    uncertainty_ms: u64,
}

impl Clock {
    /// A clock whose UTC is off by at most `uncertainty_ms` either way.
    #[must_use]
    pub fn new(uncertainty_ms: u64) -> Self {
        Self { uncertainty_ms }
    }

    /// Milliseconds since the machine started.
    #[must_use]
    pub fn boot_ms(&self) -> u64 {
        milliseconds(clock_gettime(ClockId::Boottime))
    }

    /// The earliest and the latest that UTC may be now, in milliseconds since 1970.
    ///
    /// A machine that believes to be before 1970 answers an interval at 1970: no dated rule that
    /// begins later holds in it.
    #[must_use]
    pub fn utc_interval_ms(&self) -> (u64, u64) {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let utc_ms = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
        (utc_ms.saturating_sub(self.uncertainty_ms), utc_ms.saturating_add(self.uncertainty_ms))
    }
}

fn milliseconds(time: Timespec) -> u64 {
    // The time since boot is not negative, and its nanoseconds are below a second.
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000).saturating_add(nanoseconds / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_boot_goes_on_and_never_back() {
        let clock = Clock::new(0);
        let before = clock.boot_ms();
        std::thread::sleep(Duration::from_millis(5));
        assert!(clock.boot_ms() >= before + 5);
    }

    #[test]
    fn utc_is_an_interval_around_the_machines_clock() {
        let (lo, hi) = Clock::new(250).utc_interval_ms();
        assert_eq!(hi - lo, 500);
        // 2026-01-01: a machine that runs this test is later.
        assert!(lo > 1_767_225_600_000);
    }

    #[test]
    fn no_uncertainty_overflows() {
        assert_eq!(Clock::new(u64::MAX).utc_interval_ms(), (0, u64::MAX));
    }
}
