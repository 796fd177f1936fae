//! What a signer's device and browser made, and a front-end may have changed.
//!
//! The property of each harness: no panic, and agreement with a second opinion that shares no code with
//! the reader: a JSON parser, the specification's flags in one line, the DER reader of a library, the
//! other crypto engine.
//!
//! The readers of clientDataJSON and authenticatorData are the core's own. They are reached by
//! [`assertion::verify`], with an engine that finds every signature good: what is left is the reading.

use std::collections::BTreeMap;

use countersign_core::assertion::{self, Expected, cose, der};
use countersign_core::entry::Device;
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::{Bounded, Digest, Point};
use countersign_soft::Soft;
use p256::ecdsa::Signature;
use serde_json::value::RawValue;
use subtle::Choice;

const CHALLENGE: Digest = Digest([0xc4; 32]);
/// The same, as a browser writes it.
const CHALLENGE_TEXT: &str = "xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ";
const ORIGIN: &str = "https://approve.example";
const RP_ID_HASH: Digest = Digest([0xa1; 32]);

/// Good clientDataJSON, as browsers write it.
pub(crate) const CLIENT_DATA: [&str; 3] = [
    concat!(
        r#"{"type":"webauthn.get","challenge":"xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ","#,
        r#""origin":"https://approve.example","crossOrigin":false}"#
    ),
    concat!(
        r#"{"type":"webauthn.get","challenge":"xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ","#,
        r#""origin":"https://approve.example","crossOrigin":false,"more":"\u00e4\\ \"x\"","n":null}"#
    ),
    concat!(
        r#"{"origin":"https://approve.example","topOrigin":"https://outer.example","type":"","#,
        r#""challenge":"","crossOrigin":true,"androidPackageName":"\ud800"}"#
    ),
];

/// Good DER: of small integers, and of ones with and without a byte for the sign.
pub(crate) const SIGNATURES: [&[u8]; 3] = [
    &[0x30, 6, 2, 1, 5, 2, 1, 6],
    &[0x30, 8, 2, 2, 0, 0x80, 2, 2, 0x7f, 0],
    &[0x30, 7, 2, 2, 0, 0xff, 2, 1, 0],
];

/// clientDataJSON. What is accepted is JSON that says this type, challenge and origin, and no framing,
/// to any parser.
pub fn client_data(data: &[u8]) {
    if let Some(accepted) = accepts(&honest_authenticator_data(), data) {
        assert!(!accepted || says_what_was_asked(data), "another parser reads something else");
    }
}

/// authenticatorData. Accepted is exactly what WebAuthn L3, 6.1 and 7.2 ask for.
pub fn authenticator_data(data: &[u8]) {
    let Some(accepted) = accepts(data, CLIENT_DATA[0].as_bytes()) else { return };
    let asked_for = data.len() == 37 && data[..32] == RP_ID_HASH.0 && {
        let [up, _, uv, be, bs, _, at, ed] = std::array::from_fn(|bit| data[32] >> bit & 1 == 1);
        // The device is not eligible for backup, and so cannot be backed up.
        up && uv && !be && !bs && !at && !ed
    };
    assert_eq!(accepted, asked_for);
}

/// A signature in DER. What is read is written again as the same bytes; and a pair within the curve's
/// order is read if and only if a library's reader reads it, as the same pair.
pub fn signature(data: &[u8]) {
    let ours = der::read(data);
    assert!(ours.is_none_or(|pair| written(&pair) == data), "another encoding was accepted");
    if let Ok(theirs) = Signature::from_der(data) {
        assert_eq!(ours.map(|pair| pair.to_vec()), Some(theirs.to_bytes().to_vec()));
    }
    let pair = ours.and_then(|pair| Signature::from_slice(&pair).ok());
    assert_eq!(pair, Signature::from_der(data).ok());
}

/// A device's COSE_Key. What is accepted is the one encoding of a point that both engines know.
pub fn cose_key(data: &[u8]) {
    let (host, soft) = (cose::read_es256(&Host, data), cose::read_es256(&Soft, data));
    assert_eq!(host, soft, "the engines disagree about a point");
    if let Some(Point(point)) = host {
        let head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
        let expected = [&head[..], &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat();
        assert_eq!(data, expected, "another encoding was accepted");
    }
}

/// Whether the core takes this assertion, if its signature is good; none if it is past a limit.
fn accepts(authenticator_data: &[u8], client_data: &[u8]) -> Option<bool> {
    let assertion = Assertion {
        device: 0,
        authenticator_data: Bounded::new(authenticator_data)?,
        client_data: Bounded::new(client_data)?,
        signature: Bounded::new(SIGNATURES[0])?,
    };
    let expected = Expected { challenge: &CHALLENGE, origin: ORIGIN, rp_id_hash: &RP_ID_HASH };
    let device = Device { backup_eligible: false, sign_count: 0, ..Device::DUMMY };
    let outcome = assertion::verify(&Agreeing, &expected, &device, &assertion);
    Some(outcome.verdict.fold().is_ok() && outcome.user_verified.into())
}

/// Of a user who is present and verified, on a device that counts nothing.
pub(crate) fn honest_authenticator_data() -> [u8; 37] {
    let mut data = [0; 37];
    data[..32].copy_from_slice(&RP_ID_HASH.0);
    data[32] = 0b0000_0101;
    data
}

/// What a JSON parser makes of it. Values stay as they are, so that those which decide nothing need not
/// be good Unicode (RFC 8259, 8.2).
fn says_what_was_asked(data: &[u8]) -> bool {
    let Ok(members) = serde_json::from_slice::<BTreeMap<String, &RawValue>>(data) else {
        return false;
    };
    let text = |name| serde_json::from_str::<String>(members.get(name)?.get()).ok();
    let framed = members.get("crossOrigin").is_some_and(|value| value.get() != "false");
    text("type").as_deref() == Some("webauthn.get")
        && text("challenge").as_deref() == Some(CHALLENGE_TEXT)
        && text("origin").as_deref() == Some(ORIGIN)
        && !framed
        && !members.contains_key("topOrigin")
}

/// `SEQUENCE { r, s }`, each in the fewest bytes (X.690, 8.3.2).
fn written(pair: &[u8; 64]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let zeros = half.iter().take_while(|byte| **byte == 0).count().min(31);
        let sign = half[zeros] >> 7;
        let content = [&[0][..usize::from(sign)], &half[zeros..]].concat();
        [&[2, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    };
    let content = [integer(&pair[..32]), integer(&pair[32..])].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], &content[..]].concat()
}

/// Hashes as it should, and finds every signature good.
struct Agreeing;

impl Crypto for Agreeing {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        Host.sha256(parts)
    }
    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        Host.sha384(parts)
    }
    fn has(&self, _: Algorithm) -> bool {
        true
    }
    fn verify(&self, _: Algorithm, _: &[u8], _: &[u8], _: &[u8]) -> Choice {
        Choice::from(1)
    }
    fn is_public_key(&self, _: Algorithm, _: &[u8]) -> Choice {
        Choice::from(1)
    }
}
