//! What the core asks of a crypto engine: hash, and check other people's signatures.
//!
//! The core never signs and holds no key: signing is the token's. Every answer is a [`Choice`], so
//! that nobody can branch on one check before all checks are computed.

use subtle::Choice;

/// Bytes of a SHA-256 digest.
pub const SHA256_BYTES: usize = 32;
/// Bytes of an uncompressed P-256 point: `0x04 || X || Y` (SEC 1, 2.3.3).
pub const P256_POINT_BYTES: usize = 65;
/// Bytes of the digest that a P-256 signature is over.
pub const P256_DIGEST_BYTES: usize = 32;
/// Bytes of a P-256 signature as `r || s`, both big-endian, fixed width (never DER).
pub const P256_SIGNATURE_BYTES: usize = 64;

/// A crypto engine.
///
/// Contract, run against every engine by its tests:
/// - no input makes it panic or allocate without bound;
/// - an engine for firmware does the same work for every input of the same length.
pub trait Crypto {
    /// SHA-256 over the concatenation of `parts` (FIPS 180-4).
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES];

    /// Whether `signature` over `digest` is by the holder of `public_key` (FIPS 186-5, 6.4.2).
    ///
    /// False also for a key that is no uncompressed point on the curve and for r or s outside
    /// `1..n`. A high s is accepted: FIDO2 devices make both.
    fn verify_p256(
        &self,
        public_key: &[u8; P256_POINT_BYTES],
        digest: &[u8; P256_DIGEST_BYTES],
        signature: &[u8; P256_SIGNATURE_BYTES],
    ) -> Choice;

    /// Whether `public_key` is an uncompressed point on P-256: asked once, when a key is enrolled.
    fn is_p256_point(&self, public_key: &[u8; P256_POINT_BYTES]) -> Choice;
}
