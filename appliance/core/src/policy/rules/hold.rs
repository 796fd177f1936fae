//! `hold`: nothing is signed while something is held back: a legal hold, an investigation.

use subtle::Choice;

use crate::policy::Rules;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules) -> Choice {
    choice(!rules.held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    #[test]
    fn nothing_is_signed_while_it_is_held() {
        assert!(bool::from(holds(&any())));
        assert!(!bool::from(holds(&Rules { held: true, ..any() })));
    }
}
