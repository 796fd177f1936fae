//! The field GF(2^8), modulus x^8 + x^4 + x^3 + x + 1, as in AES (FIPS 197, 4).
//!
//! Guarantee: no branch and no address depends on an element: there are no tables.

use core::hint::black_box;

/// The product.
pub(crate) fn times(a: u8, b: u8) -> u8 {
    let (mut power, mut product) = (a, 0);
    for bit in 0..8 {
        product ^= power & mask(b >> bit & 1);
        power = (power << 1) ^ (0x1b & mask(power >> 7));
    }
    product
}

/// What times `a` is 1; 0 of 0. By Fermat: `a^254`.
pub(crate) fn inverse(a: u8) -> u8 {
    let (mut square, mut product) = (a, 1);
    for _ in 1..8 {
        square = times(square, square);
        product = times(product, square);
    }
    product
}

/// All ones for 1, and none for 0; not for the optimiser to see through.
fn mask(bit: u8) -> u8 {
    black_box(0u8.wrapping_sub(bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 197, 4.2.
    #[test]
    fn products_are_those_of_the_standard() {
        for (a, b, product) in [(0x57, 0x83, 0xc1), (0x57, 0x13, 0xfe), (0x57, 0x02, 0xae)] {
            assert_eq!((times(a, b), times(b, a)), (product, product));
        }
    }

    #[test]
    fn what_has_an_inverse_times_it_is_one() {
        assert_eq!(inverse(0), 0);
        for a in 1..=u8::MAX {
            assert_eq!(times(a, inverse(a)), 1, "{a}");
        }
    }

    #[test]
    fn it_is_a_field() {
        let sample = [0, 1, 2, 3, 0x1b, 0x53, 0x80, 0xca, 0xff];
        for a in sample {
            assert_eq!(times(a, 1), a);
            for (b, c) in sample.iter().flat_map(|b| sample.iter().map(move |c| (*b, *c))) {
                assert_eq!(times(a, b ^ c), times(a, b) ^ times(a, c));
                assert_eq!(times(a, times(b, c)), times(times(a, b), c));
            }
        }
    }
}
