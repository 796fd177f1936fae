//! What engines are asked: signatures and public keys of each algorithm, with the right verdict.

mod ed25519;
mod p256;
mod p256_keys;
mod p384;
mod rsa;

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
pub(crate) const SAMPLES: [Case; 5] =
    [p256::SAMPLE, p384::SAMPLE, rsa::PKCS1, rsa::PSS, ed25519::SAMPLE];

/// Every signature.
pub(crate) fn signatures() -> impl Iterator<Item = &'static Case> {
    [p256::SIGNATURES, p384::SIGNATURES, rsa::SIGNATURES, ed25519::SIGNATURES].into_iter().flatten()
}

/// Every public key.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    [p256_keys::KEYS, p384::KEYS, rsa::KEYS, ed25519::KEYS].into_iter().flatten()
}
