//! The forms of a registration.

use countersign_protocol::SignerId;
use serde::{Deserialize, Serialize};

use crate::{algorithm, base64url};

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationOptions<'a> {
    rp: RelyingParty<'a>,
    user: User<'a>,
    challenge: String,
    pub_key_cred_params: Vec<Parameters>,
    authenticator_selection: Selection,
    attestation: &'static str,
}

#[derive(Debug, Serialize)]
struct RelyingParty<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    id: String,
    name: &'a str,
    display_name: &'a str,
}

#[derive(Debug, Serialize)]
struct Parameters {
    #[serde(rename = "type")]
    type_: &'static str,
    alg: i32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    resident_key: &'static str,
    user_verification: &'static str,
}

impl<'a> CreationOptions<'a> {
    /// Asks for a new credential of `rp_id` over `challenge`, with its user verified and its model attested.
    pub(crate) fn new(rp_id: &'a str, signer: SignerId, name: &'a str, challenge: &[u8]) -> Self {
        let taken = |alg| Parameters { type_: "public-key", alg };
        Self {
            rp: RelyingParty { id: rp_id, name: rp_id },
            user: User { id: base64url::encode(&signer.0.to_be_bytes()), name, display_name: name },
            challenge: base64url::encode(challenge),
            pub_key_cred_params: algorithm::numbers().map(taken).collect(),
            authenticator_selection: Selection {
                resident_key: "discouraged",
                user_verification: "required",
            },
            attestation: "direct",
        }
    }
}

/// What a new device made of a challenge.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    /// attestationObject.
    pub(crate) attestation_object: Vec<u8>,
    /// clientDataJSON.
    pub(crate) client_data: Vec<u8>,
}

impl Registration {
    /// Reads `RegistrationResponseJSON`. Members that are not needed may be there: browsers differ.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let read: ResponseJson = serde_json::from_slice(json).map_err(|why| why.to_string())?;
        Ok(Self {
            attestation_object: base64url::decode(&read.response.attestation_object)?,
            client_data: base64url::decode(&read.response.client_data_json)?,
        })
    }
}

#[derive(Deserialize)]
struct ResponseJson {
    response: AttestationJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationJson {
    attestation_object: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_what_browsers_parse() {
        let options = CreationOptions::new("sign.example", SignerId(258), "phone", &[0xff; 3]);
        let expected = concat!(
            r#"{"rp":{"id":"sign.example","name":"sign.example"},"#,
            r#""user":{"id":"AAABAg","name":"phone","displayName":"phone"},"challenge":"____","#,
            r#""pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-35},"#,
            r#"{"type":"public-key","alg":-8},{"type":"public-key","alg":-257},"#,
            r#"{"type":"public-key","alg":-48},{"type":"public-key","alg":-49},"#,
            r#"{"type":"public-key","alg":-50}],"authenticatorSelection":"#,
            r#"{"residentKey":"discouraged","userVerification":"required"},"attestation":"direct"}"#,
        );
        assert_eq!(serde_json::to_string(&options).unwrap(), expected);
    }

    const RESPONSE: &str = r#"{"id":"AQ","rawId":"AQ","type":"public-key","clientExtensionResults":{},
        "response":{"clientDataJSON":"e30","attestationObject":"oA","transports":["usb"]}}"#;

    #[test]
    fn a_response_gives_its_bytes() {
        let expected = Registration { attestation_object: vec![0xa0], client_data: b"{}".to_vec() };
        assert_eq!(Registration::parse(RESPONSE.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_response_with_one_thing_wrong_is_refused() {
        for (good, bad) in [("\"oA\"", "\"o=\""), ("attestationObject", "other"), ("}}", "}")] {
            let mutated = RESPONSE.replace(good, bad);
            assert_ne!(mutated, RESPONSE);
            assert!(Registration::parse(mutated.as_bytes()).is_err(), "{bad}");
        }
    }
}
