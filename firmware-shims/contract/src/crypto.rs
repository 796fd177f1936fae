//! The contract of [`Crypto`]: known answers, and the edges of each algorithm.

use countersign_ports::{Algorithm, Crypto};
use hex_literal::hex;

use crate::vectors::{Case, keys, samples, signatures};

/// The cases that `engine` breaks, by name; none when it keeps the contract.
#[must_use]
pub fn crypto(engine: &impl Crypto) -> Vec<&'static str> {
    let mut broken = Vec::new();
    broken.extend(broken_hashes(engine));
    broken.extend(broken_signatures(engine));
    broken.extend(broken_keys(engine));
    for sample in samples() {
        broken.extend(accepted_flips(engine, &sample));
        broken.extend(accepted_lengths(engine, &sample));
    }
    broken
}

/// A message in parts, and its digests.
struct Hash {
    name: &'static str,
    parts: &'static [&'static [u8]],
    sha256: [u8; 32],
    sha384: [u8; 48],
}

/// The messages of FIPS 180-4's examples, whole and cut.
const HASHES: [Hash; 6] = [
    Hash {
        name: "hash of no part",
        parts: &[],
        sha256: hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        sha384: hex!(
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b"
        ),
    },
    Hash {
        name: "hash of an empty part",
        parts: &[b""],
        sha256: hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        sha384: hex!(
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b"
        ),
    },
    Hash {
        name: "hash of one block",
        parts: &[b"abc"],
        sha256: hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        sha384: hex!(
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7"
        ),
    },
    Hash {
        name: "hash of parts",
        parts: &[b"a", b"", b"bc"],
        sha256: hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        sha384: hex!(
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7"
        ),
    },
    Hash {
        name: "hash of two blocks",
        parts: &[b"abcdbcdecdefdefgefghfghighijhijki", b"jkljklmklmnlmnomnopnopq"],
        sha256: hex!("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        sha384: hex!(
            "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
            "b0455a8520bc4e6f5fe95b1fe3c8452b"
        ),
    },
    Hash {
        name: "hash of two long blocks",
        parts: &[
            b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn",
            b"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        ],
        sha256: hex!("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
        sha384: hex!(
            "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
            "fcc7c71a557e2db966c3e9fa91746039"
        ),
    },
];

fn broken_hashes(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    let right = |case: &Hash| {
        engine.sha256(case.parts) == case.sha256 && engine.sha384(case.parts) == case.sha384
    };
    HASHES.iter().filter(move |case| !right(case)).map(|case| case.name)
}

/// What an engine has not, it never says yes to.
fn broken_signatures(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    let broken = |case: &&Case| {
        let verdict = engine.verify(case.algorithm, case.public_key, case.message, case.signature);
        bool::from(verdict) != (case.good && engine.has(case.algorithm))
    };
    signatures().filter(broken).map(|case| case.name)
}

fn broken_keys(engine: &impl Crypto) -> impl Iterator<Item = &'static str> {
    let expected = |algorithm, good| good && engine.has(algorithm);
    let verdict = |algorithm, bytes| bool::from(engine.is_public_key(algorithm, bytes));
    keys()
        .filter(move |key| verdict(key.algorithm, key.bytes) != expected(key.algorithm, key.good))
        .map(|key| key.name)
}

/// A good question with other bytes in one place, or in none.
#[derive(Clone)]
struct Question {
    algorithm: Algorithm,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Question {
    fn of(case: &Case) -> Self {
        Self {
            algorithm: case.algorithm,
            key: case.public_key.to_vec(),
            message: case.message.to_vec(),
            signature: case.signature.to_vec(),
        }
    }

    fn is_accepted(&self, engine: &impl Crypto) -> bool {
        engine.verify(self.algorithm, &self.key, &self.message, &self.signature).into()
    }
}

/// Bits of key, message and signature are flipped one at a time: each must turn the verdict.
fn accepted_flips(engine: &impl Crypto, sample: &Case) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let question = Question::of(sample);
    let accepts = |question: Question| question.is_accepted(engine);
    if flips(sample.public_key).any(|key| accepts(Question { key, ..question.clone() })) {
        broken.push("a flipped bit in the key");
    }
    if flips(sample.message).any(|message| accepts(Question { message, ..question.clone() })) {
        broken.push("a flipped bit in the message");
    }
    if flips(sample.signature).any(|signature| accepts(Question { signature, ..question.clone() }))
    {
        broken.push("a flipped bit in the signature");
    }
    broken
}

/// The longest of which every bit is tried: a key of RSA with 4096 bits is.
const SHORT_BYTES: usize = 600;

/// `bytes` with each of its bits flipped in turn; of the tens of thousands of ML-DSA, with each 31st, which
/// is another bit of a byte each time.
fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let step = if bytes.len() > SHORT_BYTES { 31 } else { 1 };
    (0..bytes.len() * 8).step_by(step).map(|bit| {
        let mut flipped = bytes.to_vec();
        if let Some(byte) = flipped.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        flipped
    })
}

/// Bytes of another length, which begin or end as they should, are refused.
fn accepted_lengths(engine: &impl Crypto, sample: &Case) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let question = Question::of(sample);
    let accepts = |question: Question| question.is_accepted(engine);
    if lengths(sample.public_key).any(|key| {
        let is_key = engine.is_public_key(sample.algorithm, &key).into();
        is_key || accepts(Question { key, ..question.clone() })
    }) {
        broken.push("a key of another length");
    }
    if lengths(sample.message).any(|message| accepts(Question { message, ..question.clone() })) {
        broken.push("a message of another length");
    }
    if lengths(sample.signature)
        .any(|signature| accepts(Question { signature, ..question.clone() }))
    {
        broken.push("a signature of another length");
    }
    broken
}

/// `bytes` with less or more before or after them.
fn lengths(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let shorter = [
        &[][..],
        bytes.get(1..).unwrap_or_default(),
        bytes.split_last().map_or(&[], |(_, rest)| rest),
    ];
    let longer = [[&[0], bytes].concat(), [bytes, &[0]].concat(), [bytes, bytes].concat()];
    shorter.map(<[u8]>::to_vec).into_iter().chain(longer)
}
