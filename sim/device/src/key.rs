//! The key of a device, of any algorithm; or whatever a simulation puts in its place to be fast.
//!
//! Guarantees: the same bytes give the same key, and a key the same signature over the same message. The
//! RSA keys are a few fixed ones (`keys/`), chosen by the bytes.

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

use ::ml_dsa::{MlDsa44, MlDsa65, MlDsa87};

use crate::algorithm::Algorithm;

/// What a device signs with.
pub trait DeviceKey {
    /// Its public part as a canonical COSE key.
    fn cose_key(&self) -> Vec<u8>;
    /// Its signature over `message`.
    fn sign(&self, message: &[u8]) -> Signature;
    /// Another key of the same kind, which follows from these bytes.
    #[must_use]
    fn another(&self, bytes: &[u8; 32]) -> Self;
}

/// A good signature, before it is written in an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Of ECDSA: big-endian integers, to be written in DER.
    Integers {
        /// r.
        r: Vec<u8>,
        /// The lower of the two values that s may have.
        low_s: Vec<u8>,
        /// The higher one.
        high_s: Vec<u8>,
    },
    /// Of any other algorithm: as it is written.
    Bytes(Vec<u8>),
}

/// A device's key, of the algorithm that was asked for.
pub struct Key {
    algorithm: Algorithm,
    bytes: [u8; 32],
    secret: Box<dyn Secret>,
}

/// The part of a key that each algorithm has in its own form.
trait Secret: Send + Sync {
    fn cose_key(&self) -> Vec<u8>;
    fn sign(&self, message: &[u8]) -> Signature;
}

impl Key {
    /// The key that follows from these bytes.
    #[must_use]
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8; 32]) -> Self {
        let (alg, first) = (algorithm.cose(), bytes[0]);
        let secret: Box<dyn Secret> = match algorithm {
            Algorithm::Es256 => Box::new(ecdsa::p256(bytes)),
            Algorithm::Es384 => Box::new(ecdsa::p384(bytes)),
            Algorithm::EdDsa => Box::new(ed25519::key(bytes)),
            Algorithm::Rs256Modulus2048 => Box::new(rsa::Rsa::chosen(&rsa::MODULUS_2048, first)),
            Algorithm::Rs256Modulus3072 => Box::new(rsa::Rsa::chosen(&rsa::MODULUS_3072, first)),
            Algorithm::Rs256Modulus4096 => Box::new(rsa::Rsa::chosen(&rsa::MODULUS_4096, first)),
            Algorithm::MlDsa44 => Box::new(ml_dsa::MlDsa::<MlDsa44>::new(alg, bytes)),
            Algorithm::MlDsa65 => Box::new(ml_dsa::MlDsa::<MlDsa65>::new(alg, bytes)),
            Algorithm::MlDsa87 => Box::new(ml_dsa::MlDsa::<MlDsa87>::new(alg, bytes)),
        };
        Self { algorithm, bytes: *bytes, secret }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bytes that it follows from.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl DeviceKey for Key {
    fn cose_key(&self) -> Vec<u8> {
        self.secret.cose_key()
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.secret.sign(message)
    }

    fn another(&self, bytes: &[u8; 32]) -> Self {
        let mut bytes = *bytes;
        // Of two RSA keys the other one; every other algorithm has enough of them.
        bytes[0] = !self.bytes[0];
        Self::from_bytes(self.algorithm, &bytes)
    }
}
