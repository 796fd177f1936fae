//! What the appliance says: its own checks of assertions and registrations, on the host's crypto.
//!
//! These files alone know the appliance's interface.

mod assertion;
mod registration;

use countersign_core::assertion::Expected;
use countersign_protocol::Digest;
use sha2::{Digest as _, Sha256};

use crate::case::{Asked, Brought, Case};
use crate::verdict::{Said, Verdict};

/// Accepted, or refused and why.
pub fn judge(case: &Case) -> Verdict {
    match reason(case) {
        Ok(()) => Verdict { said: Said::Accept, why: String::new() },
        Err(why) => Verdict { said: Said::Refuse, why },
    }
}

fn reason(case: &Case) -> Result<(), String> {
    let Asked { rp_id, origin, challenge } = &case.asked;
    let rp_id_hash = Digest(Sha256::digest(rp_id).into());
    let challenge = Digest(*challenge);
    let expected = Expected { challenge: &challenge, origin, rp_id_hash: &rp_id_hash };
    match &case.brought {
        Brought::Assertion { enrolled, assertion } => {
            assertion::judge(&expected, enrolled, assertion)
        }
        Brought::Registration { anchors, registration } => {
            registration::judge(&expected, anchors, registration)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::generator::{Counts, Generator};

    /// What we accept. A change that changes nothing would be accepted by all, and the comparison would not say so.
    const GOOD: &[&str] = &[
        "anchor-intermediate",
        "anchor-not-asked",
        "anchor-second",
        "android-software",
        "android-strong-box",
        "chain-intermediate-twice",
        "chain-leaf-twice",
        "chain-with-foreign-intermediate",
        "chain-with-foreign-root",
        "chain-with-root",
        "count-highest",
        "cross-origin-absent",
        "extension-empty",
        "extension-twice",
        "extension-unknown",
        "flag-be",
        "flag-bs-with-be",
        "flag-reserved-1",
        "flag-reserved-5",
        "forged-not-asked",
        "honest",
        "id-1023-bytes",
        "id-16-bytes",
        "leaf-ed25519",
        "leaf-other-unknown",
        "leaf-p384",
        "leaf-without-aaguid",
        "member-escaped",
        "member-first",
        "member-last",
        "member-lone-surrogate",
        "member-null",
        "member-twice",
        "object-long-length",
        "object-order",
        "order",
        "statement-order",
        "tpm-attributes-none",
        "tpm-attributes-reserved",
        "tpm-bits-other",
        "tpm-clock-safe",
        "tpm-manufacturer-unknown",
        "tpm-purpose-first",
        "tpm-purpose-second",
    ];

    #[test]
    fn of_the_registrations_these_are_good_and_no_other_ones() {
        let counts = Counts { assertions: 0, ..Counts::of(1_000) };
        let mut generator = Generator::new(1, counts);
        let cases = (0..counts.all()).map(|_| generator.case().unwrap());
        let good = cases.filter(|case| judge(case).said == Said::Accept);
        let good: BTreeSet<_> = good.map(|case| case.mutation).collect();
        assert_eq!(good, GOOD.iter().copied().collect());
    }
}
