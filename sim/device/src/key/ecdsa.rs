//! ECDSA on P-256 and P-384, with nonces that follow from key and message (RFC 6979).

use std::ops::Neg as _;

use p256::elliptic_curve::ops::Reduce as _;
use sha2::{Digest as _, Sha384};

use super::{Secret, Signature};
use crate::algorithm::Algorithm;
use crate::cose;

/// The key on P-256 that follows from these bytes.
pub(super) fn p256(bytes: &[u8; 32]) -> p256::ecdsa::SigningKey {
    p256::NonZeroScalar::reduce(&p256::FieldBytes::from(*bytes)).into()
}

/// The key on P-384 that follows from these bytes.
pub(super) fn p384(bytes: &[u8; 32]) -> p384::ecdsa::SigningKey {
    let wide: [u8; 48] = Sha384::digest(bytes).into();
    p384::NonZeroScalar::reduce(&p384::FieldBytes::from(wide)).into()
}

impl Secret for p256::ecdsa::SigningKey {
    fn cose_key(&self) -> Vec<u8> {
        let point = self.verifying_key().to_sec1_point(false);
        let [x, y] = [point.x(), point.y()].map(|half| half.map(Vec::from).unwrap_or_default());
        cose::ec2(Algorithm::Es256.cose(), 1, &x, &y)
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(self, message);
        let (r, s) = signature.normalize_s().split_bytes();
        let high_s = p256::Scalar::reduce(&s).neg().to_bytes();
        Signature::Integers { r: r.to_vec(), low_s: s.to_vec(), high_s: high_s.to_vec() }
    }
}

impl Secret for p384::ecdsa::SigningKey {
    fn cose_key(&self) -> Vec<u8> {
        let point = self.verifying_key().to_sec1_point(false);
        let [x, y] = [point.x(), point.y()].map(|half| half.map(Vec::from).unwrap_or_default());
        cose::ec2(Algorithm::Es384.cose(), 2, &x, &y)
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let signature: p384::ecdsa::Signature = p384::ecdsa::signature::Signer::sign(self, message);
        let (r, s) = signature.normalize_s().split_bytes();
        let high_s = p384::Scalar::reduce(&s).neg().to_bytes();
        Signature::Integers { r: r.to_vec(), low_s: s.to_vec(), high_s: high_s.to_vec() }
    }
}
