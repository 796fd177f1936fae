//! What a signer's device and browser made, and a front-end may have changed.
//!
//! The property of each harness: no panic, and agreement with a second opinion that shares no code with
//! the reader: a JSON parser, the specification's flags in one line and a recursive walk over CBOR, the DER
//! readers of libraries, a library's COSE_Key.
//!
//! The readers of clientDataJSON and authenticatorData are the core's own. They are reached by
//! [`assertion::verify`], with an engine that finds every signature good: what is left is the reading.

use std::collections::BTreeMap;

use countersign_core::assertion::der::Pair;
use countersign_core::assertion::device_key::{DeviceKey, KeyBytes};
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::assertion::{self, Enrolled, Expected, cose};
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::{Bounded, Digest};
use countersign_soft::Soft;
use serde_json::value::RawValue;
use subtle::Choice;

use crate::cose_oracle;

pub(crate) const CHALLENGE: Digest = Digest([0xc4; 32]);
/// The same, as a browser writes it.
const CHALLENGE_TEXT: &str = "xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ";
pub(crate) const ORIGIN: &str = "https://approve.example";
pub(crate) const RP_ID_HASH: Digest = Digest([0xa1; 32]);

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
    let asked_for = data.len() >= 37 && data[..32] == RP_ID_HASH.0 && {
        let [up, _, uv, be, bs, _, at, ed] = std::array::from_fn(|bit| data[32] >> bit & 1 == 1);
        let extensions = &data[37..];
        let ends = if ed { is_one_map(extensions) } else { extensions.is_empty() };
        // The device is not eligible for backup, and so cannot be backed up.
        up && uv && !be && !bs && !at && ends
    };
    assert_eq!(accepted, asked_for);
}

/// One map of definite length, with such values in their shortest form in it, and nothing after it.
pub(crate) fn is_one_map(data: &[u8]) -> bool {
    data.first().is_some_and(|head| head >> 5 == 5) && after_value(data) == Some(&[])
}

/// What follows the value at the front (RFC 8949, 3). It recurses: a value here is at most 1 kB.
pub(crate) fn after_value(data: &[u8]) -> Option<&[u8]> {
    let (head, rest) = data.split_first()?;
    let (argument, rest) = match head & 0x1f {
        small @ 0..24 => (u64::from(small), rest),
        size @ 24..28 => {
            let (bytes, rest) = rest.split_at_checked(1 << (size - 24))?;
            let argument = bytes.iter().fold(0, |all, byte| (all << 8) | u64::from(*byte));
            let least = [24, 1 << 8, 1 << 16, 1 << 32][usize::from(size - 24)];
            (argument >= least || head >> 5 == 7).then_some(())?;
            (argument, rest)
        }
        _ => return None,
    };
    let values = |count: u64| (0..count).try_fold(rest, |rest, _| after_value(rest));
    match head >> 5 {
        2 | 3 => rest.get(usize::try_from(argument).ok()?..),
        4 => values(argument),
        5 => values(argument.checked_mul(2)?),
        6 => values(1),
        _ => Some(rest),
    }
}

/// A signature in DER. What is read is written again as the same bytes; and a pair within the curve's
/// order is read if and only if a library's reader reads it, as the same pair.
pub fn signature(data: &[u8]) {
    let p256 = read::<32>(data);
    let theirs = p256::ecdsa::Signature::from_der(data).ok().map(|s| s.to_bytes().to_vec());
    let ours = p256.filter(|pair| p256::ecdsa::Signature::from_slice(pair).is_ok());
    assert_eq!(ours, theirs);
    let p384 = read::<48>(data);
    let theirs = p384::ecdsa::Signature::from_der(data).ok().map(|s| s.to_bytes().to_vec());
    let ours = p384.filter(|pair| p384::ecdsa::Signature::from_slice(pair).is_ok());
    assert_eq!(ours, theirs);
}

/// `r || s`, if it is strict; and then it must be written as it was read.
fn read<const N: usize>(data: &[u8]) -> Option<Vec<u8>> {
    let pair = Pair::<N>::read(data);
    bool::from(pair.strict).then(|| {
        assert_eq!(written(&pair), data, "another encoding was accepted");
        [pair.r, pair.s].concat()
    })
}

/// A device's COSE_Key. What is accepted is what a library reads as such a key and writes as the same
/// bytes, if an engine knows it.
pub fn cose_key(data: &[u8]) {
    let (host, soft) = (cose::read(&Host, data), cose::read(&Soft, data));
    let known = |key: &DeviceKey<KeyBytes>| Soft.has(key.algorithm());
    assert_eq!(host.clone().filter(known), soft, "the engines disagree about a key");
    let theirs = cose_oracle::read(data);
    let is_key =
        |(algorithm, key): &(Algorithm, Vec<u8>)| Host.is_public_key(*algorithm, key).into();
    let ours = host.map(|key| (key.algorithm(), key.borrowed().bytes().to_vec()));
    assert_eq!(ours, theirs.filter(is_key));
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
    let enrolled = Enrolled {
        key: DeviceKey::nobodys(Algorithm::EcdsaP256),
        backup_eligible: false,
        counts: SignCounts::enrolled(0),
        prepared_count: 0,
    };
    let outcome = assertion::verify(&Agreeing, &expected, &enrolled, &assertion);
    Some(outcome.verdict.fold().is_ok() && outcome.user_verified.into())
}

/// Of a user who is present and verified, on a device that counts nothing.
pub(crate) fn honest_authenticator_data() -> [u8; 37] {
    let mut data = [0; 37];
    data[..32].copy_from_slice(&RP_ID_HASH.0);
    data[32] = 0b0000_0101;
    data
}

/// The same, with the output of an extension that nobody asked for.
pub(crate) fn with_extensions() -> Vec<u8> {
    let mut data = honest_authenticator_data().to_vec();
    data[32] |= 1 << 7;
    data.extend_from_slice(&[0xa1, 0x63, b'u', b'v', b'm', 0x81, 0x83, 0x02, 0x04, 0x02]);
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
fn written<const N: usize>(pair: &Pair<N>) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let zeros = half.iter().take_while(|byte| **byte == 0).count().min(N - 1);
        let sign = half[zeros] >> 7;
        let content = [&[0][..usize::from(sign)], &half[zeros..]].concat();
        [&[2, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    };
    let content = [integer(&pair.r), integer(&pair.s)].concat();
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
