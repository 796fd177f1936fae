//! ML-DSA (FIPS 204), deterministic, with an empty context.

use ml_dsa::signature::{Keypair as _, Signer as _};
use ml_dsa::{MlDsaParams, SigningKey};

use super::{Secret, Signature};
use crate::cose;

/// A key of one parameter set, and the COSE number of that.
pub(super) struct MlDsa<P: MlDsaParams> {
    alg: i32,
    key: SigningKey<P>,
}

impl<P: MlDsaParams> MlDsa<P> {
    /// The key that follows from these bytes (FIPS 204, 5.1: xi).
    pub(super) fn new(alg: i32, bytes: &[u8; 32]) -> Self {
        Self { alg, key: SigningKey::from_seed(&(*bytes).into()) }
    }
}

impl<P: MlDsaParams + Send + Sync> Secret for MlDsa<P> {
    fn cose_key(&self) -> Vec<u8> {
        cose::akp(self.alg, &self.key.verifying_key().encode())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::Bytes(self.key.sign(message).encode().to_vec())
    }
}
