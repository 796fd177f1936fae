//! One case: what a relying party knows of a credential, and an assertion that is brought to it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_device::{Algorithm, Assertion};
use serde::Serialize;

/// One question to every verifier.
pub struct Case {
    /// Its number.
    pub id: u64,
    /// What the key is.
    pub algorithm: Algorithm,
    /// The mutation's name.
    pub mutation: &'static str,
    /// What the relying party knows.
    pub known: Known,
    /// What is brought.
    pub assertion: Assertion,
}

/// What was enrolled, and what was asked.
#[derive(Clone)]
pub struct Known {
    /// The public key, as a COSE key.
    pub cose_key: Vec<u8>,
    /// The relying party.
    pub rp_id: String,
    /// Its page.
    pub origin: String,
    /// The challenge that was asked.
    pub challenge: [u8; 32],
    /// The last count that was seen.
    pub sign_count: u32,
    /// Whether the credential may be copied.
    pub backup_eligible: bool,
}

/// The line that the verifiers read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'c> {
    id: u64,
    cose_key: String,
    credential_id: String,
    rp_id: &'c str,
    origin: &'c str,
    challenge: String,
    sign_count: u32,
    backup_eligible: bool,
    user_verification: &'c str,
    authenticator_data: String,
    #[serde(rename = "clientDataJSON")]
    client_data_json: String,
    signature: String,
}

impl Case {
    /// The case as a line of JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let Self { known, assertion, .. } = self;
        let line = Line {
            id: self.id,
            cose_key: encoded(&known.cose_key),
            credential_id: encoded(&assertion.credential_id),
            rp_id: &known.rp_id,
            origin: &known.origin,
            challenge: encoded(&known.challenge),
            sign_count: known.sign_count,
            backup_eligible: known.backup_eligible,
            user_verification: "required",
            authenticator_data: encoded(&assertion.authenticator_data),
            client_data_json: encoded(&assertion.client_data_json),
            signature: encoded(&assertion.signature),
        };
        serde_json::to_string(&line)
    }

    /// The algorithm whatever the length of its key: verifiers treat those alike.
    pub const fn class(&self) -> &'static str {
        class(self.algorithm)
    }
}

/// The algorithm whatever the length of its key or the parameter set.
pub const fn class(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256Modulus2048 | Algorithm::Rs256Modulus3072 | Algorithm::Rs256Modulus4096 => {
            "rs256"
        }
        Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => "ml-dsa",
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => algorithm.name(),
    }
}
