//! The contract of [`Crypto`]: known answers, and the edges of ECDSA.

use countersign_ports::Crypto;
use hex_literal::hex;

use crate::points::POINTS;
use crate::signatures::{Case, SAMPLE, SIGNATURES};

/// The cases that `engine` breaks, by name; none when it keeps the contract.
#[must_use]
pub fn crypto(engine: &impl Crypto) -> Vec<&'static str> {
    let mut broken = Vec::new();
    broken.extend(broken_hashes(engine));
    broken.extend(broken_signatures(engine));
    broken.extend(broken_points(engine));
    broken.extend(accepted_flips(engine));
    broken
}

/// A message in parts, and its digest.
struct Hash {
    name: &'static str,
    parts: &'static [&'static [u8]],
    digest: [u8; 32],
}

/// The messages of FIPS 180-4's examples, whole and cut.
const HASHES: [Hash; 5] = [
    Hash {
        name: "hash of no part",
        parts: &[],
        digest: hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    },
    Hash {
        name: "hash of an empty part",
        parts: &[b""],
        digest: hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    },
    Hash {
        name: "hash of one block",
        parts: &[b"abc"],
        digest: hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    },
    Hash {
        name: "hash of parts",
        parts: &[b"a", b"", b"bc"],
        digest: hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    },
    Hash {
        name: "hash of two blocks",
        parts: &[b"abcdbcdecdefdefgefghfghighijhijki", b"jkljklmklmnlmnomnopnopq"],
        digest: hex!("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    },
];

fn broken_hashes(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    HASHES.iter().filter(|case| engine.sha256(case.parts) != case.digest).map(|case| case.name)
}

fn broken_signatures(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    SIGNATURES
        .iter()
        .filter(|case| {
            let verdict = engine.verify_p256(&case.public_key, &case.digest, &case.signature);
            bool::from(verdict) != case.good
        })
        .map(|case| case.name)
}

fn broken_points(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    POINTS
        .iter()
        .filter(|case| bool::from(engine.is_p256_point(&case.bytes)) != case.good)
        .map(|case| case.name)
}

/// Every single bit of key, digest and signature is flipped once: each must turn the verdict.
fn accepted_flips(engine: &impl Crypto) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let accepts = |key: &[u8; 65], digest: &[u8; 32], signature: &[u8; 64]| {
        bool::from(engine.verify_p256(key, digest, signature))
    };
    let Case { public_key, digest, signature, .. } = SAMPLE;
    if flips(&public_key).any(|flipped| accepts(&flipped, &digest, &signature)) {
        broken.push("a flipped bit in the key");
    }
    if flips(&digest).any(|flipped| accepts(&public_key, &flipped, &signature)) {
        broken.push("a flipped bit in the digest");
    }
    if flips(&signature).any(|flipped| accepts(&public_key, &digest, &flipped)) {
        broken.push("a flipped bit in the signature");
    }
    broken
}

/// `bytes` with each of its bits flipped in turn.
fn flips<const N: usize>(bytes: &[u8; N]) -> impl Iterator<Item = [u8; N]> {
    (0..N * 8).map(|bit| {
        let mut flipped = *bytes;
        if let Some(byte) = flipped.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        flipped
    })
}
