//! Strict DER of an ECDSA signature (WebAuthn L3, 6.5.5; X.690, 8.3 and 10.1).
//!
//! Guarantees: exactly one encoding of each pair (r, s) is accepted; the work is the same whatever the
//! bytes say. A signature's bytes are still no name for it: (r, n - s) verifies as well.

use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};

use crate::verdict::choice;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// The longest that is read: two integers of P-384 with a byte for their sign each.
const DER_BYTES_MAX: usize = 104;

/// What was read, for a curve with integers of `N` bytes.
#[derive(Clone, Copy, Debug)]
pub struct Pair<const N: usize> {
    /// Big-endian; whatever was in its place, if it was not strict.
    pub r: [u8; N],
    /// Likewise.
    pub s: [u8; N],
    /// It was strict DER of two integers that fit.
    pub strict: Choice,
}

impl<const N: usize> Pair<N> {
    /// Reads `der`.
    #[must_use]
    pub fn read(der: &[u8]) -> Self {
        let buffer = Buffer::of(der);
        let r = buffer.integer(2);
        let s = buffer.integer(r.end());
        // Two such integers take less than 128 bytes: the long form of a length is never the shortest.
        let whole = usize::from(s.end()).ct_eq(&der.len())
            & buffer.at(0).ct_eq(&SEQUENCE)
            & (usize::from(buffer.at(1)) + 2).ct_eq(&der.len())
            & choice(der.len() <= DER_BYTES_MAX);
        Self {
            r: buffer.magnitude(r),
            s: buffer.magnitude(s),
            strict: whole & buffer.is_strict(r, N) & buffer.is_strict(s, N),
        }
    }

    /// Whether neither is zero.
    #[must_use]
    pub fn is_nonzero(&self) -> Choice {
        !self.r.ct_eq(&[0; N]) & !self.s.ct_eq(&[0; N])
    }
}

/// The beginning of the bytes, and zeros: every place of 8 bits can be read.
struct Buffer([u8; 256]);

/// Where an INTEGER is.
#[derive(Clone, Copy)]
struct Integer {
    /// The place of its tag.
    at: u8,
    length: u8,
}

impl Integer {
    /// The place after it.
    const fn end(self) -> u8 {
        self.at.wrapping_add(2).wrapping_add(self.length)
    }
}

impl Buffer {
    fn of(der: &[u8]) -> Self {
        let mut buffer = [0; 256];
        for (to, from) in buffer.iter_mut().zip(der.iter().take(DER_BYTES_MAX)) {
            *to = *from;
        }
        Self(buffer)
    }

    fn at(&self, place: u8) -> u8 {
        self.0.get(usize::from(place)).copied().unwrap_or_default()
    }

    fn integer(&self, at: u8) -> Integer {
        Integer { at, length: self.at(at.wrapping_add(1)) }
    }

    /// A non-negative INTEGER in the fewest bytes, whose magnitude has `bytes` at most.
    fn is_strict(&self, integer: Integer, bytes: usize) -> Choice {
        let Integer { at, length } = integer;
        let (first, second) = (self.at(at.wrapping_add(2)), self.at(at.wrapping_add(3)));
        let sign = first.ct_eq(&0) & length.ct_gt(&1);
        let needed = !sign | !second.ct_lt(&0x80);
        let fits = !(length - sign.unwrap_u8()).ct_gt(&(bytes as u8));
        self.at(at).ct_eq(&INTEGER) & length.ct_gt(&0) & first.ct_lt(&0x80) & needed & fits
    }

    /// The last `N` bytes of an INTEGER, with zeros in front if it has fewer.
    fn magnitude<const N: usize>(&self, integer: Integer) -> [u8; N] {
        let mut place = integer.end();
        let mut left = integer.length;
        let mut magnitude = [0; N];
        for byte in magnitude.iter_mut().rev() {
            let within = !left.ct_eq(&0);
            place = place.wrapping_sub(1);
            *byte = self.at(place) & 0u8.wrapping_sub(within.unwrap_u8());
            left = left.wrapping_sub(within.unwrap_u8());
        }
        magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::Pair;

    fn strict(der: &[u8]) -> bool {
        Pair::<32>::read(der).strict.into()
    }

    #[test]
    fn reads_the_one_encoding_of_a_pair() {
        let pair = Pair::<32>::read(&[0x30, 7, 2, 1, 5, 2, 2, 0, 0x80]);
        assert!(bool::from(pair.strict & pair.is_nonzero()));
        let (mut r, mut s) = ([0; 32], [0; 32]);
        (r[31], s[31]) = (5, 0x80);
        assert_eq!((pair.r, pair.s), (r, s));
    }

    #[test]
    fn the_longest_pair_of_each_curve_is_read_and_none_that_is_longer() {
        fn longest<const N: usize>() {
            let length = u8::try_from(N + 1).unwrap();
            let mut der = [0xff; 108];
            der[..5].copy_from_slice(&[0x30, 2 * (length + 2), 2, length, 0]);
            der[4 + N + 1..4 + N + 4].copy_from_slice(&[2, length, 0]);
            let whole = 2 + 2 * (N + 3);
            let pair = Pair::<N>::read(&der[..whole]);
            assert!(bool::from(pair.strict));
            assert_eq!((pair.r, pair.s), ([0xff; N], [0xff; N]));
            der[4] = 1;
            assert!(!bool::from(Pair::<N>::read(&der[..whole]).strict), "a byte more");
        }
        longest::<32>();
        longest::<48>();
    }

    #[test]
    fn one_mutation_of_a_strict_encoding_is_refused() {
        assert!(strict(&[0x30, 6, 2, 1, 5, 2, 1, 6]));
        let cases: [(&str, &[u8]); 12] = [
            ("trailing byte", &[0x30, 6, 2, 1, 5, 2, 1, 6, 0]),
            ("trailing byte inside", &[0x30, 7, 2, 1, 5, 2, 1, 6, 0]),
            ("superfluous zero", &[0x30, 7, 2, 2, 0, 5, 2, 1, 6]),
            ("superfluous zero in s", &[0x30, 7, 2, 1, 5, 2, 2, 0, 6]),
            ("negative", &[0x30, 6, 2, 1, 0x85, 2, 1, 6]),
            ("empty integer", &[0x30, 5, 2, 0, 2, 1, 6]),
            ("long form of a length", &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 6]),
            ("other tag", &[0x31, 6, 2, 1, 5, 2, 1, 6]),
            ("other tag of an integer", &[0x30, 6, 3, 1, 5, 2, 1, 6]),
            ("cut", &[0x30, 6, 2, 1, 5, 2, 1]),
            ("one integer", &[0x30, 3, 2, 1, 5]),
            ("nothing", &[]),
        ];
        for (mutation, der) in cases {
            assert!(!strict(der), "{mutation}");
        }
    }

    #[test]
    fn lengths_that_lead_past_the_end_and_around_are_refused() {
        for length in 0..=u8::MAX {
            for place in [1, 3, 6] {
                let mut der = [0x30, 6, 2, 1, 5, 2, 1, 6];
                let good = der[place] == length;
                der[place] = length;
                assert_eq!(strict(&der), good, "{length} at {place}");
            }
        }
    }

    #[test]
    fn zero_is_strict_but_zero() {
        for der in [[0x30, 6, 2, 1, 0, 2, 1, 6], [0x30, 6, 2, 1, 5, 2, 1, 0]] {
            let pair = Pair::<32>::read(&der);
            assert!(bool::from(pair.strict & !pair.is_nonzero()));
        }
    }
}
