//! The JSON forms of WebAuthn Level 3 (5.1.8 to 5.1.10), as far as a command behind which a device is needs
//! them: here those of an approval.

mod registration;

use serde::{Deserialize, Serialize};

pub(crate) use registration::{CreationOptions, Registration};

use crate::base64url;

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOptions<'a> {
    challenge: String,
    rp_id: &'a str,
    allow_credentials: Vec<Descriptor>,
    user_verification: &'static str,
}

/// `PublicKeyCredentialDescriptorJSON`.
#[derive(Debug, Serialize)]
struct Descriptor {
    id: String,
    #[serde(rename = "type")]
    type_: &'static str,
}

impl<'a> RequestOptions<'a> {
    /// Asks any of `credentials` of `rp_id` to sign `challenge`, with its user verified.
    pub(crate) fn new(rp_id: &'a str, challenge: &[u8], credentials: &[&[u8]]) -> Self {
        let describe = |id: &&[u8]| Descriptor { id: base64url::encode(id), type_: "public-key" };
        Self {
            challenge: base64url::encode(challenge),
            rp_id,
            allow_credentials: credentials.iter().map(describe).collect(),
            user_verification: "required",
        }
    }
}

/// What a device made of a challenge.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// Which credential answered.
    pub(crate) id: Vec<u8>,
    /// authenticatorData.
    pub(crate) authenticator_data: Vec<u8>,
    /// clientDataJSON.
    pub(crate) client_data: Vec<u8>,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl Response {
    /// Reads `AuthenticationResponseJSON`. Members that are not needed may be there: browsers differ.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let read: ResponseJson = serde_json::from_slice(json).map_err(|why| why.to_string())?;
        Ok(Self {
            id: base64url::decode(&read.id)?,
            authenticator_data: base64url::decode(&read.response.authenticator_data)?,
            client_data: base64url::decode(&read.response.client_data_json)?,
            signature: base64url::decode(&read.response.signature)?,
        })
    }
}

#[derive(Deserialize)]
struct ResponseJson {
    id: String,
    response: AssertionJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionJson {
    authenticator_data: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    signature: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_what_browsers_parse() {
        let request = RequestOptions::new("sign.example", &[0xff; 3], &[&[1], &[2, 3]]);
        let expected = r#"{"challenge":"____","rpId":"sign.example","allowCredentials":[{"id":"AQ","type":"public-key"},{"id":"AgM","type":"public-key"}],"userVerification":"required"}"#;
        assert_eq!(serde_json::to_string(&request).unwrap(), expected);
    }

    const RESPONSE: &str = r#"{"id":"AQ","rawId":"AQ","type":"public-key","clientExtensionResults":{},
        "response":{"clientDataJSON":"e30","authenticatorData":"Ag","signature":"Aw","userHandle":"x"}}"#;

    #[test]
    fn a_response_gives_its_bytes() {
        let expected = Response {
            id: vec![1],
            authenticator_data: vec![2],
            client_data: b"{}".to_vec(),
            signature: vec![3],
        };
        assert_eq!(Response::parse(RESPONSE.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_response_with_one_thing_wrong_is_refused() {
        for (good, bad) in [("\"Ag\"", "\"A=\""), ("\"signature\"", "\"other\""), ("}}", "}")] {
            let mutated = RESPONSE.replace(good, bad);
            assert_ne!(mutated, RESPONSE);
            assert!(Response::parse(mutated.as_bytes()).is_err(), "{bad}");
        }
    }
}
