//! The hashes: leaf, commitment, chain.

use countersign_core::port::Crypto;
use countersign_protocol::{Digest, tag};

/// The head of an empty ledger.
pub(crate) const EMPTY: Digest = Digest([0; 32]);

/// The hash of a leaf's bytes.
pub fn leaf_hash(crypto: &impl Crypto, leaf: &[u8]) -> Digest {
    Digest(crypto.sha256(&[tag::LEAF, leaf]))
}

/// The head after one more leaf.
pub fn next_head(crypto: &impl Crypto, head: &Digest, leaf_hash: &Digest) -> Digest {
    Digest(crypto.sha256(&[tag::CHAIN, &head.0, &leaf_hash.0]))
}

/// What a leaf says of its opening.
pub(crate) fn commitment(crypto: &impl Crypto, opening: &[u8]) -> Digest {
    Digest(crypto.sha256(&[tag::COMMITMENT, opening]))
}
