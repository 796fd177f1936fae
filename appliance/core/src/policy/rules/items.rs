//! `items`: one approval covers at most so many documents. No policy allows more than [`ITEMS_MAX`].

use countersign_protocol::limits::ITEMS_MAX;
use subtle::Choice;

use crate::policy::Rules;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, items: u16) -> Choice {
    // `&`: no branch.
    choice((items <= rules.items_max) & (usize::from(items) <= ITEMS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    #[test]
    fn as_many_are_allowed_as_it_says_and_not_one_more() {
        let three = Rules { items_max: 3, ..any() };
        assert!(bool::from(holds(&three, 3)));
        assert!(!bool::from(holds(&three, 4)));
    }

    #[test]
    fn no_policy_allows_more_than_the_limit() {
        let generous = Rules { items_max: u16::MAX, ..any() };
        assert!(bool::from(holds(&generous, 250)));
        assert!(!bool::from(holds(&generous, 251)));
    }
}
