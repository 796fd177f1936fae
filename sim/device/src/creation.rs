//! The JSON forms of a registration (WebAuthn Level 3, 5.1.8 and 5.1.9).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::algorithm::Algorithm;
use crate::authenticator::Authenticator;
use crate::error::DeviceError;
use crate::json::NoExtensions;
use crate::registration::Registration;

/// `PublicKeyCredentialCreationOptionsJSON`, as far as this device looks at it.
///
/// It is a new device: `excludeCredentials` names none of its own. It verifies its user and says nothing of
/// its model, whatever is preferred.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// Who asks.
    pub rp: RelyingParty,
    /// Base64url, no padding.
    pub challenge: String,
    /// The keys that it takes.
    pub pub_key_cred_params: Vec<CredentialParameters>,
}

/// `PublicKeyCredentialRpEntity`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The rpId.
    pub id: String,
}

/// `PublicKeyCredentialParameters`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CredentialParameters {
    /// `public-key`.
    #[serde(rename = "type")]
    pub type_: String,
    /// A COSE number.
    pub alg: i32,
}

impl CreationOptions {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is no such JSON.
    pub fn parse(json: &[u8]) -> Result<Self, DeviceError> {
        serde_json::from_slice(json).map_err(|error| DeviceError::Creation(error.to_string()))
    }

    /// The challenge, if a key of this algorithm is taken.
    ///
    /// # Errors
    /// When it is not, or the challenge is no base64url.
    pub fn challenge_for(&self, algorithm: Algorithm) -> Result<Vec<u8>, DeviceError> {
        let taken =
            |one: &CredentialParameters| one.type_ == "public-key" && one.alg == algorithm.cose();
        if !self.pub_key_cred_params.iter().any(taken) {
            return Err(DeviceError::AlgorithmNotTaken(algorithm.name()));
        }
        let challenge = URL_SAFE_NO_PAD.decode(&self.challenge);
        challenge.map_err(|error| DeviceError::Creation(format!("challenge: {error}")))
    }
}

/// `RegistrationResponseJSON`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponse {
    /// The credential's id, base64url.
    pub id: String,
    /// The same.
    pub raw_id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The registration itself.
    pub response: AttestationResponse,
    /// None is asked for.
    pub client_extension_results: NoExtensions,
}

/// `AuthenticatorAttestationResponseJSON`: bytes are base64url.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationResponse {
    /// The client data as hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// The same as in the attestation object.
    pub authenticator_data: String,
    /// How the device is reached: a virtual one says nothing of it.
    pub transports: Vec<String>,
    /// The key's COSE number.
    pub public_key_algorithm: i32,
    /// The attestation object.
    pub attestation_object: String,
}

impl RegistrationResponse {
    /// What `device` answers with this registration of its own.
    #[must_use]
    pub fn of(device: &Authenticator, registration: &Registration) -> Self {
        let id = URL_SAFE_NO_PAD.encode(device.credential_id);
        Self {
            raw_id: id.clone(),
            id,
            type_: "public-key".to_owned(),
            response: AttestationResponse {
                client_data_json: URL_SAFE_NO_PAD.encode(&registration.client_data_json),
                authenticator_data: URL_SAFE_NO_PAD.encode(device.registration_data()),
                transports: Vec::new(),
                public_key_algorithm: device.algorithm().cose(),
                attestation_object: URL_SAFE_NO_PAD.encode(&registration.attestation_object),
            },
            client_extension_results: NoExtensions {},
        }
    }
}
