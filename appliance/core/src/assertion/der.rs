//! Strict DER of an ECDSA signature on P-256 (WebAuthn L3, 6.5.5; X.690, 8.3 and 10.1).
//!
//! Guarantee: exactly one encoding of each pair (r, s) is accepted. A signature's bytes are still no
//! name for it: (r, n - s) verifies as well.

use subtle::{Choice, ConstantTimeEq};

/// What the encoding was worth.
#[derive(Clone, Copy)]
pub struct Encoding {
    /// It was strict DER of two integers that fit.
    pub strict: Choice,
    /// Neither of them was zero.
    pub nonzero: Choice,
}

/// `r || s`, and what the encoding was worth; what cannot be read is zero, and counted as not strict
/// only.
#[must_use]
pub fn read_or_zero(der: &[u8]) -> ([u8; 64], Encoding) {
    let read = read(der);
    let signature = read.unwrap_or([0; 64]);
    let strict = Choice::from(u8::from(read.is_some()));
    let (r, s) = signature.split_at(32);
    let zero = r.ct_eq(&[0; 32]) | s.ct_eq(&[0; 32]);
    (signature, Encoding { strict, nonzero: !(zero & strict) })
}

/// `r || s`, if `der` is strict.
#[must_use]
pub fn read(der: &[u8]) -> Option<[u8; 64]> {
    let body = der.strip_prefix(&[0x30])?;
    let (length, body) = body.split_first()?;
    // Two P-256 integers take at most 70 bytes: the long form of a length is never the shortest.
    (*length < 0x80 && usize::from(*length) == body.len()).then_some(())?;
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    let mut signature = [0; 64];
    let (r_place, s_place) = signature.split_at_mut(32);
    place(r_place, r)?;
    place(s_place, s)?;
    rest.is_empty().then_some(signature)
}

/// The magnitude of a non-negative INTEGER in the fewest bytes, and what follows it.
fn integer(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = der.strip_prefix(&[0x02])?;
    let (length, body) = body.split_first()?;
    let (bytes, rest) = body.split_at_checked(usize::from(*length))?;
    match bytes {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
        [0, magnitude @ ..] => Some((magnitude, rest)),
        magnitude => Some((magnitude, rest)),
    }
}

/// Writes `magnitude` big-endian at the end of `place`.
fn place(place: &mut [u8], magnitude: &[u8]) -> Option<()> {
    let start = place.len().checked_sub(magnitude.len())?;
    place.get_mut(start..)?.copy_from_slice(magnitude);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{read, read_or_zero};

    #[test]
    fn reads_the_one_encoding_of_a_pair() {
        let signature = read(&[0x30, 7, 2, 1, 5, 2, 2, 0, 0x80]).unwrap();
        assert_eq!((signature[31], signature[63]), (5, 0x80));
        assert_eq!(signature.iter().map(|byte| u32::from(*byte)).sum::<u32>(), 0x85);
    }

    #[test]
    fn one_mutation_of_a_strict_encoding_is_refused() {
        assert!(read(&[0x30, 6, 2, 1, 5, 2, 1, 6]).is_some());
        let cases: [(&str, &[u8]); 9] = [
            ("trailing byte", &[0x30, 6, 2, 1, 5, 2, 1, 6, 0]),
            ("trailing byte inside", &[0x30, 7, 2, 1, 5, 2, 1, 6, 0]),
            ("superfluous zero", &[0x30, 7, 2, 2, 0, 5, 2, 1, 6]),
            ("negative", &[0x30, 6, 2, 1, 0x85, 2, 1, 6]),
            ("empty integer", &[0x30, 5, 2, 0, 2, 1, 6]),
            ("long form of a length", &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 6]),
            ("other tag", &[0x31, 6, 2, 1, 5, 2, 1, 6]),
            ("cut", &[0x30, 6, 2, 1, 5, 2, 1]),
            ("one integer", &[0x30, 3, 2, 1, 5]),
        ];
        for (mutation, der) in cases {
            assert!(read(der).is_none(), "{mutation}");
        }
        let mut too_long = [1; 39];
        too_long[..4].copy_from_slice(&[0x30, 37, 2, 33]);
        too_long[37..].copy_from_slice(&[2, 0]);
        assert!(read(&too_long).is_none(), "33 bytes of r");
    }

    #[test]
    fn zero_is_strict_but_zero() {
        for der in [[0x30, 6, 2, 1, 0, 2, 1, 6], [0x30, 6, 2, 1, 5, 2, 1, 0]] {
            let (_, encoding) = read_or_zero(&der);
            assert!(bool::from(encoding.strict & !encoding.nonzero));
        }
        let (signature, encoding) = read_or_zero(&[]);
        assert_eq!(signature, [0; 64]);
        assert!(bool::from(!encoding.strict & encoding.nonzero), "one reason for one fault");
    }
}
