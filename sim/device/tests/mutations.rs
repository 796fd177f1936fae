//! The honest assertion verifies, and each mutation differs from it in exactly one thing.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test cannot read has failed the test"
)]

use countersign_device::{Approval, Assertion, Authenticator, SignatureForm};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const RP_ID: &str = "approve.example";
const ORIGIN: &str = "https://approve.example";
const CHALLENGE: [u8; 32] = [0xc4; 32];

fn device() -> Authenticator {
    Authenticator::from_seed(&[7; 32], RP_ID, ORIGIN)
}

/// The answer of a fresh device to an approval changed by `change`.
fn assertion(change: impl Fn(&mut Approval)) -> Assertion {
    let mut device = device();
    let mut approval = device.honest();
    change(&mut approval);
    device.approve(&CHALLENGE, &approval)
}

/// The things of which a mutation changes one.
#[derive(Debug, PartialEq)]
struct Things {
    credential_id: [u8; 32],
    rp_id_hash: Vec<u8>,
    flags: u8,
    sign_count: [u8; 4],
    extensions: Vec<u8>,
    client_data: Value,
}

fn things(assertion: &Assertion) -> Things {
    let data = &assertion.authenticator_data;
    Things {
        credential_id: assertion.credential_id,
        rp_id_hash: data[..32].to_vec(),
        flags: data[32],
        sign_count: data[33..37].try_into().unwrap(),
        extensions: data[37..].to_vec(),
        client_data: serde_json::from_slice(&assertion.client_data_json).unwrap(),
    }
}

fn honest() -> Things {
    things(&assertion(|_| {}))
}

fn honest_with(member: &str, value: impl Into<Value>) -> Things {
    let mut things = honest();
    things.client_data[member] = value.into();
    things
}

fn message(assertion: &Assertion) -> Vec<u8> {
    let hash = Sha256::digest(&assertion.client_data_json);
    [assertion.authenticator_data.as_slice(), hash.as_slice()].concat()
}

/// Whether the signature is strict DER and verifies over what the assertion says.
fn verifies(assertion: &Assertion) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&device().credential().point().unwrap()).unwrap();
    let signature = DerSignature::from_bytes(&assertion.signature);
    signature.is_ok_and(|signature| key.verify(&message(assertion), &signature).is_ok())
}

#[test]
fn the_honest_assertion_verifies_and_says_what_was_asked() {
    let assertion = assertion(|_| {});
    assert!(verifies(&assertion));
    let expected = Things {
        credential_id: device().credential().credential_id,
        rp_id_hash: Sha256::digest(RP_ID).to_vec(),
        flags: 0x05,
        sign_count: [0, 0, 0, 1],
        extensions: Vec::new(),
        client_data: serde_json::json!({
            "type": "webauthn.get",
            "challenge": "xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ",
            "origin": ORIGIN,
            "crossOrigin": false,
        }),
    };
    assert_eq!(things(&assertion), expected);
}

#[test]
fn a_field_changes_one_thing_and_the_signature_covers_it() {
    type Change = fn(&mut Approval);
    let mutations: [(Change, Things); 15] = [
        (|a| a.type_ = "webauthn.create".into(), honest_with("type", "webauthn.create")),
        (|a| a.origin = "http://approve.example".into(), {
            honest_with("origin", "http://approve.example")
        }),
        (|a| a.cross_origin = true, honest_with("crossOrigin", true)),
        (|a| a.top_origin = Some(ORIGIN.into()), honest_with("topOrigin", ORIGIN)),
        (|a| a.more_client_data = Some("\"extra\":1".into()), honest_with("extra", 1)),
        (|a| a.challenge_override = Some(vec![0; 3]), honest_with("challenge", "AAAA")),
        (|a| a.rp_id = "example".into(), {
            Things { rp_id_hash: Sha256::digest("example").to_vec(), ..honest() }
        }),
        (|a| a.flags.up = false, Things { flags: 0x04, ..honest() }),
        (|a| a.flags.uv = false, Things { flags: 0x01, ..honest() }),
        (|a| a.flags.be = true, Things { flags: 0x0d, ..honest() }),
        (|a| a.flags.bs = true, Things { flags: 0x15, ..honest() }),
        (|a| a.flags.at = true, Things { flags: 0x45, ..honest() }),
        (|a| a.flags.ed = true, Things { flags: 0x85, ..honest() }),
        (|a| a.sign_count = 0x0102_0304, Things { sign_count: [1, 2, 3, 4], ..honest() }),
        (|a| a.extensions = vec![0xa0], Things { extensions: vec![0xa0], ..honest() }),
    ];
    for (change, expected) in mutations {
        let mutated = assertion(change);
        assert_ne!(expected, honest());
        assert_eq!(things(&mutated), expected);
        assert!(verifies(&mutated), "the signature covers {expected:?}");
    }
}

