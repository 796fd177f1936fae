//! Chance, all of it from the seed: each use has a stream of its own, so that one more draw in one place
//! changes nothing in another.

use fastrand::Rng;

/// The stream of this purpose and number.
#[must_use]
pub fn stream(seed: u64, purpose: &str, number: u64) -> Rng {
    Rng::with_seed(derived(seed, purpose, number))
}

/// 32 bytes of this purpose and number.
#[must_use]
pub fn bytes<const N: usize>(seed: u64, purpose: &str, number: u64) -> [u8; N] {
    let mut bytes = [0; N];
    stream(seed, purpose, number).fill(&mut bytes);
    bytes
}

/// A seed of this purpose and number (SplitMix64's finaliser over FNV-1a).
#[must_use]
pub fn derived(seed: u64, purpose: &str, number: u64) -> u64 {
    let named = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed(mixed(seed ^ named).wrapping_add(mixed(number.wrapping_add(1))))
}

const fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
