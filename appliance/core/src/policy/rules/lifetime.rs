//! `lifetime`: an activation lives no longer than so: from when it was made to when it is approved.

use subtle::Choice;

use crate::policy::Rules;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, lifetime_ms: u32) -> Choice {
    choice(lifetime_ms <= rules.lifetime_ms_max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    #[test]
    fn it_lives_as_long_as_it_may_and_no_millisecond_longer() {
        let minute = Rules { lifetime_ms_max: 60_000, ..any() };
        assert!(bool::from(holds(&minute, 60_000)));
        assert!(!bool::from(holds(&minute, 60_001)));
    }
}
