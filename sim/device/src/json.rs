//! The JSON forms of an approval (WebAuthn Level 3, 5.1.8 and 5.1.10).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::authenticator::{Assertion, Authenticator};
use crate::error::DeviceError;

/// `PublicKeyCredentialRequestOptionsJSON`, as far as this device looks at it.
///
/// It verifies its user whatever `userVerification` asks, unless it was told not to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// Base64url, no padding.
    pub challenge: String,
    /// The relying party.
    pub rp_id: String,
    /// The credentials that may answer.
    pub allow_credentials: Vec<Descriptor>,
}

/// `PublicKeyCredentialDescriptorJSON`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Descriptor {
    /// Base64url, no padding.
    pub id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    pub type_: String,
}

impl RequestOptions {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is no such JSON.
    pub fn parse(json: &[u8]) -> Result<Self, DeviceError> {
        serde_json::from_slice(json).map_err(|error| DeviceError::Request(error.to_string()))
    }

    /// The challenge, if `device` may answer it.
    ///
    /// # Errors
    /// When the request is for another relying party, or does not allow the device's credential.
    pub fn challenge_for(&self, device: &Authenticator) -> Result<Vec<u8>, DeviceError> {
        if self.rp_id != device.rp_id {
            let (asked, own) = (self.rp_id.clone(), device.rp_id.clone());
            return Err(DeviceError::OtherRelyingParty { asked, own });
        }
        let id = URL_SAFE_NO_PAD.encode(device.credential_id);
        let allowed = |one: &Descriptor| one.type_ == "public-key" && one.id == id;
        if !self.allow_credentials.iter().any(allowed) {
            return Err(DeviceError::NotAllowed);
        }
        let challenge = URL_SAFE_NO_PAD.decode(&self.challenge);
        challenge.map_err(|error| DeviceError::Request(format!("challenge: {error}")))
    }
}

/// `AuthenticationResponseJSON`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The credential's id, base64url.
    pub id: String,
    /// The same.
    pub raw_id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The assertion itself.
    pub response: AssertionResponse,
    /// None is asked for.
    pub client_extension_results: NoExtensions,
}

/// `AuthenticatorAssertionResponseJSON`: each base64url.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// The client data as signed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// The authenticator data as signed.
    pub authenticator_data: String,
    /// The signature; ECDSA in DER.
    pub signature: String,
}

/// No client extension answered.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct NoExtensions {}

impl From<&Assertion> for Response {
    fn from(assertion: &Assertion) -> Self {
        let id = URL_SAFE_NO_PAD.encode(assertion.credential_id);
        Self {
            raw_id: id.clone(),
            id,
            type_: "public-key".to_owned(),
            response: AssertionResponse {
                client_data_json: URL_SAFE_NO_PAD.encode(&assertion.client_data_json),
                authenticator_data: URL_SAFE_NO_PAD.encode(&assertion.authenticator_data),
                signature: URL_SAFE_NO_PAD.encode(&assertion.signature),
            },
            client_extension_results: NoExtensions {},
        }
    }
}
