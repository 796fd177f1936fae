//! Strangers: clients whose key the registry does not know.
//!
//! Guarantee: what a stranger sends is refused on record like everything else, but all strangers
//! together get few such records a second, so that nobody without a registered key can fill the disk
//! or keep it syncing. Past that they are told `Busy`, before anything is decoded.

use std::sync::{Mutex, PoisonError};

/// Requests of strangers in a burst.
const BURST: u64 = 64;
/// Requests of strangers in the long run.
const PER_SECOND: u64 = 16;

/// A bucket that fills with time, for all strangers together.
pub(crate) struct Strangers(Mutex<Bucket>);

struct Bucket {
    /// In thousandths of a request.
    level: u64,
    filled_boot_ms: u64,
}

impl Strangers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Bucket { level: BURST * 1_000, filled_boot_ms: 0 }))
    }

    /// Whether one more request is looked at now.
    pub(crate) fn admit(&self, boot_ms: u64) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = boot_ms.saturating_sub(bucket.filled_boot_ms);
        let filled = bucket.level.saturating_add(passed.saturating_mul(PER_SECOND));
        bucket.filled_boot_ms = boot_ms;
        bucket.level = filled.min(BURST * 1_000);
        let left = bucket.level.checked_sub(1_000);
        bucket.level = left.unwrap_or(bucket.level);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{BURST, PER_SECOND, Strangers};

    fn admitted(strangers: &Strangers, boot_ms: u64) -> u64 {
        (0..1_000).filter(|_| strangers.admit(boot_ms)).count() as u64
    }

    #[test]
    fn a_burst_then_a_trickle() {
        let strangers = Strangers::new();
        assert_eq!(admitted(&strangers, 5_000), BURST);
        assert_eq!(admitted(&strangers, 5_000), 0);
        assert_eq!(admitted(&strangers, 6_000), PER_SECOND);
        assert_eq!(admitted(&strangers, 9_999_000), BURST, "never more than a burst");
    }

    #[test]
    fn a_clock_that_stands_still_admits_nobody_more() {
        let strangers = Strangers::new();
        assert_eq!(admitted(&strangers, 0), BURST);
        assert!(!strangers.admit(0));
    }
}
