//! `front-ends`: the front-end that asks is one of these. What it may ask for, its grants say besides.

use countersign_protocol::FrontEndId;
use subtle::{Choice, ConstantTimeEq};

use crate::policy::Rules;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, front_end: FrontEndId) -> Choice {
    let named = rules.front_ends.iter().flatten();
    let any = choice(rules.front_ends.is_none());
    named.fold(any, |found, id| found | id.0.ct_eq(&front_end.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::any;

    #[test]
    fn those_that_are_named_may_ask_and_everybody_where_none_is() {
        let named = |ids: &[u32]| Rules {
            front_ends: Some(ids.iter().copied().map(FrontEndId).collect()),
            ..any()
        };
        assert!(bool::from(holds(&any(), FrontEndId(7))));
        assert!(bool::from(holds(&named(&[3, 7]), FrontEndId(7))));
        assert!(bool::from(holds(&named(&[7, 9]), FrontEndId(7))));
        assert!(!bool::from(holds(&named(&[3, 8]), FrontEndId(7))));
    }
}
