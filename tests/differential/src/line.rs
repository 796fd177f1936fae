//! A case as the line of JSON that the other verifiers read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::case::{Brought, Case};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'c> {
    id: u64,
    rp_id: &'c str,
    origin: &'c str,
    challenge: String,
    user_verification: &'c str,
    #[serde(flatten)]
    question: Question,
}

/// What the libraries want to know, and the members of AuthenticationResponseJSON or RegistrationResponseJSON
/// (WebAuthn Level 3, 5.1.8).
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Question {
    Assertion {
        cose_key: String,
        sign_count: u32,
        credential_id: String,
        authenticator_data: String,
        #[serde(rename = "clientDataJSON")]
        client_data_json: String,
        signature: String,
    },
    Registration {
        anchors: Vec<String>,
        credential_id: String,
        attestation_object: String,
        #[serde(rename = "clientDataJSON")]
        client_data_json: String,
    },
}

impl Case {
    /// The case as a line of JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        let line = Line {
            id: self.id,
            rp_id: &self.asked.rp_id,
            origin: &self.asked.origin,
            challenge: encoded(&self.asked.challenge),
            user_verification: "required",
            question: self.brought.question(),
        };
        serde_json::to_string(&line)
    }
}

impl Brought {
    fn question(&self) -> Question {
        match self {
            Self::Assertion { enrolled, assertion } => Question::Assertion {
                cose_key: encoded(&enrolled.cose_key),
                sign_count: enrolled.sign_count,
                credential_id: encoded(&assertion.credential_id),
                authenticator_data: encoded(&assertion.authenticator_data),
                client_data_json: encoded(&assertion.client_data_json),
                signature: encoded(&assertion.signature),
            },
            Self::Registration { anchors, registration } => Question::Registration {
                anchors: anchors.iter().map(|der| encoded(der)).collect(),
                credential_id: encoded(&registration.credential_id),
                attestation_object: encoded(&registration.attestation_object),
                client_data_json: encoded(&registration.client_data_json),
            },
        }
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
