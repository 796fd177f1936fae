//! Digests of messages of one block and of more, whole and in parts.
//!
//! Published with FIPS 180-4 (NIST, *Cryptographic Standards and Guidelines: Examples with Intermediate Values*). An
//! engine has no SHA-512 of its own: it is part of Ed25519, and its signature tests it.

use countersign_ports::{Crypto, SHA256_BYTES, SHA384_BYTES};
use hex_literal::hex;

const ABC: &[&[u8]] = &[b"a", b"bc"];
/// Two blocks of SHA-256.
const LONG_256: &[&[u8]] = &[b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"];
/// Two blocks of SHA-384.
const LONG_384: &[&[u8]] = &[
    b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn",
    b"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
];

const SHA256: [(&[&[u8]], [u8; SHA256_BYTES]); 2] = [
    (ABC, hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
    (LONG_256, hex!("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")),
];

const SHA384: [(&[&[u8]], [u8; SHA384_BYTES]); 2] = [
    (
        ABC,
        hex!(
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7"
        ),
    ),
    (
        LONG_384,
        hex!(
            "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
            "fcc7c71a557e2db966c3e9fa91746039"
        ),
    ),
];

/// Whether SHA-256 is itself.
pub(crate) fn sha256(engine: &impl Crypto) -> bool {
    SHA256.iter().all(|(parts, digest)| engine.sha256(parts) == *digest)
}

/// Whether SHA-384 is itself.
pub(crate) fn sha384(engine: &impl Crypto) -> bool {
    SHA384.iter().all(|(parts, digest)| engine.sha384(parts) == *digest)
}
