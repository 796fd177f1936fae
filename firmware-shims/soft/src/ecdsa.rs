//! ECDSA verification that does the same work whatever the input (FIPS 186-5, 6.4.2), on any curve.
//!
//! Guarantees to [`crate::Soft`]: no branch and no address depends on the values of key, digest or
//! signature, only on their lengths. Where a value is out of range, a harmless one takes its place and
//! the answer is false at the end. The verifiers that come with the curves return early and run in
//! variable time: they are not used.

use p256::elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, Group as _, ProjectivePoint, Scalar,
    ff::{Field as _, PrimeField as _},
    group::{Curve as _, CurveAffine as _},
    ops::{LinearCombination as _, Reduce as _},
    point::AffineCoordinates as _,
};
use subtle::{Choice, ConstantTimeEq as _, CtOption};

/// The first byte of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;

/// Whether `signature` over `digest` verifies under `public_key`. A digest is as long as the curve's
/// order.
pub(crate) fn verify<C: CurveArithmetic>(
    public_key: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Choice {
    let (Ok(digest), Some((r_bytes, s_bytes))) =
        (FieldBytes::<C>::try_from(digest), halves::<C>(signature))
    else {
        return Choice::from(0);
    };
    let key = point::<C>(public_key);
    // Step 1: r and s in 1..n.
    let r = nonzero_scalar::<C>(r_bytes);
    let s = nonzero_scalar::<C>(s_bytes);
    let in_range = key.is_some() & r.is_some() & s.is_some();

    let r = r.unwrap_or(Scalar::<C>::ONE);
    // Steps 2 and 3: e is the digest as it came; a digest of n or more wraps around.
    let e = Scalar::<C>::reduce(&digest);
    // Step 4: the inverse of s.
    let w = s.unwrap_or(Scalar::<C>::ONE).invert().unwrap_or(Scalar::<C>::ONE);
    // Steps 5 and 6: R = u·G + v·Q, and R must be finite.
    let generator = ProjectivePoint::<C>::generator();
    let q = ProjectivePoint::<C>::from(key.unwrap_or(generator.to_affine()));
    let sum = ProjectivePoint::<C>::lincomb(&[(generator, e * w), (q, r * w)]).to_affine();
    // Steps 7 and 8: the x of R, modulo n, is r.
    let x = Scalar::<C>::reduce(&sum.x());
    in_range & !sum.is_identity() & x.ct_eq(&r)
}

/// Whether `bytes` are an uncompressed point on the curve.
pub(crate) fn is_point<C: CurveArithmetic>(bytes: &[u8]) -> Choice {
    point::<C>(bytes).is_some()
}

/// The point, if it is on the curve (SEC 1, 2.3.4). The point at infinity has no such encoding.
fn point<C: CurveArithmetic>(bytes: &[u8]) -> CtOption<AffinePoint<C>> {
    let generator = AffinePoint::<C>::generator();
    let parts = bytes.split_first().and_then(|(prefix, rest)| Some((prefix, halves::<C>(rest)?)));
    let Some((prefix, (x, y))) = parts else {
        return CtOption::new(generator, Choice::from(0));
    };
    let point = AffinePoint::<C>::from_coordinates(&x, &y);
    let good = prefix.ct_eq(&UNCOMPRESSED) & point.is_some();
    CtOption::new(point.unwrap_or(generator), good)
}

/// The integer, if it is in `1..n`.
fn nonzero_scalar<C: CurveArithmetic>(bytes: FieldBytes<C>) -> CtOption<Scalar<C>> {
    let scalar = Scalar::<C>::from_repr(bytes);
    let below_n = scalar.is_some();
    let scalar = scalar.unwrap_or(Scalar::<C>::ZERO);
    CtOption::new(scalar, below_n & !scalar.is_zero())
}

/// `X || Y` or `r || s`, taken apart; nothing if it is not twice as long as a coordinate.
fn halves<C: CurveArithmetic>(bytes: &[u8]) -> Option<(FieldBytes<C>, FieldBytes<C>)> {
    let (first, second) = bytes.split_at_checked(bytes.len() / 2)?;
    FieldBytes::<C>::try_from(first).ok().zip(FieldBytes::<C>::try_from(second).ok())
}
