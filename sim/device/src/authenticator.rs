//! The device: one credential, its key, its counter.

use p256::ecdsa::SigningKey;
use sha2::{Digest as _, Sha256};

use crate::approval::{Approval, Flags};
use crate::error::DeviceError;
use crate::key::DeviceKey;
use crate::signature::SignatureForm;

/// A canonical COSE key up to its x (RFC 9052, 7; CTAP 2.1, 8): kty EC2, alg ES256, crv P-256.
const COSE_TO_X: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
/// Between x and y.
const COSE_TO_Y: [u8; 3] = [0x22, 0x58, 0x20];

/// A device with one credential for one relying party.
pub struct Authenticator<K = SigningKey> {
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
    /// The same key as `0x04 || X || Y`.
    pub public_key_point: [u8; 65],
    /// The counter when it was made.
    pub sign_count: u32,
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
    /// ECDSA over authenticator data and the hash of the client data, in DER.
    pub signature: Vec<u8>,
}

impl Authenticator {
    /// A device that nobody has seen before.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(rp_id: &str, origin: &str) -> Result<Self, DeviceError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(DeviceError::Random)?;
        Ok(Self::from_seed(&seed, rp_id, origin))
    }

    /// The device that follows from `seed`: the same bytes every time.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32], rp_id: &str, origin: &str) -> Self {
        Self::with_key(seed, rp_id, origin)
    }
}

impl<K: DeviceKey> Authenticator<K> {
    /// The device that follows from `seed`, with this kind of key.
    #[must_use]
    pub fn with_key(seed: &[u8; 32], rp_id: &str, origin: &str) -> Self {
        Self {
            key: K::from_bytes(&derived(seed, "key")),
            credential_id: derived(seed, "credential id"),
            rp_id: rp_id.to_owned(),
            origin: origin.to_owned(),
            sign_count: 0,
        }
    }

    /// What is enrolled of this device.
    #[must_use]
    pub fn credential(&self) -> Credential {
        let public_key_point = self.key.point();
        Credential {
            credential_id: self.credential_id,
            public_key_cose: cose_key(&public_key_point),
            public_key_point,
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
        let authenticator_data = approval.authenticator_data();
        // WebAuthn Level 3, 6.3.3, step 11: authenticatorData || SHA-256(clientDataJSON).
        let client_data_hash = Sha256::digest(&client_data_json);
        let message = [authenticator_data.as_slice(), client_data_hash.as_slice()].concat();
        let other = || K::from_bytes(&derived(&self.credential_id, "other key"));
        Assertion {
            credential_id: self.credential_id,
            signature: approval.signature.sign(&self.key, other, &message),
            authenticator_data,
            client_data_json,
        }
    }
}

fn cose_key(point: &[u8; 65]) -> Vec<u8> {
    let [_, coordinates @ ..] = point;
    let (x, y) = coordinates.split_at(32);
    [&COSE_TO_X, x, &COSE_TO_Y, y].concat()
}

fn derived(seed: &[u8; 32], label: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(label).finalize().into()
}
