//! AES-256-GCM: what is sealed is the published ciphertext and tag; that opens, and with a bit flipped it does not.
//!
//! Case 16 of McGrew and Viega, *The Galois/Counter Mode of Operation*, appendix B: four blocks less four bytes,
//! and associated data.

use countersign_ports::{SEALING_KEY_BYTES, SEALING_NONCE_BYTES, SEALING_TAG_BYTES, Sealing};
use hex_literal::hex;

const KEY: [u8; SEALING_KEY_BYTES] =
    hex!("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
const NONCE: [u8; SEALING_NONCE_BYTES] = hex!("cafebabefacedbaddecaf888");
const ASSOCIATED: [u8; 20] = hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const PLAIN: [u8; 60] = hex!(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
);
const SEALED: [u8; 60] = hex!(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
);
const TAG: [u8; SEALING_TAG_BYTES] = hex!("76fc6ece0f4e1768cddf8853bb2d551b");

/// Whether it seals as published.
pub(crate) fn seals(engine: &impl Sealing) -> bool {
    let mut bytes = PLAIN;
    let tag = engine.seal_in_place(&KEY, &NONCE, &ASSOCIATED, &mut bytes);
    tag == Ok(TAG) && bytes == SEALED
}

/// Whether it opens that, and nothing of it with a bit flipped in the ciphertext, the tag, or beside them.
pub(crate) fn opens(engine: &impl Sealing) -> bool {
    let refused = (false, [0; 60]);
    opened(engine, SEALED, TAG, ASSOCIATED) == (true, PLAIN)
        && opened(engine, flipped(SEALED), TAG, ASSOCIATED) == refused
        && opened(engine, SEALED, flipped(TAG), ASSOCIATED) == refused
        && opened(engine, SEALED, TAG, flipped(ASSOCIATED)) == refused
}

/// Whether it opens, and what is left.
fn opened(
    engine: &impl Sealing,
    mut bytes: [u8; 60],
    tag: [u8; SEALING_TAG_BYTES],
    associated: [u8; 20],
) -> (bool, [u8; 60]) {
    let opened = engine.open_in_place(&KEY, &NONCE, &associated, &mut bytes, &tag);
    (opened.is_ok(), bytes)
}

/// The same with the last bit of its last byte flipped.
fn flipped<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes
}
