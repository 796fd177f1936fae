//! An assertion, as a signature is decided on.

use countersign_core::Reason;
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::assertion::{self, Expected, cose, verify};
use countersign_device::Assertion;
use countersign_host::Host;
use countersign_protocol::{Bounded, assertion as wire};

use crate::case::Enrolled;

pub(super) fn judge(
    expected: &Expected<'_>,
    known: &Enrolled,
    brought: &Assertion,
) -> Result<(), String> {
    let brought = framed(brought).ok_or("longer than a frame may hold")?;
    let key = cose::read(&Host, &known.cose_key).ok_or("the key may not be enrolled")?;
    let enrolled = assertion::Enrolled {
        key: key.borrowed(),
        backup_eligible: known.backup_eligible,
        counts: SignCounts::enrolled(known.sign_count),
        prepared_count: known.sign_count,
    };
    let outcome = verify(&Host, expected, &enrolled, &brought);
    // Policy, whose floor requires user verification, adds its reason to the others.
    let verdict = outcome.verdict.require(outcome.user_verified, Reason::UserNotVerified);
    verdict.fold().map_err(|reason| format!("{reason:?}"))
}

fn framed(brought: &Assertion) -> Option<wire::Assertion<'_>> {
    Some(wire::Assertion {
        device: 0,
        authenticator_data: Bounded::new(&brought.authenticator_data)?,
        client_data: Bounded::new(&brought.client_data_json)?,
        signature: Bounded::new(&brought.signature)?,
    })
}
