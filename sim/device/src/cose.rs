//! COSE keys (RFC 9052, 7; RFC 9053, 7; RFC 8230, 4) as CTAP2 writes them: one encoding for each key.
//!
//! Guarantee: labels are in canonical order (CTAP 2.1, 8), numbers and lengths as short as they can be.

use std::convert::Infallible;

use minicbor::Encoder;
use minicbor::encode::Error;

/// The value of a label.
enum Value<'k> {
    Number(i32),
    Bytes(&'k [u8]),
}

/// What a COSE key of ES256 has before x, and between x and y.
const ES256_TO_X: &[u8] = &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const ES256_TO_Y: &[u8] = &[0x22, 0x58, 0x20];

/// The COSE key of ES256 at `0x04 || X || Y`.
#[must_use]
pub fn cose_key_es256([_, coordinates @ ..]: &[u8; 65]) -> Vec<u8> {
    let (x, y) = coordinates.split_at(32);
    ec2(-7, 1, x, y)
}

/// `0x04 || X || Y` of a COSE key of ES256.
pub(crate) fn es256_point(cose_key: &[u8]) -> Option<[u8; 65]> {
    let (x, rest) = cose_key.strip_prefix(ES256_TO_X)?.split_at_checked(32)?;
    [&[0x04], x, rest.strip_prefix(ES256_TO_Y)?].concat().try_into().ok()
}

/// An elliptic curve's point, uncompressed; `crv` is 1 (P-256) or 2 (P-384).
pub(crate) fn ec2(alg: i32, crv: i32, x: &[u8], y: &[u8]) -> Vec<u8> {
    let (crv, x, y) = (Value::Number(crv), Value::Bytes(x), Value::Bytes(y));
    map(2, alg, &[crv, x, y])
}

/// A point of Ed25519 (crv 6).
pub(crate) fn okp(alg: i32, x: &[u8]) -> Vec<u8> {
    map(1, alg, &[Value::Number(6), Value::Bytes(x)])
}

/// A modulus and an exponent, neither with a zero in front.
pub(crate) fn rsa(alg: i32, n: &[u8], e: &[u8]) -> Vec<u8> {
    map(3, alg, &[Value::Bytes(n), Value::Bytes(e)])
}

/// A public key whose algorithm says what its bytes are.
pub(crate) fn akp(alg: i32, public_key: &[u8]) -> Vec<u8> {
    map(7, alg, &[Value::Bytes(public_key)])
}

/// `{1: kty, 3: alg, -1: .., -2: .., ..}`.
fn map(kty: i32, alg: i32, parameters: &[Value<'_>]) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    let Ok(()) = write(&mut cbor, kty, alg, parameters) else { return Vec::new() };
    cbor.into_writer()
}

/// A vector takes whatever is written.
fn write(
    cbor: &mut Encoder<Vec<u8>>,
    kty: i32,
    alg: i32,
    parameters: &[Value<'_>],
) -> Result<(), Error<Infallible>> {
    cbor.map(parameters.len() as u64 + 2)?.i32(1)?.i32(kty)?.i32(3)?.i32(alg)?;
    for (label, value) in (1..).zip(parameters) {
        cbor.i32(-label)?;
        match value {
            Value::Number(number) => cbor.i32(*number)?,
            Value::Bytes(bytes) => cbor.bytes(bytes)?,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_key_has_its_labels() {
        assert_eq!(
            ec2(-7, 1, &[8], &[9]),
            [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x41, 8, 0x22, 0x41, 9]
        );
        assert_eq!(okp(-8, &[9]), [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x41, 9]);
        let rsa = rsa(-257, &[9], &[1, 0, 1]);
        assert_eq!(rsa, [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x41, 9, 0x21, 0x43, 1, 0, 1]);
        assert_eq!(akp(-48, &[9]), [0xa3, 1, 7, 3, 0x38, 47, 0x20, 0x41, 9]);
    }
}
