//! What engines are asked: signatures and public keys of each algorithm, with the right verdict.

mod ed25519;
mod mldsa;
mod p256;
mod p256_keys;
mod p384;
mod rsa;
mod rsa_2048;
mod rsa_4096;

use countersign_ports::Algorithm;

/// One signature and its right verdict.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) algorithm: Algorithm,
    pub(crate) public_key: &'static [u8],
    /// The digest, where the algorithm signs digests.
    pub(crate) message: &'static [u8],
    pub(crate) signature: &'static [u8],
    pub(crate) good: bool,
}

/// One public key and whether it is one.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) algorithm: Algorithm,
    pub(crate) bytes: &'static [u8],
    pub(crate) good: bool,
}

/// A good signature of each algorithm.
pub(crate) fn samples() -> impl Iterator<Item = Case> {
    let samples = [
        p256::SAMPLE,
        p384::SAMPLE,
        rsa_2048::SAMPLE,
        rsa::PKCS1,
        rsa_4096::SAMPLE,
        rsa::PSS,
        ed25519::SAMPLE,
    ];
    samples.into_iter().chain(mldsa::SETS.iter().map(|set| set.sample))
}

/// Every signature.
pub(crate) fn signatures() -> impl Iterator<Item = &'static Case> {
    let short = [
        p256::SIGNATURES,
        p384::SIGNATURES,
        rsa_2048::SIGNATURES,
        rsa::SIGNATURES,
        rsa_4096::SIGNATURES,
        ed25519::SIGNATURES,
    ];
    short.into_iter().flatten().chain(mldsa::SETS.iter().flat_map(|set| &set.signatures))
}

/// Every public key.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    let short =
        [p256_keys::KEYS, p384::KEYS, rsa_2048::KEYS, rsa::KEYS, rsa_4096::KEYS, ed25519::KEYS];
    short.into_iter().flatten().chain(mldsa::SETS.iter().flat_map(|set| &set.keys))
}

/// `bytes` with another byte in one place.
const fn changed<const N: usize>(mut bytes: [u8; N], at: usize, byte: u8) -> [u8; N] {
    let (_, rest) = bytes.split_at_mut(at);
    if let [changed, ..] = rest {
        *changed = byte;
    }
    bytes
}
