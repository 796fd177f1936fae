//! Time as the core is told it, with each request.

/// What time it is. Handed to the core like random bytes: the core has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since boot; never goes back. All expiry is by this alone.
    pub boot_ms: u64,
    /// UTC is at least this (milliseconds since 1970).
    pub utc_lo_ms: u64,
    /// UTC is at most this.
    pub utc_hi_ms: u64,
}

impl Now {
    /// Whether UTC is certainly within `from_ms..=to_ms`: at both ends of what is known.
    #[must_use]
    pub const fn is_within(&self, from_ms: u64, to_ms: u64) -> bool {
        // `&`: no branch.
        (from_ms <= self.utc_lo_ms) & (self.utc_lo_ms <= self.utc_hi_ms) & (self.utc_hi_ms <= to_ms)
    }

    /// How far the machine's clock is behind what is known of UTC: 0 unless it went back, and no dated rule is satisfied then.
    #[must_use]
    pub const fn behind_ms(&self) -> u64 {
        self.utc_lo_ms.saturating_sub(self.utc_hi_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::Now;

    const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 100, utc_hi_ms: 110 };

    #[test]
    fn a_dated_rule_holds_at_both_ends_of_what_is_known() {
        assert!(NOW.is_within(100, 110));
        assert!(!NOW.is_within(101, 110), "too early, perhaps");
        assert!(!NOW.is_within(100, 109), "too late, perhaps");
    }

    #[test]
    fn an_interval_that_ends_before_it_begins_satisfies_nothing() {
        let broken = Now { utc_lo_ms: 110, utc_hi_ms: 100, ..NOW };
        assert!(!broken.is_within(0, u64::MAX));
        assert_eq!((broken.behind_ms(), NOW.behind_ms()), (10, 0));
    }
}
