//! What a new device made: authenticatorData with its credential, which a front-end may have changed.
//!
//! The property: no panic, and agreement with a second opinion that shares no code with the reader: the
//! specification's flags in one line, a recursive walk over CBOR, a library's COSE_Key.

use countersign_core::assertion::{Expected, registration};
use countersign_device::Authenticator;
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::Bounded;

use crate::cose_oracle;
use crate::device::{CHALLENGE, ORIGIN, RP_ID_HASH, after_value, is_one_map};

const CLIENT_DATA: &str = concat!(
    r#"{"type":"webauthn.create","challenge":"xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ","#,
    r#""origin":"https://approve.example","crossOrigin":false}"#
);

/// A credential, as both read it: model, credential id, COSE_Key, and whether it may be copied.
type Credential<'d> = ([u8; 16], &'d [u8], &'d [u8], bool);

/// authenticatorData of a registration. Accepted is exactly what WebAuthn L3, 6.5.2 and 7.1 ask for.
pub fn registration(data: &[u8]) {
    let Some(bounded) = Bounded::new(data) else { return };
    let expected = Expected { challenge: &CHALLENGE, origin: ORIGIN, rp_id_hash: &RP_ID_HASH };
    let client_data = Bounded::new(CLIENT_DATA.as_bytes()).unwrap();
    let ours = registration::verify(&Host, &expected, &client_data, &bounded).ok();
    let ours = ours.map(|c| (c.aaguid(), c.id(), c.cose_key(), c.backup_eligible()));
    assert_eq!(ours, theirs(data));
}

fn theirs(data: &[u8]) -> Option<Credential<'_>> {
    let [up, _, uv, be, bs, _, at, ed] =
        std::array::from_fn(|bit| data.get(32).is_some_and(|flags| flags >> bit & 1 == 1));
    (data.get(..32)? == RP_ID_HASH.0 && up && uv && at && (be || !bs)).then_some(())?;
    let (aaguid, rest) = data.get(37..)?.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (id, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    let end = after_value(rest)?;
    let key = &rest[..rest.len() - end.len()];
    let (algorithm, bytes) = cose_oracle::read(key)?;
    let is_key: bool = Host.is_public_key(algorithm, &bytes).into();
    let ends = if ed { is_one_map(end) } else { end.is_empty() };
    (is_key && ends && (16..=1023).contains(&id.len())).then_some((*aaguid, id, key, be))
}

/// Of this device, with the output of an extension or without.
pub(crate) fn honest(device: &Authenticator, extensions: bool) -> Vec<u8> {
    let credential = device.credential();
    let flags = if extensions { 0b1100_0101 } else { 0b0100_0101 };
    let fixed = [&RP_ID_HASH.0[..], &[flags], &[0; 4], &[5; 16], &[0, 32]].concat();
    let end: &[u8] = if extensions { &[0xa1, 0x63, b'u', b'v', b'm', 0x80] } else { &[] };
    [&fixed[..], &credential.credential_id, &credential.public_key_cose, end].concat()
}