#[test]
fn a_signature_form_changes_nothing_but_the_signature() {
    let good = [SignatureForm::Honest, SignatureForm::HighS];
    let honest = assertion(|_| {});
    for form in SignatureForm::ALL {
        let formed = assertion(|approval| approval.signature = form);
        assert_eq!(things(&formed), things(&honest), "{form:?}");
        assert_eq!(formed.signature == honest.signature, form == SignatureForm::Honest);
        assert_eq!(verifies(&formed), good.contains(&form), "{form:?}");
    }
}

/// The two integers, read by a parser that allows what DER does not.
fn lax_integers(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let body = if signature[1] == 0x81 { &signature[3..] } else { &signature[2..] };
    let integer = |bytes: &[u8]| {
        let content = &bytes[2..2 + usize::from(bytes[1])];
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        content[zeros..].to_vec()
    };
    (integer(body), integer(&body[2 + usize::from(body[1])..]))
}

#[test]
fn the_forms_that_der_refuses_hold_the_honest_integers() {
    let honest = assertion(|_| {}).signature;
    for form in [SignatureForm::LeadingZero, SignatureForm::LongLength, SignatureForm::TrailingByte]
    {
        let signature = assertion(|approval| approval.signature = form).signature;
        assert_eq!(signature.len(), honest.len() + 1);
        assert_eq!(lax_integers(&signature), lax_integers(&honest), "{form:?}");
    }
}

#[test]
fn the_forms_that_der_allows_change_one_integer() {
    let (r, s) = lax_integers(&assertion(|_| {}).signature);
    let integers = |form| lax_integers(&assertion(|approval| approval.signature = form).signature);
    assert_eq!(integers(SignatureForm::ZeroR), (Vec::new(), s.clone()));
    assert_eq!(integers(SignatureForm::ZeroS), (r.clone(), Vec::new()));
    assert_eq!(integers(SignatureForm::HighS).0, r);
    let (r_flipped, s_flipped) = integers(SignatureForm::BitFlipped);
    let differing: u32 =
        s.iter().zip(&s_flipped).map(|(one, other)| (one ^ other).count_ones()).sum();
    assert_eq!((r_flipped, differing), (r, 1));
}

#[test]
fn the_other_key_signs_properly_too() {
    let other = assertion(|approval| approval.signature = SignatureForm::OtherKey);
    assert!(Signature::from_der(&other.signature).is_ok());
}

#[test]
fn a_seed_gives_the_same_device_and_chance_another() {
    assert_eq!(device().credential(), device().credential());
    let one = Authenticator::new(RP_ID, ORIGIN).unwrap().credential();
    let other = Authenticator::new(RP_ID, ORIGIN).unwrap().credential();
    assert_ne!(one.credential_id, other.credential_id);
    assert_ne!(one.public_key_cose, other.public_key_cose);
}

#[test]
fn any_bytes_are_signed_as_they_are() {
    let signed = device().approve_bytes(vec![1, 2], b"{}".to_vec(), SignatureForm::Honest);
    assert!(verifies(&signed));
    assert_eq!((signed.authenticator_data, signed.client_data_json), (vec![1, 2], b"{}".to_vec()));
}

#[test]
fn the_counter_goes_on_from_what_was_approved() {
    let mut device = device();
    let mut approval = device.honest();
    approval.sign_count = 41;
    device.approve(&CHALLENGE, &approval);
    assert_eq!(device.honest().sign_count, 42);
    assert_eq!(device.credential().sign_count, 41);
}

#[test]
fn the_cose_key_is_canonical_and_holds_the_point() {
    let credential = device().credential();
    let cose = &credential.public_key_cose;
    // CTAP2 canonical CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    assert_eq!(cose[..10], [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
    assert_eq!(cose[42..45], [0x22, 0x58, 32]);
    assert_eq!([&[4], &cose[10..42], &cose[45..]].concat(), credential.point().unwrap());
}
