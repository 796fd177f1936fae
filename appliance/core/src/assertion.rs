//! Verifying an assertion: W3C Web Authentication Level 3, 7.2, step by step.
//!
//! Guarantees: every check is computed whatever the others say, and every one is as much work whatever it
//! finds, also where the assertion cannot be read; what an assertion is worth comes out as a [`Verdict`],
//! never as a boolean. The algorithm is the enrolled key's, never the message's.
//!
//! It does not decide whose device it is and whether it may approve: that is `stage` and `policy`.
//! Steps 1-4 and 23 are the client's; step 24 is `reserve`'s, after all other checks.

mod authenticator_data;
mod client_data;
pub mod cose;
pub mod der;
pub mod device_key;
mod extensions;
mod form;
pub mod registration;
pub mod sign_count;

use countersign_ports::Crypto;
use countersign_protocol::Digest;
use countersign_protocol::assertion::Assertion;
use subtle::{Choice, ConstantTimeEq};

use self::authenticator_data::AuthenticatorData;
use self::client_data::ClientData;
use self::device_key::DeviceKey;
use self::form::{Encoding, Message, Signature};
use self::sign_count::SignCounts;
use crate::refusal::Reason;
use crate::verdict::{Verdict, choice};

/// What the appliance expects of every assertion over one statement.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// `SHA-256(tag || statement bytes)`.
    pub challenge: &'e Digest,
    /// The approval page's origin.
    pub origin: &'e str,
    /// SHA-256 of the rpId.
    pub rp_id_hash: &'e Digest,
}

/// What is known of the device that is to have made an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Enrolled<'d> {
    /// Its key.
    pub key: DeviceKey<&'d [u8]>,
    /// The BE flag as enrolled.
    pub backup_eligible: bool,
    /// The signCounts that it has shown.
    pub counts: SignCounts,
    /// Its last signCount when the statement was made.
    pub prepared_count: u32,
}

/// What came of an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// All steps but 17.
    pub verdict: Verdict,
    /// Step 17, the UV flag: judged by policy, whose floor requires it.
    pub user_verified: Choice,
    /// The signCount that the device claims.
    pub sign_count: u32,
}

/// One field a step, one reason a field.
struct Checks {
    client_data: Choice,
    type_is_get: Choice,
    challenge: Choice,
    origin: Choice,
    not_cross_origin: Choice,
    no_top_origin: Choice,
    authenticator_data: Choice,
    rp_id_hash: Choice,
    user_present: Choice,
    backup_state: Choice,
    backup_eligibility: Choice,
    signature_encoding: Choice,
    signature_nonzero: Choice,
    signature: Choice,
    not_cloned: Choice,
    not_late: Choice,
}

impl Checks {
    /// Without `..`: a field that is not folded does not compile.
    fn fold(self) -> Verdict {
        let Self {
            client_data,
            type_is_get,
            challenge,
            origin,
            not_cross_origin,
            no_top_origin,
            authenticator_data,
            rp_id_hash,
            user_present,
            backup_state,
            backup_eligibility,
            signature_encoding,
            signature_nonzero,
            signature,
            not_cloned,
            not_late,
        } = self;
        Verdict::new()
            .require(client_data, Reason::ClientDataMalformed)
            .require(type_is_get, Reason::TypeNotGet)
            .require(challenge, Reason::ChallengeDiffers)
            .require(origin, Reason::OriginDiffers)
            .require(not_cross_origin, Reason::CrossOrigin)
            .require(no_top_origin, Reason::TopOriginPresent)
            .require(authenticator_data, Reason::AuthenticatorDataMalformed)
            .require(rp_id_hash, Reason::RpIdHashDiffers)
            .require(user_present, Reason::UserNotPresent)
            .require(backup_state, Reason::BackupStateImpossible)
            .require(backup_eligibility, Reason::BackupEligibilityDiffers)
            .require(signature_encoding, Reason::SignatureEncoding)
            .require(signature_nonzero, Reason::SignatureZero)
            .require(signature, Reason::SignatureInvalid)
            .require(not_cloned, Reason::SignCountCloned)
            .require(not_late, Reason::SignCountLate)
    }
}

/// Verifies `assertion` as made by the device that is `enrolled` (steps 5 and 6 found it) over what is
/// `expected`.
pub fn verify<C: Crypto>(
    crypto: &C,
    expected: &Expected<'_>,
    enrolled: &Enrolled<'_>,
    assertion: &Assertion<'_>,
) -> Outcome {
    // Steps 7-9. What cannot be read is noted, and checked all the same.
    let client = ClientData::read(assertion.client_data.bytes());
    let auth = AuthenticatorData::read(assertion.authenticator_data.bytes());
    let (encoding, signature) = judge_signature(crypto, &enrolled.key, assertion);
    let counted = enrolled.counts.judge(auth.sign_count, enrolled.prepared_count);

    let checks = Checks {
        client_data: client.readable,
        // Step 10.
        type_is_get: client.type_is(b"webauthn.get"),
        // Step 11.
        challenge: client.challenge_is(&base64url(&expected.challenge.0)),
        // Step 12: the exact string, so scheme and port count.
        origin: client.origin_is(expected.origin.as_bytes()),
        // Step 13: the appliance expects no framing.
        not_cross_origin: !client.cross_origin(),
        // Step 14.
        no_top_origin: !client.has_top_origin(),
        authenticator_data: auth.readable,
        // Step 15.
        rp_id_hash: auth.rp_id_hash.ct_eq(&expected.rp_id_hash.0),
        // Step 16.
        user_present: auth.user_present(),
        // Step 18: BS implies BE.
        backup_state: auth.backup_eligible() | !auth.backup_state(),
        // Step 19.
        backup_eligibility: !(auth.backup_eligible() ^ choice(enrolled.backup_eligible)),
        signature_encoding: encoding.strict,
        signature_nonzero: encoding.nonzero,
        signature,
        // Step 22.
        not_cloned: !counted.cloned,
        not_late: !counted.late,
    };
    Outcome {
        verdict: checks.fold(),
        user_verified: auth.user_verified(),
        sign_count: auth.sign_count,
    }
}

/// Steps 20 and 21, with the enrolled key: what the encoding of the signature is worth, and the signature.
fn judge_signature(
    crypto: &impl Crypto,
    key: &DeviceKey<&[u8]>,
    assertion: &Assertion<'_>,
) -> (Encoding, Choice) {
    let algorithm = key.algorithm();
    let signature = Signature::read(assertion.signature.bytes(), algorithm);
    let (signature, encoding) = signature.of(algorithm);
    let message = Message::of(assertion, crypto);
    let message = message.of_algorithm(algorithm);
    (encoding, crypto.verify(algorithm, key.bytes(), message, signature))
}

/// 32 bytes in base64url without padding (RFC 4648, 5), as 5.8.1 writes a challenge.
fn base64url(bytes: &[u8; 32]) -> [u8; 43] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bit = |n: usize| bytes.get(n / 8).map_or(0, |byte| (byte >> (7 - n % 8)) & 1);
    core::array::from_fn(|digit| {
        let sextet = (0..6).fold(0, |value, n| (value << 1) | bit(digit * 6 + n));
        ALPHABET.get(usize::from(sextet)).copied().unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::base64url;

    #[test]
    fn challenges_are_base64url_without_padding() {
        assert_eq!(&base64url(&[0; 32]), b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(&base64url(&[0xff; 32]), b"__________________________________________8");
    }
}
