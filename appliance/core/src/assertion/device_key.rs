//! The public key of a device, with the algorithm that it is for.
//!
//! Guarantee: there is one only of a COSE_Key that [`super::cose`] has read, or one of nobody. The algorithm
//! of an assertion is this one, and nothing that comes with the assertion changes it.

use countersign_ports::Algorithm;
use countersign_protocol::limits::{ASSERTION_SIGNATURE_BYTES_MAX, DEVICE_KEY_BYTES_MAX};

/// A key in bytes `B`, as the crypto port has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceKey<B> {
    algorithm: Algorithm,
    bytes: B,
}

/// Room for any key.
pub type KeyBytes = heapless::Vec<u8, DEVICE_KEY_BYTES_MAX>;

impl<B> DeviceKey<B> {
    pub(super) const fn new(algorithm: Algorithm, bytes: B) -> Self {
        Self { algorithm, bytes }
    }

    /// What it is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The same key, kept elsewhere.
    pub fn kept<K>(self, keep: impl FnOnce(B) -> K) -> DeviceKey<K> {
        DeviceKey { algorithm: self.algorithm, bytes: keep(self.bytes) }
    }
}

impl<B: AsRef<[u8]>> DeviceKey<B> {
    /// The same key, borrowed.
    pub fn borrowed(&self) -> DeviceKey<&[u8]> {
        DeviceKey { algorithm: self.algorithm, bytes: self.bytes.as_ref() }
    }
}

impl<'k> DeviceKey<&'k [u8]> {
    /// Its bytes, as the crypto port has them.
    #[must_use]
    pub const fn bytes(&self) -> &'k [u8] {
        self.bytes
    }
}

impl DeviceKey<&'static [u8]> {
    /// Nobody's key, so that a verification with it runs in full. Its private part may be known: what
    /// verifies with it is refused all the same, because nobody is not found.
    #[must_use]
    pub fn nobodys(algorithm: Algorithm) -> Self {
        Self { algorithm, bytes: NOBODYS.get(algorithm as usize).copied().unwrap_or_default() }
    }
}

/// How much harm a quantum computer would do: none to a lattice, and to all others the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Family {
    /// Elliptic curves and RSA.
    Classical,
    /// ML-DSA.
    PostQuantum,
}

/// The family of a device's algorithm.
#[must_use]
pub const fn family(algorithm: Algorithm) -> Family {
    match algorithm {
        Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => Family::PostQuantum,
        _ => Family::Classical,
    }
}

/// In the order of the algorithms.
const NOBODYS: [&[u8]; Algorithm::ALL.len()] = [
    &P256_BASE,
    &P384_BASE,
    &rsa::<270>([0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01]),
    &rsa::<398>([0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81]),
    &rsa::<526>([0x30, 0x82, 0x02, 0x0a, 0x02, 0x82, 0x02, 0x01]),
    &rsa::<398>([0x30, 0x82, 0x01, 0x8a, 0x02, 0x82, 0x01, 0x81]),
    &ED25519_BASE,
    // Any bytes are a key of ML-DSA (FIPS 204, algorithm 23).
    &[0; 1312],
    &[0; 1952],
    &[0; 2592],
];

// Every algorithm's key has its length, and there is room for it and for its signatures.
const _: () = {
    let mut left: &[Algorithm] = &Algorithm::ALL;
    let mut keys: &[&[u8]] = &NOBODYS;
    while let ([algorithm, rest @ ..], [key, others @ ..]) = (left, keys) {
        assert!(*algorithm as usize + rest.len() + 1 == Algorithm::ALL.len());
        assert!(key.len() == algorithm.public_key_bytes());
        assert!(algorithm.public_key_bytes() <= DEVICE_KEY_BYTES_MAX);
        assert!(algorithm.signature_bytes() <= ASSERTION_SIGNATURE_BYTES_MAX);
        (left, keys) = (rest, others);
    }
};

/// An RSAPublicKey with a modulus of ones, after its two heads: odd, and of the right length.
const fn rsa<const N: usize>(head: [u8; 8]) -> [u8; N] {
    let mut key = [0xff; N];
    let (front, rest) = key.split_at_mut(8);
    front.copy_from_slice(&head);
    let (sign, rest) = rest.split_at_mut(1);
    sign.copy_from_slice(&[0]);
    let (_, exponent) = rest.split_at_mut(rest.len() - 5);
    exponent.copy_from_slice(&[0x02, 0x03, 0x01, 0x00, 0x01]);
    key
}

/// The base point of P-256 (SP 800-186, 3.2.1.3).
const P256_BASE: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];
/// The base point of P-384 (SP 800-186, 3.2.1.4).
const P384_BASE: [u8; 97] = [
    0x04, 0xaa, 0x87, 0xca, 0x22, 0xbe, 0x8b, 0x05, 0x37, 0x8e, 0xb1, 0xc7, 0x1e, 0xf3, 0x20, 0xad,
    0x74, 0x6e, 0x1d, 0x3b, 0x62, 0x8b, 0xa7, 0x9b, 0x98, 0x59, 0xf7, 0x41, 0xe0, 0x82, 0x54, 0x2a,
    0x38, 0x55, 0x02, 0xf2, 0x5d, 0xbf, 0x55, 0x29, 0x6c, 0x3a, 0x54, 0x5e, 0x38, 0x72, 0x76, 0x0a,
    0xb7, 0x36, 0x17, 0xde, 0x4a, 0x96, 0x26, 0x2c, 0x6f, 0x5d, 0x9e, 0x98, 0xbf, 0x92, 0x92, 0xdc,
    0x29, 0xf8, 0xf4, 0x1d, 0xbd, 0x28, 0x9a, 0x14, 0x7c, 0xe9, 0xda, 0x31, 0x13, 0xb5, 0xf0, 0xb8,
    0xc0, 0x0a, 0x60, 0xb1, 0xce, 0x1d, 0x7e, 0x81, 0x9d, 0x7a, 0x43, 0x1d, 0x7c, 0x90, 0xea, 0x0e,
    0x5f,
];
/// The base point of Ed25519 (RFC 8032, 5.1).
const ED25519_BASE: [u8; 32] = [
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
];

#[cfg(test)]
mod tests {
    use super::{Algorithm, DeviceKey};

    #[test]
    fn nobodys_keys_are_in_the_order_of_the_algorithms() {
        for algorithm in Algorithm::ALL {
            assert_eq!(DeviceKey::nobodys(algorithm).bytes().len(), algorithm.public_key_bytes());
        }
    }
}
