//! Keys that sign the same way each time: the HSM's, the checkpoint's, the witness's, the exporter's.

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::{Digest, Suite};
use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;

/// A key pair.
pub enum Key {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl Key {
    pub fn p256(seed: u8) -> Self {
        Self::P256(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    pub fn ed25519(seed: u8) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }

    /// For signers' documents.
    pub fn of(suite: Suite, seed: u8) -> Self {
        match suite {
            Suite::Ed25519 => Self::ed25519(seed),
            Suite::Esp384 => Self::P384(p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap()),
            _ => Self::p256(seed),
        }
    }

    pub fn public(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
        }
    }

    /// Over a digest, or the message where the key signs messages.
    pub fn sign(&self, dtbsr: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(dtbsr).unwrap();
                signature.to_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(dtbsr).unwrap();
                signature.to_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(dtbsr).to_bytes().to_vec(),
        }
    }

    /// Over a checkpoint's text.
    pub fn sign_text(&self, text: &str) -> [u8; 64] {
        let digest = sha256(&[text.as_bytes()]).0;
        let is_message = matches!(self, Self::Ed25519(_));
        self.sign(if is_message { text.as_bytes() } else { &digest }).try_into().unwrap()
    }

    /// As TLS signs: ECDSA in DER.
    pub fn sign_message(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let digest = sha256(&[message]).0;
                let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            _ => self.sign(message),
        }
    }

    /// SubjectPublicKeyInfo, written by hand.
    pub fn spki(&self) -> Vec<u8> {
        let head = match self {
            Self::Ed25519(_) => "302a300506032b6570032100",
            _ => "3059301306072a8648ce3d020106082a8648ce3d030107034200",
        };
        [hex::decode(head).unwrap(), self.public()].concat()
    }
}

pub fn sha256(parts: &[&[u8]]) -> Digest {
    Digest(Host.sha256(parts))
}

pub fn sha384(data: &[u8]) -> Vec<u8> {
    Host.sha384(&[data]).to_vec()
}
