//! The ports of crypto and sealing in portable, constant-time Rust. `[core]`
//!
//! Guarantees to firmware without an engine of its own, and to whoever wants a second opinion on
//! another engine: every check on a curve does the same work for every signature and message of the same
//! length. It does not guarantee that of ML-DSA, whose work depends on what is public (its module says how),
//! nor speed; it signs nothing, and it has no RSA: no library for that does without an allocator and in
//! constant time.

#![no_std]
#![forbid(unsafe_code)]

mod ecdsa;
mod ed25519;
mod mldsa;
mod sealing;

use countersign_ports::{Algorithm, Crypto, SHA256_BYTES, SHA384_BYTES};
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87};
use p256::NistP256;
use p384::NistP384;
use sha2::digest::{FixedOutput, Output, Update};
use sha2::{Sha256, Sha384};
use subtle::Choice;

/// The engine. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Soft;

impl Crypto for Soft {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; SHA256_BYTES] {
        hash::<Sha256>(parts).into()
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; SHA384_BYTES] {
        hash::<Sha384>(parts).into()
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        !matches!(
            algorithm,
            Algorithm::Rsa2048Pkcs1Sha256
                | Algorithm::Rsa3072Pkcs1Sha256
                | Algorithm::Rsa4096Pkcs1Sha256
                | Algorithm::Rsa3072PssSha256
        )
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
            Algorithm::MlDsa44 => mldsa::verify::<MlDsa44>(public_key, message, signature),
            Algorithm::MlDsa65 => mldsa::verify::<MlDsa65>(public_key, message, signature),
            Algorithm::MlDsa87 => mldsa::verify::<MlDsa87>(public_key, message, signature),
            Algorithm::Rsa2048Pkcs1Sha256
            | Algorithm::Rsa3072Pkcs1Sha256
            | Algorithm::Rsa4096Pkcs1Sha256
            | Algorithm::Rsa3072PssSha256 => Choice::from(0),
        }
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        match algorithm {
            Algorithm::EcdsaP256 => ecdsa::is_point::<NistP256>(public_key),
            Algorithm::EcdsaP384 => ecdsa::is_point::<NistP384>(public_key),
            Algorithm::Ed25519 => ed25519::is_public_key(public_key),
            // Every string of the right length is one (FIPS 204, algorithm 23).
            Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => {
                Choice::from(u8::from(public_key.len() == algorithm.public_key_bytes()))
            }
            Algorithm::Rsa2048Pkcs1Sha256
            | Algorithm::Rsa3072Pkcs1Sha256
            | Algorithm::Rsa4096Pkcs1Sha256
            | Algorithm::Rsa3072PssSha256 => Choice::from(0),
        }
    }
}

fn hash<H: Default + Update + FixedOutput>(parts: &[&[u8]]) -> Output<H> {
    let mut hash = H::default();
    for part in parts {
        hash.update(part);
    }
    hash.finalize_fixed()
}
