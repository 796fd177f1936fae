//! Twins of the path's last stages: one that is right, and others that are wrong in one thing each.
//!
//! Guarantees: they differ in that one thing alone, so that a check which passes the right one and not the others
//! has caught what it is for. A check that lets one of the wrong ones pass proves nothing, and fails the run.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::assertion::{self, Enrolled, Expected};
use countersign_core::entry::{Device, is_active};
use countersign_core::policy::{self, Asked};
use countersign_core::port::{Crypto, Guarded, Registry as _};
use countersign_core::transactions::Transaction;
use countersign_core::{Now, Reason, Verdict};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::canonical;
use countersign_protocol::change::Standing;
use countersign_protocol::request::Request;
use subtle::Choice;

use crate::draft::CHALLENGE_AT;
use crate::valgrind;

/// What is wrong with a twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing: it must pass.
    Nothing,
    /// It asks the policy of good assertions only.
    ReturnsEarly,
    /// It compares the challenge with `==`.
    Compares,
    /// It verifies assertions of active devices only.
    Branches,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::ReturnsEarly, Self::Compares, Self::Branches];
}

/// The verdict on a frame with one assertion, by a device that is listed.
pub fn judge<S: Guarded, C: Crypto>(
    wrong: Wrong,
    state: &S,
    crypto: &C,
    frame: &[u8],
    now: Now,
) -> Option<Verdict> {
    let Ok(Request::Sign(sign)) = canonical::decode(frame) else { return None };
    let assertion = sign.assertions.iter().next()?;
    let transaction = state.with(|s| s.transactions.find(&sign.transaction))?;
    let slot = transaction.devices.get(usize::from(assertion.device))?.slot;
    let device = state.with(|s| s.registry.device(slot))?;
    let active = Verdict::new().require(is_active(device.standing), Reason::DeviceInactive);
    if wrong == Wrong::Branches && device.standing != Standing::Active {
        return Some(active);
    }
    let same = match wrong {
        Wrong::Compares => compared(&transaction, &assertion),
        _ => Choice::from(1),
    };
    let verified = verified(state, crypto, &device, &transaction, &assertion)?;
    let verdict = active.and(verified).require(same, Reason::ChallengeDiffers);
    if wrong == Wrong::ReturnsEarly && verdict.fold().is_err() {
        return Some(verdict);
    }
    let key = state.with(|s| s.registry.key(&transaction.key))?;
    let rules = state.with(|s| s.registry.policy(&transaction.key))?;
    let Transaction { suite, items, lifetime_ms, front_end, initiator, .. } = transaction;
    let asked = Asked { suite, items, lifetime_ms, front_end, initiator };
    Some(verdict.and(policy::judge_request(&key, &rules, &asked, Choice::from(1), &now)))
}

fn verified<S: Guarded, C: Crypto>(
    state: &S,
    crypto: &C,
    device: &Device,
    transaction: &Transaction,
    assertion: &Assertion<'_>,
) -> Option<Verdict> {
    let (origin, rp_id_hash) = state.with(|s| {
        let appliance = s.registry.appliance();
        (appliance.origin.clone(), appliance.rp_id_hash)
    });
    let (challenge, origin, rp_id_hash) = (&transaction.challenge, origin.as_str(), &rp_id_hash);
    let expected = Expected { challenge, origin, rp_id_hash };
    let key = state.with(|s| s.registry.device_key(device.slot))?;
    let enrolled = Enrolled {
        key: DeviceKey::borrowed(&key),
        backup_eligible: device.backup_eligible,
        counts: device.counts,
        prepared_count: 0,
    };
    Some(assertion::verify(crypto, &expected, &enrolled, assertion).verdict)
}

/// Whether clientDataJSON has the challenge, as nobody should ask: byte by byte until one differs. To this twin
/// alone the challenge is a secret.
fn compared(transaction: &Transaction, assertion: &Assertion<'_>) -> Choice {
    let expected = URL_SAFE_NO_PAD.encode(transaction.challenge.0);
    let mut secret: [u8; 43] = expected.as_bytes().try_into().unwrap();
    valgrind::hide(&mut secret, 0xff);
    let said = assertion.client_data.bytes().get(CHALLENGE_AT..).unwrap_or_default();
    let equal = said.get(..secret.len()).is_some_and(|said| said == secret);
    Choice::from(u8::from(equal))
}
