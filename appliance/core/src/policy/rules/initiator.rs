//! `initiator`: whoever asked is named, and is none of those who approve.

use countersign_protocol::SignerId;
use subtle::{Choice, ConstantTimeEq};

use crate::policy::{Approver, Rules};
use crate::verdict::choice;

pub(in crate::policy) fn holds(
    rules: &Rules,
    initiator: Option<SignerId>,
    by: &[Approver],
) -> Choice {
    let named = choice(initiator.is_some());
    let asked = initiator.unwrap_or(SignerId(u32::MAX));
    let approves = |one: &Approver| one.signer.0.ct_eq(&asked.0);
    let apart = by.iter().fold(named, |apart, one| apart & !approves(one));
    apart | choice(!rules.initiator_apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::device_key::Family;
    use crate::policy::rules::any;

    fn judged(initiator_apart: bool, initiator: Option<u32>) -> bool {
        let approver = |signer| Approver { signer: SignerId(signer), family: Family::Classical };
        let by = [1, 2].map(approver);
        holds(&Rules { initiator_apart, ..any() }, initiator.map(SignerId), &by).into()
    }

    #[test]
    fn nobody_approves_what_they_have_asked_for() {
        assert!(judged(true, Some(3)));
        assert!(!judged(true, Some(1)));
        assert!(!judged(true, Some(2)));
        assert!(judged(false, Some(1)));
    }

    #[test]
    fn who_asked_is_said() {
        assert!(!judged(true, None));
        assert!(judged(false, None));
    }
}
