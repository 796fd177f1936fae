//! The public half of a pair, as tokens tell it, made into the one form that the registry has.
//!
//! Guarantee: lenient in what tokens say, strict in what comes out: a length and form that the suite has.
//! It does not guarantee that a point is on its curve; the registry's engine looks at that.

use cryptoki::object::{Attribute, AttributeType, MlDsaParameterSetType};

use crate::KeyError;
use crate::kind::Group;

const OCTET_STRING: u8 = 0x04;
/// The first byte of an uncompressed point on a NIST curve (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 0x04;
/// Bytes of a point on edwards25519, which has no such first byte.
const EDWARDS_POINT_BYTES: u8 = 32;
/// 65537, big-endian.
pub(crate) const EXPONENT: [u8; 3] = [1, 0, 1];
/// Bits of a modulus.
pub(crate) const MODULUS_BITS: u64 = 3072;
const MODULUS_BYTES: usize = 384;
/// Bytes of an ML-DSA-44 key (FIPS 204, table 2).
const ML_DSA_44_BYTES: usize = 1312;
/// An RSAPublicKey in DER around a modulus of 3072 bits (RFC 8017, A.1.1).
const UP_TO_MODULUS: [u8; 9] = [0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81, 0x00];
const AFTER_MODULUS: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

/// The attributes to read of the public half.
pub(crate) const fn types(group: Group) -> &'static [AttributeType] {
    match group {
        Group::Curve { .. } => &[AttributeType::EcPoint],
        Group::Rsa3072 => &[AttributeType::Modulus, AttributeType::PublicExponent],
        Group::MlDsa44 => &[AttributeType::ParameterSet, AttributeType::Value],
    }
}

/// What they say.
///
/// # Errors
/// [`KeyError::AttributeDrift`] if it is no public key of the group.
pub(crate) fn read(group: Group, attributes: &[Attribute]) -> Result<Vec<u8>, KeyError> {
    let drift = |attribute| KeyError::AttributeDrift { attribute };
    match (group, attributes) {
        (Group::Curve { point_bytes, .. }, [Attribute::EcPoint(bytes)]) => {
            point(bytes, point_bytes).ok_or(drift("CKA_EC_POINT"))
        }
        (Group::Rsa3072, [Attribute::Modulus(modulus), Attribute::PublicExponent(exponent)]) => {
            if significant(exponent) != EXPONENT {
                return Err(drift("CKA_PUBLIC_EXPONENT"));
            }
            rsa(significant(modulus)).ok_or(drift("CKA_MODULUS"))
        }
        (Group::MlDsa44, [Attribute::ParameterSet(set), Attribute::Value(key)]) => {
            if *set != MlDsaParameterSetType::ML_DSA_44.into() {
                return Err(drift("CKA_PARAMETER_SET"));
            }
            let right = key.len() == ML_DSA_44_BYTES;
            right.then(|| key.clone()).ok_or(drift("CKA_VALUE"))
        }
        (Group::Curve { .. }, _) => Err(drift("CKA_EC_POINT")),
        (Group::Rsa3072, _) => Err(drift("CKA_MODULUS")),
        (Group::MlDsa44, _) => Err(drift("CKA_VALUE")),
    }
}

/// CKA_EC_POINT (PKCS#11 3.1, 6.3.3): the point in a DER OCTET STRING, or, as some tokens have it
/// against the standard, the point itself.
fn point(ec_point: &[u8], point_bytes: u8) -> Option<Vec<u8>> {
    let length = usize::from(point_bytes);
    // By length first: a bare point whose X begins with 0x41 begins like an OCTET STRING.
    let bytes = if ec_point.len() == length {
        ec_point
    } else {
        ec_point.strip_prefix(&[OCTET_STRING, point_bytes])?
    };
    let form = point_bytes == EDWARDS_POINT_BYTES || bytes.first() == Some(&UNCOMPRESSED);
    let right = form && bytes.len() == length;
    right.then(|| bytes.to_vec())
}

fn rsa(modulus: &[u8]) -> Option<Vec<u8>> {
    let bits_set = modulus.first().is_some_and(|first| *first >= 0x80);
    let right = bits_set && modulus.len() == MODULUS_BYTES;
    right.then(|| [&UP_TO_MODULUS[..], modulus, &AFTER_MODULUS].concat())
}

/// A big integer without the zeros before it, which some tokens give.
pub(crate) fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Suite;

    use super::*;
    use crate::kind::Kind;

    fn read_point(suite: Suite, bytes: &[u8]) -> Option<Vec<u8>> {
        let group = Kind::Pair(suite).group().unwrap();
        read(group, &[Attribute::EcPoint(bytes.to_vec())]).ok()
    }

    fn read_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, KeyError> {
        let modulus = Attribute::Modulus(modulus.to_vec());
        read(Group::Rsa3072, &[modulus, Attribute::PublicExponent(exponent.to_vec())])
    }

    #[test]
    fn both_forms_are_the_same_point() {
        for (suite, length) in [(Suite::Esp256, 65), (Suite::Esp384, 97), (Suite::Ed25519, 32)] {
            let mut point = vec![length; usize::from(length)];
            point[0] = 0x04;
            let wrapped = [&[0x04, length], point.as_slice()].concat();
            assert_eq!(read_point(suite, &wrapped), Some(point.clone()));
            assert_eq!(read_point(suite, &point), Some(point));
        }
    }

    #[test]
    fn anything_else_is_no_point() {
        for (suite, length) in [(Suite::Esp256, 65), (Suite::Esp384, 97)] {
            let mut compressed = vec![0x02; length];
            assert_eq!(read_point(suite, &compressed), None);
            compressed[0] = 0x04;
            assert_eq!(read_point(suite, &compressed[1..]), None);
        }
        for bytes in [&[7; 31][..], &[7; 33], &[7; 34], &[]] {
            assert_eq!(read_point(Suite::Ed25519, bytes), None);
        }
    }

    #[test]
    fn zeros_before_a_number_are_no_part_of_it() {
        let modulus = [0x80; 384];
        let plain = read_rsa(&modulus, &[1, 0, 1]).unwrap();
        assert_eq!(plain.len(), 398);
        let padded = read_rsa(&[&[0][..], &modulus].concat(), &[0, 1, 0, 1]);
        assert_eq!(padded, Ok(plain));
    }

    #[test]
    fn another_modulus_or_exponent_is_seen() {
        let drift = |attribute| Err(KeyError::AttributeDrift { attribute });
        assert_eq!(read_rsa(&[0x80; 384], &[3]), drift("CKA_PUBLIC_EXPONENT"));
        for modulus in [&[0x7f; 384][..], &[0x80; 383], &[0x80; 512], &[]] {
            assert_eq!(read_rsa(modulus, &[1, 0, 1]), drift("CKA_MODULUS"));
        }
    }

    #[test]
    fn a_key_of_another_parameter_set_or_length_is_seen() {
        let read_key = |set: MlDsaParameterSetType, bytes| {
            let key = Attribute::Value(vec![7; bytes]);
            read(Group::MlDsa44, &[Attribute::ParameterSet(set.into()), key])
        };
        let drift = |attribute| Err(KeyError::AttributeDrift { attribute });
        assert_eq!(read_key(MlDsaParameterSetType::ML_DSA_44, 1312), Ok(vec![7; 1312]));
        assert_eq!(read_key(MlDsaParameterSetType::ML_DSA_44, 1311), drift("CKA_VALUE"));
        let other = read_key(MlDsaParameterSetType::ML_DSA_65, 1312);
        assert_eq!(other, drift("CKA_PARAMETER_SET"));
    }
}
