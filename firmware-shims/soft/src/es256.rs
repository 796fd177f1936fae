//! ECDSA verification on P-256 that does the same work whatever the input (FIPS 186-5, 6.4.2).
//!
//! Guarantees to [`crate::Soft`]: no branch and no address depends on key, digest or signature. Where
//! a value is out of range, a harmless one takes its place and the answer is false at the end. The
//! verifier that comes with `p256` returns early and runs in variable time: it is not used.

use countersign_ports::{P256_DIGEST_BYTES, P256_POINT_BYTES, P256_SIGNATURE_BYTES};
use p256::elliptic_curve::{
    ff::{Field as _, PrimeField as _},
    ops::{LinearCombination as _, Reduce as _},
    point::AffineCoordinates as _,
};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use subtle::{Choice, ConstantTimeEq as _, CtOption};

/// The first byte of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;
/// Bytes of a coordinate, of r and of s.
const SCALAR_BYTES: usize = 32;

/// Whether `signature` over `digest` verifies under `public_key`.
pub(crate) fn verify(
    public_key: &[u8; P256_POINT_BYTES],
    digest: &[u8; P256_DIGEST_BYTES],
    signature: &[u8; P256_SIGNATURE_BYTES],
) -> Choice {
    let key = point(public_key);
    let (r_bytes, s_bytes) = halves(signature);
    // Step 1: r and s in 1..n.
    let r = nonzero_scalar(r_bytes);
    let s = nonzero_scalar(s_bytes);
    let in_range = key.is_some() & r.is_some() & s.is_some();

    let r = r.unwrap_or(Scalar::ONE);
    // Steps 2 and 3: e is the digest as it came; a digest of n or more wraps around.
    let e = Scalar::reduce(&FieldBytes::from(*digest));
    // Step 4: the inverse of s.
    let w = s.unwrap_or(Scalar::ONE).invert().unwrap_or(Scalar::ONE);
    // Steps 5 and 6: R = u·G + v·Q, and R must be finite.
    let q = ProjectivePoint::from(key.unwrap_or(AffinePoint::GENERATOR));
    let sum = ProjectivePoint::lincomb(&[(ProjectivePoint::GENERATOR, e * w), (q, r * w)]);
    let sum = sum.to_affine();
    // Steps 7 and 8: the x of R, modulo n, is r.
    let x = Scalar::reduce(&sum.x());
    in_range & !sum.is_identity() & x.ct_eq(&r)
}

/// Whether `bytes` are an uncompressed point on the curve.
pub(crate) fn is_point(bytes: &[u8; P256_POINT_BYTES]) -> Choice {
    point(bytes).is_some()
}

/// The point, if it is on the curve (SEC 1, 2.3.4). The point at infinity has no such encoding.
fn point(bytes: &[u8; P256_POINT_BYTES]) -> CtOption<AffinePoint> {
    let [prefix, coordinates @ ..] = bytes;
    let (x, y) = halves(coordinates);
    let point = AffinePoint::from_coordinates(&x, &y);
    let good = prefix.ct_eq(&UNCOMPRESSED) & point.is_some();
    CtOption::new(point.unwrap_or(AffinePoint::GENERATOR), good)
}

/// The integer, if it is in `1..n`.
fn nonzero_scalar(bytes: FieldBytes) -> CtOption<Scalar> {
    let scalar = Scalar::from_repr(bytes);
    let below_n = scalar.is_some();
    let scalar = scalar.unwrap_or(Scalar::ZERO);
    CtOption::new(scalar, below_n & !scalar.is_zero())
}

/// `X || Y` or `r || s`, taken apart.
fn halves(bytes: &[u8; 2 * SCALAR_BYTES]) -> (FieldBytes, FieldBytes) {
    let mut first = FieldBytes::default();
    let mut second = FieldBytes::default();
    for (to, from) in first.iter_mut().chain(second.iter_mut()).zip(bytes) {
        *to = *from;
    }
    (first, second)
}
