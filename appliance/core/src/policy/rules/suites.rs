//! `suites`: the suite is one of these. None at all is none.

use countersign_protocol::Suite;
use subtle::Choice;

use crate::policy::stated::{Rules, suite_bit};
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, suite: Suite) -> Choice {
    choice(rules.suites & suite_bit(suite) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    #[test]
    fn a_suite_is_allowed_by_its_name_alone() {
        for suite in Suite::ALL {
            assert_eq!(bool::from(holds(&any(), suite)), suite == Suite::Esp256);
        }
        assert!(!bool::from(holds(&Rules { suites: 0, ..any() }, Suite::Esp256)));
    }
}
