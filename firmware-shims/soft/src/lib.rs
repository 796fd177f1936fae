//! The crypto port in portable, constant-time Rust. `[core]`
//!
//! Guarantees to firmware without an engine of its own, and to whoever wants a second opinion on
//! another engine: every check does the same work for every input of the same length. It does not
//! guarantee speed, it signs nothing, and it has no RSA: no library for that does without an allocator
//! and in constant time.

#![no_std]
#![forbid(unsafe_code)]

mod ecdsa;
mod ed25519;

use countersign_ports::{Algorithm, Crypto, SHA256_BYTES};
use p256::NistP256;
use p384::NistP384;
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

    fn has(&self, algorithm: Algorithm) -> bool {
        !matches!(algorithm, Algorithm::RsaPkcs1Sha256 | Algorithm::RsaPssSha256)
    }

    fn verify(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Choice {
        match algorithm {
            Algorithm::EcdsaP256 => ecdsa::verify::<NistP256>(public_key, message, signature),
            Algorithm::EcdsaP384 => ecdsa::verify::<NistP384>(public_key, message, signature),
            Algorithm::Ed25519 => ed25519::verify(public_key, message, signature),
            Algorithm::RsaPkcs1Sha256 | Algorithm::RsaPssSha256 => Choice::from(0),
        }
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        match algorithm {
            Algorithm::EcdsaP256 => ecdsa::is_point::<NistP256>(public_key),
            Algorithm::EcdsaP384 => ecdsa::is_point::<NistP384>(public_key),
            Algorithm::Ed25519 => ed25519::is_public_key(public_key),
            Algorithm::RsaPkcs1Sha256 | Algorithm::RsaPssSha256 => Choice::from(0),
        }
    }
}
