//! What the appliance says: its own check of an assertion, on the host's crypto.
//!
//! This file alone knows the core's interface.

use countersign_core::Reason;
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::assertion::{Enrolled, Expected, cose, verify};
use countersign_host::Host;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::{Bounded, Digest};
use sha2::{Digest as _, Sha256};

use crate::case::{Case, Known};
use crate::verdict::{Said, Verdict};

/// Accepted, or refused and why.
pub fn judge(case: &Case) -> Verdict {
    match reason(case) {
        Ok(()) => Verdict { said: Said::Accept, why: String::new() },
        Err(why) => Verdict { said: Said::Refuse, why },
    }
}

fn reason(case: &Case) -> Result<(), String> {
    let assertion = assertion(case).ok_or("longer than a frame may hold")?;
    let Known { origin, challenge, rp_id, cose_key, backup_eligible, sign_count, .. } = &case.known;
    let rp_id_hash = Digest(Sha256::digest(rp_id).into());
    let challenge = Digest(*challenge);
    let expected = Expected { challenge: &challenge, origin, rp_id_hash: &rp_id_hash };
    let key = cose::read(&Host, cose_key).ok_or("the key may not be enrolled")?;
    let enrolled = Enrolled {
        key: key.borrowed(),
        backup_eligible: *backup_eligible,
        counts: SignCounts::enrolled(*sign_count),
        prepared_count: *sign_count,
    };
    let outcome = verify(&Host, &expected, &enrolled, &assertion);
    // Policy, whose floor requires user verification, adds its reason to the others.
    let verdict = outcome.verdict.require(outcome.user_verified, Reason::UserNotVerified);
    verdict.fold().map_err(|reason| format!("{reason:?}"))
}

fn assertion(case: &Case) -> Option<Assertion<'_>> {
    Some(Assertion {
        device: 0,
        authenticator_data: Bounded::new(&case.assertion.authenticator_data)?,
        client_data: Bounded::new(&case.assertion.client_data_json)?,
        signature: Bounded::new(&case.assertion.signature)?,
    })
}
