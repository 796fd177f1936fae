//! The device: one credential, its key, its counter.

use sha2::{Digest as _, Sha256};

use crate::algorithm::Algorithm;
use crate::approval::{Approval, Flags};
use crate::cose;
use crate::error::DeviceError;
use crate::key::{DeviceKey, Key};
use crate::signature::SignatureForm;

/// A device with one credential for one relying party.
pub struct Authenticator<K = Key> {
    pub(crate) key: K,
    pub(crate) credential_id: [u8; 32],
    pub(crate) rp_id: String,
    pub(crate) origin: String,
    pub(crate) sign_count: u32,
}

/// What is enrolled of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub credential_id: [u8; 32],
    /// Its public key as a canonical COSE key.
    pub public_key_cose: Vec<u8>,
    /// The counter when it was made.
    pub sign_count: u32,
}

impl Credential {
    /// Its public key as `0x04 || X || Y`, if it is one of ES256.
    #[must_use]
    pub fn point(&self) -> Option<[u8; 65]> {
        cose::es256_point(&self.public_key_cose)
    }
}

/// What a device answers to a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The credential that answers.
    pub credential_id: [u8; 32],
    /// Hash of the relying party, flags, counter.
    pub authenticator_data: Vec<u8>,
    /// The page that asked, and its challenge.
    pub client_data_json: Vec<u8>,
    /// Over authenticator data and the hash of the client data; ECDSA in DER.
    pub signature: Vec<u8>,
}

impl Authenticator {
    /// A device of ES256 that nobody has seen before.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(rp_id: &str, origin: &str) -> Result<Self, DeviceError> {
        Self::new_of(Algorithm::Es256, rp_id, origin)
    }

    /// The same, of any algorithm.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_of(algorithm: Algorithm, rp_id: &str, origin: &str) -> Result<Self, DeviceError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(DeviceError::Random)?;
        Ok(Self::from_seed_of(algorithm, &seed, rp_id, origin))
    }

    /// The device of ES256 that follows from `seed`: the same bytes every time.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32], rp_id: &str, origin: &str) -> Self {
        Self::from_seed_of(Algorithm::Es256, seed, rp_id, origin)
    }

    /// The same, of any algorithm.
    #[must_use]
    pub fn from_seed_of(algorithm: Algorithm, seed: &[u8; 32], rp_id: &str, origin: &str) -> Self {
        Self::with_key(|bytes| Key::from_bytes(algorithm, bytes), seed, rp_id, origin)
    }

    /// The algorithm of its key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }
}

impl<K: DeviceKey> Authenticator<K> {
    /// The device that follows from `seed`, with a key that `make` makes.
    #[must_use]
    pub fn with_key(
        make: impl FnOnce(&[u8; 32]) -> K,
        seed: &[u8; 32],
        rp_id: &str,
        origin: &str,
    ) -> Self {
        Self {
            key: make(&derived(seed, "key")),
            credential_id: derived(seed, "credential id"),
            rp_id: rp_id.to_owned(),
            origin: origin.to_owned(),
            sign_count: 0,
        }
    }

    /// What is enrolled of this device.
    #[must_use]
    pub fn credential(&self) -> Credential {
        Credential {
            credential_id: self.credential_id,
            public_key_cose: self.key.cose_key(),
            sign_count: self.sign_count,
        }
    }

    /// The approval that a good device gives next.
    #[must_use]
    pub fn honest(&self) -> Approval {
        Approval {
            type_: "webauthn.get".to_owned(),
            origin: self.origin.clone(),
            rp_id: self.rp_id.clone(),
            cross_origin: false,
            top_origin: None,
            more_client_data: None,
            challenge_override: None,
            flags: Flags::HONEST,
            sign_count: self.sign_count.saturating_add(1),
            extensions: Vec::new(),
            signature: SignatureForm::Honest,
        }
    }

    /// Answers `challenge` as `approval` says, whose counter becomes the device's.
    pub fn approve(&mut self, challenge: &[u8], approval: &Approval) -> Assertion {
        self.sign_count = approval.sign_count;
        let client_data_json = approval.client_data_json(challenge);
        self.approve_bytes(approval.authenticator_data(), client_data_json, approval.signature)
    }

    /// Signs these very bytes, whatever they say.
    #[must_use]
    pub fn approve_bytes(
        &self,
        authenticator_data: Vec<u8>,
        client_data_json: Vec<u8>,
        form: SignatureForm,
    ) -> Assertion {
        // WebAuthn Level 3, 6.3.3, step 11: authenticatorData || SHA-256(clientDataJSON).
        let client_data_hash = Sha256::digest(&client_data_json);
        let message = [authenticator_data.as_slice(), client_data_hash.as_slice()].concat();
        let another = || self.key.another(&derived(&self.credential_id, "other key"));
        Assertion {
            credential_id: self.credential_id,
            signature: form.sign(&self.key, another, &message),
            authenticator_data,
            client_data_json,
        }
    }
}

fn derived(seed: &[u8; 32], label: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(label).finalize().into()
}
