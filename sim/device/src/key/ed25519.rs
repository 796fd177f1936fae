//! Ed25519 (RFC 8032, 5.1).

use ed25519_dalek::SigningKey;

use super::{Secret, Signature};
use crate::algorithm::Algorithm;
use crate::cose;

/// The key that follows from these bytes.
pub(super) fn key(bytes: &[u8; 32]) -> SigningKey {
    SigningKey::from_bytes(bytes)
}

impl Secret for SigningKey {
    fn cose_key(&self) -> Vec<u8> {
        cose::okp(Algorithm::EdDsa.cose(), self.verifying_key().as_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::Bytes(ed25519_dalek::Signer::sign(self, message).to_bytes().into())
    }
}
