//! The crypto port in portable, constant-time Rust. `[core]`
//!
//! Guarantees to firmware without an engine of its own, and to whoever wants a second opinion on
//! another engine: every check does the same work for every input of the same length. It does not
//! guarantee speed, and it signs nothing.

#![no_std]
#![forbid(unsafe_code)]

mod es256;

use countersign_ports::{
    Crypto, P256_DIGEST_BYTES, P256_POINT_BYTES, P256_SIGNATURE_BYTES, SHA256_BYTES,
};
use sha2::{Digest as _, Sha256};
use subtle::Choice;

/// The engine. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Soft;

impl Crypto for Soft {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES] {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn verify_p256(
        &self,
        public_key: &[u8; P256_POINT_BYTES],
        digest: &[u8; P256_DIGEST_BYTES],
        signature: &[u8; P256_SIGNATURE_BYTES],
    ) -> Choice {
        es256::verify(public_key, digest, signature)
    }

    fn is_p256_point(&self, public_key: &[u8; P256_POINT_BYTES]) -> Choice {
        es256::is_point(public_key)
    }
}
