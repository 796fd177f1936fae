//! ECDSA signatures as other programs read them: `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279, 2.2.3).

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// The DER of `r || s`, on P-256 or P-384.
pub(crate) fn signature(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    value(SEQUENCE, &[integer(r), integer(s)].concat())
}

/// The shortest form of an unsigned number: no leading zeros, but one where a sign would be read.
fn integer(number: &[u8]) -> Vec<u8> {
    let significant = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = number.get(significant..).unwrap_or_default();
    let sign: &[u8] = match digits.first() {
        Some(first) if *first < 0x80 => &[],
        _ => &[0],
    };
    value(INTEGER, &[sign, digits].concat())
}

/// Everything here is shorter than 128 bytes: one byte of length.
fn value(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag, body.len() as u8], body].concat()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1,
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
        EcdsaVerificationAlgorithm, KeyPair as _, UnparsedPublicKey,
    };

    use super::*;

    fn of(r: &[u8], s: &[u8]) -> Vec<u8> {
        let mut fixed = [0; 64];
        fixed[32 - r.len()..32].copy_from_slice(r);
        fixed[64 - s.len()..].copy_from_slice(s);
        signature(&fixed)
    }

    #[test]
    fn leading_zeros_go() {
        assert_eq!(of(&[1], &[0x7f, 2]), [0x30, 7, 2, 1, 1, 2, 2, 0x7f, 2]);
    }

    #[test]
    fn a_high_bit_gets_a_zero_before_it() {
        assert_eq!(of(&[0x80], &[0, 0xff]), [0x30, 8, 2, 2, 0, 0x80, 2, 2, 0, 0xff]);
    }

    #[test]
    fn the_longest_and_the_shortest() {
        let long = of(&[0xff; 32], &[0x80; 32]);
        assert_eq!((long.len(), &long[..5]), (72, &[0x30, 70, 2, 33, 0][..]));
        assert_eq!(of(&[], &[]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        let longer = signature(&[0xff; 96]);
        assert_eq!((longer.len(), &longer[..5]), (104, &[0x30, 102, 2, 49, 0][..]));
    }

    #[test]
    fn another_library_reads_them() {
        let pairs: [(&'static EcdsaSigningAlgorithm, &'static EcdsaVerificationAlgorithm); 2] = [
            (&ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P256_SHA256_ASN1),
            (&ECDSA_P384_SHA384_FIXED_SIGNING, &ECDSA_P384_SHA384_ASN1),
        ];
        for (signs, verifies) in pairs {
            let (random, key) = (SystemRandom::new(), EcdsaKeyPair::generate(signs).unwrap());
            let verifier = UnparsedPublicKey::new(verifies, key.public_key());
            for _ in 0..300 {
                let fixed = key.sign(&random, b"text").unwrap();
                verifier.verify(b"text", &signature(fixed.as_ref())).unwrap();
            }
        }
    }
}
