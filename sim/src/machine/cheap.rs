//! Signatures that cost a hash: for worlds in which a million of them are made and checked.
//!
//! They are no signatures: who knows a public key can make them. In a simulation nobody does but
//! whoever should; what is judged there is which of them the appliance lets through.

use countersign_device::{DeviceKey, Signature, cose_key_es256};
use sha2::{Digest as _, Sha256};

/// The signature over `message` of the key with this public part, so many bytes long.
pub(super) fn signature(public_key: &[u8], message: &[u8], bytes: usize) -> Vec<u8> {
    let first = Sha256::new().chain_update(public_key).chain_update(message).finalize();
    // A positive integer in DER, whatever it is, and never zero.
    let mut signature: Vec<u8> = first.iter().copied().cycle().take(bytes).collect();
    for half in signature.chunks_mut(32) {
        if let Some(byte) = half.first_mut() {
            *byte = *byte & 0x3f | 0x01;
        }
    }
    signature
}

/// Whether it is that signature: the one with a low s, or its twin with a high one.
pub(super) fn verifies(public_key: &[u8], message: &[u8], claimed: &[u8]) -> bool {
    let honest = signature(public_key, message, claimed.len());
    let twin = |(one, other): (&u8, &u8)| *one == !*other;
    let (r, s) = claimed.split_at(claimed.len() / 2);
    let (honest_r, honest_s) = honest.split_at(honest.len() / 2);
    r == honest_r && (s == honest_s || s.iter().zip(honest_s).all(twin))
}

/// The public part of the key that follows from these bytes, so many bytes long.
pub(super) fn public_key(bytes: &[u8; 32], length: usize) -> Vec<u8> {
    let mut key: Vec<u8> = Sha256::digest(bytes).iter().copied().cycle().take(length).collect();
    if let Some(byte) = key.first_mut() {
        *byte = 0x04;
    }
    key
}

/// A device's key of this kind.
pub struct CheapKey([u8; 65]);

impl CheapKey {
    /// The key that follows from these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        let mut point = [0; 65];
        for (to, from) in point.iter_mut().zip(public_key(bytes, 65)) {
            *to = from;
        }
        Self(point)
    }
}

impl DeviceKey for CheapKey {
    fn cose_key(&self) -> Vec<u8> {
        cose_key_es256(&self.0)
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let mut r = signature(&self.0, &Sha256::digest(message), 64);
        let low_s = r.split_off(32);
        let high_s = low_s.iter().map(|byte| !byte).collect();
        Signature::Integers { r, low_s, high_s }
    }

    fn another(&self, bytes: &[u8; 32]) -> Self {
        Self::new(bytes)
    }
}
