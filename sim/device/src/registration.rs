//! What a device answers when it is registered (WebAuthn Level 3, 5.1.3 and 6.5.4), without attestation.

use std::convert::Infallible;

use minicbor::Encoder;
use minicbor::encode::Error;

use crate::approval::{Approval, Flags};
use crate::authenticator::Authenticator;
use crate::key::DeviceKey;

/// A registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// fmt, attStmt, authData.
    pub attestation_object: Vec<u8>,
    /// The page that asked, and its challenge.
    pub client_data_json: Vec<u8>,
}

impl<K: DeviceKey> Authenticator<K> {
    /// Registers the device's credential over `challenge`, as a good device without attestation does.
    #[must_use]
    pub fn register(&self, challenge: &[u8]) -> Registration {
        self.register_changed(challenge, |_| ())
    }

    /// The same, after one change.
    #[must_use]
    pub fn register_changed(
        &self,
        challenge: &[u8],
        change: impl FnOnce(&mut Approval),
    ) -> Registration {
        let mut creation = self.creation();
        change(&mut creation);
        Registration {
            attestation_object: unattested(&self.data_of(&creation)),
            client_data_json: creation.client_data_json(challenge),
        }
    }

    /// The authenticator data of a registration (6.1): with attested credential data.
    pub(crate) fn registration_data(&self) -> Vec<u8> {
        self.data_of(&self.creation())
    }

    fn data_of(&self, creation: &Approval) -> Vec<u8> {
        let credential = self.credential();
        let mut data = creation.authenticator_data();
        // 6.5.2: a device without a model, the credential's id, its key.
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 32]);
        data.extend_from_slice(&credential.credential_id);
        data.extend_from_slice(&credential.public_key_cose);
        data
    }

    fn creation(&self) -> Approval {
        Approval {
            type_: "webauthn.create".to_owned(),
            flags: Flags { at: true, ..Flags::HONEST },
            sign_count: self.sign_count,
            ..self.honest()
        }
    }
}

/// 8.7: the format `none`.
fn unattested(auth_data: &[u8]) -> Vec<u8> {
    let mut object = Vec::new();
    let mut encode = || -> Result<(), Error<Infallible>> {
        let mut map = Encoder::new(&mut object);
        map.map(3)?.str("fmt")?.str("none")?.str("attStmt")?.map(0)?;
        map.str("authData")?.bytes(auth_data)?.ok()
    };
    // Into memory that grows: never fails.
    let _ = encode();
    object
}
