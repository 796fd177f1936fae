//! The key of a device: P-256, or whatever a simulation puts in its place to be fast.

use std::ops::Neg as _;

use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::ops::Reduce as _;
use p256::{FieldBytes, NonZeroScalar, Scalar};

/// What a device signs with.
pub trait DeviceKey {
    /// The key that follows from these bytes.
    fn from_bytes(bytes: &[u8; 32]) -> Self;
    /// Its public part, `0x04 || X || Y`.
    fn point(&self) -> [u8; 65];
    /// `r` and `s` over `message`, the lower of the two values that s may have.
    fn sign(&self, message: &[u8]) -> ([u8; 32], [u8; 32]);
    /// The higher of the two.
    fn high_s(s: &[u8; 32]) -> [u8; 32];
}

impl DeviceKey for SigningKey {
    fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self::from(NonZeroScalar::reduce(&FieldBytes::from(*bytes)))
    }

    fn point(&self) -> [u8; 65] {
        let point = self.verifying_key().to_sec1_point(false);
        let mut bytes = [0; 65];
        for (to, from) in bytes.iter_mut().zip(point.as_bytes()) {
            *to = *from;
        }
        bytes
    }

    fn sign(&self, message: &[u8]) -> ([u8; 32], [u8; 32]) {
        let signature: Signature = p256::ecdsa::signature::Signer::sign(self, message);
        let (r, s) = signature.normalize_s().split_bytes();
        (r.into(), s.into())
    }

    /// n - s.
    fn high_s(s: &[u8; 32]) -> [u8; 32] {
        Scalar::reduce(&FieldBytes::from(*s)).neg().to_bytes().into()
    }
}
