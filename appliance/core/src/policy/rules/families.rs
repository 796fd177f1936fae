//! `families`: each approver approves with two devices: one of a classical algorithm, and one that a quantum computer does not break.

use subtle::{Choice, ConstantTimeEq};

use crate::policy::{Approver, Rules};
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, by: &[Approver]) -> Choice {
    let both = by.iter().fold(choice(true), |all, one| all & has_partner(one, by));
    both | choice(!rules.hybrid)
}

/// Whether the same person has approved with a device of the other family, too.
fn has_partner(one: &Approver, by: &[Approver]) -> Choice {
    by.iter().fold(choice(false), |found, other| {
        let same_person = one.signer.0.ct_eq(&other.signer.0);
        let same_family = (one.family as u8).ct_eq(&(other.family as u8));
        found | (same_person & !same_family)
    })
}

#[cfg(test)]
mod tests {
    use countersign_protocol::SignerId;

    use super::*;
    use crate::assertion::device_key::Family;
    use crate::policy::rules::any;

    const C: Family = Family::Classical;
    const Q: Family = Family::PostQuantum;

    fn judged(hybrid: bool, by: &[(u32, Family)]) -> bool {
        let approver = |(signer, family): &(u32, Family)| Approver {
            signer: SignerId(*signer),
            family: *family,
        };
        let by: heapless::Vec<_, 8> = by.iter().map(approver).collect();
        holds(&Rules { hybrid, ..any() }, &by).into()
    }

    #[test]
    fn each_person_has_both() {
        assert!(judged(true, &[(1, C), (3, Q), (1, Q), (3, C)]));
        assert!(!judged(true, &[(1, C), (1, Q), (2, C)]));
        assert!(!judged(true, &[(1, C), (1, Q), (2, Q)]));
        assert!(!judged(true, &[(1, C), (2, Q)]));
        assert!(judged(false, &[(1, C), (2, Q)]));
    }
}
