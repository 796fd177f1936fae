//! Ed25519 verification that does the same work whatever the input (RFC 8032, 5.1.7).
//!
//! Guarantees to [`crate::Soft`]: no branch and no address depends on the values of message or signature,
//! nor on those of the key, except on whether its bytes are a point; where they are none, a harmless one
//! takes their place. The verifier of `ed25519-dalek` runs in variable time: it is not used, and its signer
//! is not linked.

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest as _, Sha512};
use subtle::{Choice, ConstantTimeEq as _, CtOption};

/// Whether `signature` over `message` verifies under `public_key`.
pub(crate) fn verify(public_key: &[u8], message: &[u8], signature: &[u8]) -> Choice {
    let Some((r, s)) = signature.split_first_chunk::<32>() else { return Choice::from(0) };
    let Ok(s) = <[u8; 32]>::try_from(s) else { return Choice::from(0) };
    // Step 1: A is a point, s is below L.
    let a = point(public_key);
    let s = Scalar::from_canonical_bytes(s);
    let good = a.is_some() & s.is_some();
    // Step 2: k = SHA-512(R || A || M), modulo L.
    let hash = Sha512::new().chain_update(r).chain_update(public_key).chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    // Step 3, without the cofactor: R = s·B - k·A.
    let a = a.unwrap_or(ED25519_BASEPOINT_POINT);
    let expected = EdwardsPoint::mul_base(&s.unwrap_or(Scalar::ONE)) - a * k;
    // R is never read as a point: what equals the canonical encoding of one is that point, and whether that
    // one is of small order is asked of the one computed.
    good & expected.compress().as_bytes().ct_eq(r) & !is_small(&expected)
}

/// Whether `bytes` are a public key.
pub(crate) fn is_public_key(bytes: &[u8]) -> Choice {
    point(bytes).is_some()
}

/// The point, if this is its canonical encoding (RFC 8032, 5.1.3) and it is not of small order: such a
/// key has signatures that are good for many messages.
fn point(bytes: &[u8]) -> CtOption<EdwardsPoint> {
    let read = CompressedEdwardsY::from_slice(bytes).ok();
    let point = read.and_then(|read| read.decompress());
    let is_point = Choice::from(u8::from(point.is_some()));
    let point = point.unwrap_or(ED25519_BASEPOINT_POINT);
    let canonical = point.compress().as_bytes().ct_eq(bytes);
    CtOption::new(point, is_point & canonical & !is_small(&point))
}

/// Whether the point's order divides 8.
fn is_small(point: &EdwardsPoint) -> Choice {
    point.mul_by_cofactor().ct_eq(&EdwardsPoint::default())
}
