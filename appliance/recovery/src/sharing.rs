//! Shamir's sharing of 32 bytes over GF(2^8), each byte by itself: any `threshold` of the shares make the secret.
//!
//! Guarantee: for fewer shares than the threshold each secret is as likely as any other, if the coefficients are random.
//! It says nothing of a wrong share, which makes another secret: shares are checked before they come here.

use zeroize::Zeroizing;

use crate::field::{inverse, times};

/// A secret, or a share of one.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Shares with the numbers 1, 2 and so on, as many as there are to be; `random` makes the other coefficients of the
/// polynomials, one fewer than the threshold.
pub(crate) fn split<F>(
    secret: &Secret,
    threshold: u8,
    shares: u8,
    mut random: impl FnMut(&mut [u8; 32]) -> Result<(), F>,
) -> Result<Vec<Secret>, F> {
    let mut coefficients = Vec::with_capacity(usize::from(threshold));
    for _ in 1..threshold {
        let mut coefficient = Zeroizing::new([0; 32]);
        random(&mut coefficient)?;
        coefficients.push(coefficient);
    }
    // The secret is the value at 0.
    coefficients.push(secret.clone());
    Ok((1..=shares).map(|x| value_at(x, &coefficients)).collect())
}

/// The polynomials' values at `x`, by Horner: the highest coefficient comes first.
fn value_at(x: u8, coefficients: &[Secret]) -> Secret {
    let mut value: Secret = Zeroizing::new([0; 32]);
    for coefficient in coefficients {
        let bytes = value.iter_mut().zip(coefficient.iter());
        bytes.for_each(|(byte, coefficient)| *byte = times(*byte, x) ^ coefficient);
    }
    value
}

/// The secret that these shares make, by Lagrange. Their numbers are different ones, and none is 0.
pub(crate) fn join(shares: &[(u8, Secret)]) -> Secret {
    let mut secret: Secret = Zeroizing::new([0; 32]);
    for (x, share) in shares {
        let others = shares.iter().map(|(other, _)| *other).filter(|other| other != x);
        let weight = others.fold(1, |w, other| times(w, times(other, inverse(other ^ x))));
        let bytes = secret.iter_mut().zip(share.iter());
        bytes.for_each(|(byte, share)| *byte ^= times(weight, *share));
    }
    secret
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;

    fn shared(secret: &[u8; 32], threshold: u8, shares: u8, seed: u64) -> Vec<(u8, Secret)> {
        let mut random = fastrand::Rng::with_seed(seed);
        let fill = |bytes: &mut [u8; 32]| {
            random.fill(bytes);
            Ok::<_, Infallible>(())
        };
        let split = split(&Zeroizing::new(*secret), threshold, shares, fill).unwrap();
        (1..).zip(split).collect()
    }

    proptest! {
        #[test]
        fn any_so_many_shares_make_the_secret(
            secret in any::<[u8; 32]>(),
            seed in any::<u64>(),
            (shares, threshold, chosen) in (2..=16_u8)
                .prop_flat_map(|shares| (Just(shares), 2..=shares))
                .prop_flat_map(|(shares, threshold)| {
                    let all: Vec<usize> = (0..usize::from(shares)).collect();
                    let some = usize::from(threshold)..=usize::from(shares);
                    (Just(shares), Just(threshold), subsequence(all, some))
                }),
        ) {
            let all = shared(&secret, threshold, shares, seed);
            let some: Vec<_> = chosen.iter().map(|nth| all[*nth].clone()).collect();
            prop_assert_eq!(*join(&some), secret);
            let backwards: Vec<_> = some.into_iter().rev().collect();
            prop_assert_eq!(*join(&backwards), secret);
        }

        #[test]
        fn too_few_shares_make_something_else(secret in any::<[u8; 32]>(), seed in any::<u64>()) {
            let all = shared(&secret, 3, 5, seed);
            prop_assert_ne!(*join(&all[..2]), secret);
        }
    }

    /// Of one byte in every possible way: whatever the secret is, the first share takes each value equally often, and so do
    /// two of three together.
    #[test]
    fn fewer_shares_are_independent_of_the_secret() {
        for secret in [0, 1, 0x80, 0xff] {
            let mut once = [0; 256];
            for slope in 0..=u8::MAX {
                let value = value_at(1, &[of(slope), of(secret)]);
                once[usize::from(value[0])] += 1;
            }
            assert!(once.iter().all(|times| *times == 1), "{secret}");
            let mut pairs = vec![0; 1 << 16];
            for (a, b) in (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b))) {
                let [first, second] = [1, 3].map(|x| value_at(x, &[of(a), of(b), of(secret)])[0]);
                pairs[usize::from(first) << 8 | usize::from(second)] += 1;
            }
            assert!(pairs.iter().all(|times| *times == 1), "{secret}");
        }
    }

    fn of(byte: u8) -> Secret {
        Zeroizing::new([byte; 32])
    }
}
