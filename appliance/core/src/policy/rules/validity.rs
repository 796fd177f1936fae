//! `validity`: it is certainly after the first and before the last moment.

use subtle::Choice;

use crate::policy::Rules;
use crate::time::Now;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, now: &Now) -> Choice {
    choice(now.is_within(rules.valid_from_ms, rules.valid_to_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 1_000, utc_hi_ms: 1_010 };

    #[test]
    fn it_is_valid_from_the_first_to_the_last_moment() {
        let from_to = |valid_from_ms, valid_to_ms| Rules { valid_from_ms, valid_to_ms, ..any() };
        assert!(bool::from(holds(&from_to(1_000, 1_010), &NOW)));
        assert!(!bool::from(holds(&from_to(1_001, 1_010), &NOW)), "too early, perhaps");
        assert!(!bool::from(holds(&from_to(1_000, 1_009), &NOW)), "too late, perhaps");
    }
}
