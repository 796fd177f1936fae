//! Alice's browser: the approval page in it, and the FIDO2 device that it talks to.
//!
//! What they make is passed on as it is; a test changes what the page asks for, or the device.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_device::Assertion;
use countersign_tests::house::{ORIGIN, RP_ID};
use countersign_tests::outcome::Prepared;
use serde_json::{Value, json};

use crate::chromium::Chromium;

/// An object with the functions `create` and `get`.
const PAGE: &str = include_str!("page.js");

/// Chromium on the approval page, with a virtual device (W3C Web Authentication Level 3, 11).
pub struct Browser {
    chromium: Chromium,
    device: Value,
}

/// What the page asks for.
pub struct Wanted {
    /// Where the page is.
    pub origin: String,
    /// What it calls for with `userVerification`.
    pub user_verification: &'static str,
    challenge: [u8; 32],
    credentials: Vec<Vec<u8>>,
}

/// What the browser made of a new credential.
pub struct Created {
    /// authenticatorData.
    pub authenticator_data: Vec<u8>,
    /// The attestation object.
    pub attestation_object: Vec<u8>,
    /// clientDataJSON.
    pub client_data_json: Vec<u8>,
}

impl Wanted {
    /// As docs/protocol.md tells the page to ask.
    pub fn of(prepared: &Prepared) -> Self {
        Self {
            origin: ORIGIN.to_owned(),
            user_verification: "required",
            challenge: prepared.challenge,
            credentials: prepared.credentials.clone(),
        }
    }
}

impl Browser {
    /// Starts it, with a device that has no credential yet.
    pub fn start() -> Self {
        let mut chromium = Chromium::start();
        chromium.call("WebAuthn.enable", json!({}));
        let device = connect(&mut chromium);
        Self { chromium, device }
    }

    /// Has the page ask for a new credential of this algorithm, with this conveyance of its attestation, over
    /// this challenge.
    pub fn create(&mut self, algorithm: i32, attestation: &str, challenge: [u8; 32]) -> Created {
        let wanted = json!({
            "rpId": RP_ID,
            "user": text(b"alice"),
            "challenge": text(&challenge),
            "algorithm": algorithm,
            "attestation": attestation,
        });
        let made = self.ask(ORIGIN, "create", &wanted).unwrap();
        Created {
            authenticator_data: bytes(&made["authenticatorData"]),
            attestation_object: bytes(&made["attestationObject"]),
            client_data_json: bytes(&made["clientDataJSON"]),
        }
    }

    /// Has the page ask for an approval: the assertion, or the browser's reason.
    pub fn try_to_approve(&mut self, wanted: &Wanted) -> Result<Assertion, String> {
        let parameters = json!({
            "rpId": RP_ID,
            "challenge": text(&wanted.challenge),
            "credentials": wanted.credentials.iter().map(|id| text(id)).collect::<Vec<_>>(),
            "userVerification": wanted.user_verification,
        });
        let made = self.ask(&wanted.origin, "get", &parameters)?;
        Ok(Assertion {
            credential_id: bytes(&made["id"]).try_into().unwrap(),
            authenticator_data: bytes(&made["authenticatorData"]),
            client_data_json: bytes(&made["clientDataJSON"]),
            signature: bytes(&made["signature"]),
        })
    }

    /// The same, which must succeed.
    pub fn approve(&mut self, wanted: &Wanted) -> Assertion {
        self.try_to_approve(wanted).unwrap()
    }

    /// Whether the device knows its user from now on.
    pub fn knows_its_user(&mut self, does: bool) {
        self.tell_device("setUserVerified", json!({ "isUserVerified": does }));
    }

    /// Makes the device wrong in one thing from now on: `isBogusSignature`, `isBadUV`, `isBadUP`.
    pub fn wrong_in(&mut self, what: &str) {
        self.tell_device("setResponseOverrideBits", json!({ what: true }));
    }

    /// The device is no longer wrong in this.
    pub fn right_again(&mut self, what: &str) {
        self.tell_device("setResponseOverrideBits", json!({ what: false }));
    }

    /// Makes the device's credential one that may be copied to others.
    pub fn made_eligible_for_backup(&mut self) {
        let credential = self.credential();
        let eligible =
            json!({ "credentialId": credential["credentialId"], "backupEligibility": true });
        self.tell_device("setCredentialProperties", eligible);
    }

    /// A copy of the device's one credential as it is now, with its private key and its counter.
    pub fn credential(&mut self) -> Value {
        self.tell_device("getCredentials", json!({}))["credentials"][0].take()
    }

    /// The device holds this copy from now on, in place of what it held under the same id.
    pub fn holds(&mut self, copy: &Value) {
        let id = json!({ "credentialId": copy["credentialId"] });
        self.tell_device("removeCredential", id);
        self.tell_device("addCredential", json!({ "credential": copy }));
    }

    fn tell_device(&mut self, method: &str, mut parameters: Value) -> Value {
        parameters["authenticatorId"] = self.device.clone();
        self.chromium.call(&format!("WebAuthn.{method}"), parameters)
    }

    fn ask(&mut self, origin: &str, function: &str, wanted: &Value) -> Result<Value, String> {
        self.chromium.open(&format!("{origin}/approve"));
        self.chromium.evaluate(&format!("{PAGE}.{function}({wanted})"))
    }
}

/// Connects a new device that knows its user, who touches it whenever it asks; gives its name in Chromium.
pub fn connect(chromium: &mut Chromium) -> Value {
    let options = json!({
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": true,
        "isUserVerified": true,
        "automaticPresenceSimulation": true,
    });
    let added = chromium.call("WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
    added["authenticatorId"].clone()
}

fn text(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap()
}
