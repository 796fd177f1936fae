//! The one form that a public key of each algorithm has. The library takes more: compressed and hybrid
//! points, other moduli and exponents, Ed25519 points of small order, an SPKI around an ML-DSA key.
//!
//! Guarantees to [`super::Host`]: bytes that pass have the algorithm's length and form. It does not
//! guarantee that they are a point on a NIST curve or a product of primes.

use countersign_ports::Algorithm;
use curve25519_dalek::edwards::CompressedEdwardsY;

/// The first byte of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;
/// `SEQUENCE { INTEGER` up to a modulus of 2048 bits, whose first bit is set (RFC 8017, A.1.1).
const UP_TO_2048: &[u8] = &[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
/// The same of 3072 bits.
const UP_TO_3072: &[u8] = &[0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81, 0x00];
/// The same of 4096 bits.
const UP_TO_4096: &[u8] = &[0x30, 0x82, 0x02, 0x0a, 0x02, 0x82, 0x02, 0x01, 0x00];
/// `INTEGER 65537 }` after it.
const EXPONENT: &[u8] = &[0x02, 0x03, 0x01, 0x00, 0x01];

/// p - 1, little-endian: the largest y-coordinate on edwards25519, where p is 2^255 - 19.
const LARGEST_Y: [u8; 32] = {
    let mut y = [0xff; 32];
    y[0] = 0xec;
    y[31] = 0x7f;
    y
};
/// The y-coordinates of the points whose order divides 8, but for 0, 1 and p - 1: y and p - y.
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Whether these are the bytes of a public key as the port has it.
pub(super) fn is_right(algorithm: Algorithm, bytes: &[u8]) -> bool {
    let form = match algorithm {
        Algorithm::EcdsaP256 | Algorithm::EcdsaP384 => bytes.first() == Some(&UNCOMPRESSED),
        Algorithm::Rsa2048Pkcs1Sha256 => is_rsa(UP_TO_2048, bytes),
        Algorithm::Rsa3072Pkcs1Sha256 | Algorithm::Rsa3072PssSha256 => is_rsa(UP_TO_3072, bytes),
        Algorithm::Rsa4096Pkcs1Sha256 => is_rsa(UP_TO_4096, bytes),
        Algorithm::Ed25519 => is_large_order(bytes),
        // Every string of the right length is a key; an SPKI, which the library takes too, has another.
        Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => true,
    };
    form && bytes.len() == algorithm.public_key_bytes()
}

/// Whether these bytes are a point on edwards25519: the library looks only when it verifies, and has no
/// other way to ask.
pub(super) fn is_edwards_point(bytes: &[u8]) -> bool {
    CompressedEdwardsY::from_slice(bytes).is_ok_and(|point| point.decompress().is_some())
}

/// Whether the R of an Ed25519 signature may be one.
pub(super) fn is_good_r(signature: &[u8]) -> bool {
    signature.split_at_checked(32).is_some_and(|(r, _)| is_large_order(r))
}

/// Whether this is that modulus and the exponent 65537. (That it is as long as it says, the key's length
/// shows.)
fn is_rsa(up_to_modulus: &[u8], bytes: &[u8]) -> bool {
    let modulus = bytes.strip_prefix(up_to_modulus).and_then(|rest| rest.strip_suffix(EXPONENT));
    let Some([first, .., last]) = modulus else { return false };
    *first >= 0x80 && last % 2 == 1
}

/// Whether y is below p, and not one of a point of small order. (Of the others, none has an x of 0, so
/// the sign of x is always one that it can have.)
fn is_large_order(point: &[u8]) -> bool {
    let Ok(mut y) = <[u8; 32]>::try_from(point) else { return false };
    let [.., last] = &mut y;
    *last &= 0x7f;
    let [zero, mut one] = [[0; 32]; 2];
    let [first, ..] = &mut one;
    *first = 1;
    let below_p = y.iter().rev().le(LARGEST_Y.iter().rev());
    below_p && ![zero, one, LARGEST_Y].contains(&y) && !ORDER_8.contains(&y)
}
