//! What the core asks of a crypto engine: hash, and check other people's signatures.
//!
//! The core never signs and holds no key: signing is the token's. Every answer is a [`Choice`], so
//! that nobody can branch on one check before all checks are computed.

use subtle::Choice;

use crate::Algorithm;

/// Bytes of a SHA-256 digest.
pub const SHA256_BYTES: usize = 32;
/// Bytes of a SHA-384 digest.
pub const SHA384_BYTES: usize = 48;

/// A crypto engine.
///
/// Contract, run against every engine by its tests:
/// - no input makes it panic or allocate without bound;
/// - an input of a length that is not the algorithm's is answered with no, and so is everything about
///   an algorithm that the engine has not;
/// - an engine for firmware does the same work for every message and signature of the same length on a
///   curve; ML-DSA samples by rejection, from public bytes, and may not.
pub trait Crypto {
    /// SHA-256 over the concatenation of `parts` (FIPS 180-4).
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES];

    /// SHA-384 over the concatenation of `parts` (FIPS 180-4).
    fn sha384(&self, parts: &[&[u8]]) -> [u8; SHA384_BYTES];

    /// Whether this engine can check the algorithm at all.
    fn has(&self, algorithm: Algorithm) -> bool;

    /// Whether `signature` over `message` is by the holder of `public_key`, which must be one by
    /// [`Self::is_public_key`]. Where the algorithm signs digests, the message is the digest.
    fn verify(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Choice;

    /// Whether `public_key` is one of the algorithm: asked when a key is made or enrolled.
    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice;
}
