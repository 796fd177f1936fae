//! What one approval says: every value of it, so that a test can change any one.

use sha2::{Digest as _, Sha256};

use crate::client_data::ClientData;
use crate::signature::SignatureForm;

/// One approval. `Authenticator::honest` makes the good one; change a field to make it wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// `type` in the client data: `webauthn.get`.
    pub type_: String,
    /// The origin of the page that asked.
    pub origin: String,
    /// The relying party whose hash is in the authenticator data.
    pub rp_id: String,
    /// Whether the page that asked was inside another one of a different origin.
    pub cross_origin: bool,
    /// The origin of the outer page, where a browser reports one.
    pub top_origin: Option<String>,
    /// Further members that a browser adds at the end of the client data: JSON from after the comma.
    pub more_client_data: Option<String>,
    /// A challenge to sign in place of the one that was asked for.
    pub challenge_override: Option<Vec<u8>>,
    /// The flags of the authenticator data.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// Extension outputs: put at the end of the authenticator data as they are, whatever the flags say.
    pub extensions: Vec<u8>,
    /// How the signature is made and written.
    pub signature: SignatureForm,
}

impl Approval {
    /// The client data, as bytes (WebAuthn Level 3, 5.8.1.1).
    #[must_use]
    pub fn client_data_json(&self, challenge: &[u8]) -> Vec<u8> {
        let client_data = ClientData {
            type_: &self.type_,
            challenge: self.challenge_override.as_deref().unwrap_or(challenge),
            origin: &self.origin,
            cross_origin: self.cross_origin,
            top_origin: self.top_origin.as_deref(),
            more: self.more_client_data.as_deref(),
        };
        client_data.serialize().into_bytes()
    }

    /// The authenticator data (WebAuthn Level 3, 6.1): rpIdHash, flags, signCount, extensions.
    #[must_use]
    pub fn authenticator_data(&self) -> Vec<u8> {
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(self.flags.byte());
        data.extend_from_slice(&self.sign_count.to_be_bytes());
        data.extend_from_slice(&self.extensions);
        data
    }
}

/// The flags of the authenticator data (WebAuthn Level 3, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Bit 0: somebody was there.
    pub up: bool,
    /// Bit 2: it was the owner.
    pub uv: bool,
    /// Bit 3: the credential may be copied to other devices.
    pub be: bool,
    /// Bit 4: it has been.
    pub bs: bool,
    /// Bit 6: attested credential data follows.
    pub at: bool,
    /// Bit 7: extension outputs follow.
    pub ed: bool,
}

impl Flags {
    /// What a device-bound credential says after its owner's finger.
    pub const HONEST: Self =
        Self { up: true, uv: true, be: false, bs: false, at: false, ed: false };

    /// The flags as they are sent. Bits 1 and 5 are reserved.
    #[must_use]
    pub fn byte(self) -> u8 {
        let bit = |set: bool, place: u8| u8::from(set) << place;
        bit(self.up, 0)
            | bit(self.uv, 2)
            | bit(self.be, 3)
            | bit(self.bs, 4)
            | bit(self.at, 6)
            | bit(self.ed, 7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_its_bit() {
        let none = Flags { up: false, uv: false, ..Flags::HONEST };
        assert_eq!(none.byte(), 0);
        assert_eq!(Flags { up: true, ..none }.byte(), 0x01);
        assert_eq!(Flags { uv: true, ..none }.byte(), 0x04);
        assert_eq!(Flags { be: true, ..none }.byte(), 0x08);
        assert_eq!(Flags { bs: true, ..none }.byte(), 0x10);
        assert_eq!(Flags { at: true, ..none }.byte(), 0x40);
        assert_eq!(Flags { ed: true, ..none }.byte(), 0x80);
    }
}
