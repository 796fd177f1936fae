//! Whoever signs checkpoints in tests: the same number, the same key.

use countersign_core::port::{CheckpointMessage, Notary, TokenFault};
use countersign_protocol::checkpoint::CheckpointKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};

#[derive(Clone, Copy)]
pub(crate) struct Scribe(pub(crate) u8);

impl Scribe {
    fn secret(self) -> SigningKey {
        SigningKey::from_slice(&[self.0; 32]).unwrap()
    }

    /// What its checkpoints verify with.
    pub(crate) fn key(self) -> CheckpointKey {
        let point = self.secret().verifying_key().to_sec1_point(false);
        CheckpointKey::from_bytes(point.as_bytes()).unwrap()
    }
}

impl Notary for Scribe {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let signature: Signature = self.secret().sign_prehash(message.data()).unwrap();
        Ok(signature.to_bytes().into())
    }
}
