//! A bucket that fills with time: how often something may happen, in a burst and in the long run.
//!
//! Guarantee: bounded however the clock runs; one that stands still admits no more than a burst.

/// In units of which one admission takes so many, and an hour brings `per_hour` times so many.
const ONE: u64 = 3_600_000;

/// The bucket, full at first.
#[derive(Clone, Debug)]
pub struct Bucket {
    level: u64,
    burst: u64,
    per_hour: u64,
    filled_boot_ms: u64,
}

impl Bucket {
    /// Admits `burst` at once, and `per_hour` in the long run.
    #[must_use]
    pub const fn new(burst: u64, per_hour: u64) -> Self {
        let burst = burst.saturating_mul(ONE);
        Self { level: burst, burst, per_hour, filled_boot_ms: 0 }
    }

    /// Whether one more is admitted now.
    pub fn admit(&mut self, boot_ms: u64) -> bool {
        let passed = boot_ms.saturating_sub(self.filled_boot_ms);
        let filled = self.level.saturating_add(passed.saturating_mul(self.per_hour));
        self.filled_boot_ms = boot_ms;
        self.level = filled.min(self.burst);
        let left = self.level.checked_sub(ONE);
        self.level = left.unwrap_or(self.level);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;

    fn admitted(bucket: &mut Bucket, boot_ms: u64) -> usize {
        (0..1_000).filter(|_| bucket.admit(boot_ms)).count()
    }

    #[test]
    fn a_burst_then_a_trickle() {
        let mut bucket = Bucket::new(64, 16 * 3_600);
        assert_eq!(admitted(&mut bucket, 5_000), 64);
        assert_eq!(admitted(&mut bucket, 5_000), 0);
        assert_eq!(admitted(&mut bucket, 6_000), 16);
        assert_eq!(admitted(&mut bucket, 9_999_000), 64, "never more than a burst");
    }

    #[test]
    fn a_clock_that_stands_still_admits_nobody_more() {
        let mut bucket = Bucket::new(8, 8);
        assert_eq!(admitted(&mut bucket, 0), 8);
        assert!(!bucket.admit(0) && !bucket.admit(449_999) && bucket.admit(900_000));
    }
}
