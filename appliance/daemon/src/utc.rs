//! UTC, as far as it is known: what has passed once has passed.
//!
//! Guarantees: whoever is told the time is told that UTC is at least what it was at any time before, in this run and in those before
//! as far as they were anchored. So where the machine's clock went back to before that, its interval ends before it begins, and
//! satisfies no dated rule ([`Now::is_within`]). Officers alone give up what was known.
//!
//! It does not guarantee that UTC is right: a clock that was ahead once is believed, and one that is right later is not,
//! before officers say so.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use countersign_core::Now;

/// What UTC has come to.
pub(crate) struct Utc {
    reached_ms: AtomicU64,
    is_behind: AtomicBool,
}

impl Utc {
    /// It was at least this (milliseconds since 1970).
    pub(crate) const fn since(reached_ms: u64) -> Self {
        Self { reached_ms: AtomicU64::new(reached_ms), is_behind: AtomicBool::new(false) }
    }

    /// What the machine's clock says, with what is known.
    pub(crate) fn told(&self, clock: Now) -> Now {
        let before_ms = self.reached_ms.fetch_max(clock.utc_lo_ms, Ordering::SeqCst);
        Now { utc_lo_ms: clock.utc_lo_ms.max(before_ms), ..clock }
    }

    /// UTC is at least this.
    pub(crate) fn reached_ms(&self) -> u64 {
        self.reached_ms.load(Ordering::SeqCst)
    }

    /// The machine's clock is right, whatever was known.
    pub(crate) fn set(&self, clock: Now) {
        self.reached_ms.store(clock.utc_lo_ms, Ordering::SeqCst);
    }

    /// Whether the machine's clock is behind, and was not when it was asked before.
    pub(crate) fn went_back(&self, now: Now) -> bool {
        let is_behind = now.behind_ms() > 0;
        !self.is_behind.swap(is_behind, Ordering::SeqCst) && is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    /// A clock that is off by at most a second.
    fn clock(utc_ms: u64) -> Now {
        Now { boot_ms: 7, utc_lo_ms: utc_ms - 1_000, utc_hi_ms: utc_ms + 1_000 }
    }

    #[test]
    fn a_clock_that_goes_on_is_told_as_it_is() {
        let utc = Utc::since(0);
        for hour in 1..4 {
            let now = clock(hour * HOUR_MS);
            assert_eq!((utc.told(now), utc.went_back(now)), (now, false));
        }
        assert_eq!(utc.reached_ms(), 3 * HOUR_MS - 1_000);
    }

    #[test]
    fn one_that_is_corrected_within_what_it_may_be_off_is_told_as_what_is_known_of_both() {
        let utc = Utc::since(0);
        utc.told(clock(HOUR_MS));
        let now = utc.told(clock(HOUR_MS - 2_000));
        assert_eq!((now.utc_lo_ms, now.utc_hi_ms), (HOUR_MS - 1_000, HOUR_MS - 1_000));
        assert!(now.is_within(0, HOUR_MS) && !utc.went_back(now));
    }

    #[test]
    fn one_that_went_back_satisfies_no_dated_rule_until_it_has_caught_up() {
        let utc = Utc::since(HOUR_MS);
        let back = utc.told(clock(HOUR_MS - 1_001));
        assert_eq!(back.behind_ms(), 1);
        assert!(!back.is_within(0, u64::MAX));
        assert!(utc.told(clock(HOUR_MS - 1_000)).is_within(0, HOUR_MS));
    }

    #[test]
    fn officers_give_up_what_was_known() {
        let utc = Utc::since(9 * HOUR_MS);
        let right = clock(HOUR_MS);
        assert!(utc.told(right).behind_ms() > 0);
        utc.set(right);
        assert_eq!(utc.told(right), right);
    }

    #[test]
    fn going_back_is_told_once_each_time() {
        let utc = Utc::since(2 * HOUR_MS);
        let told = [1, 1, 2, 1, 1].map(|hours| utc.went_back(utc.told(clock(hours * HOUR_MS))));
        assert_eq!(told, [true, false, false, true, false]);
    }
}
