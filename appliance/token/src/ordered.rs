//! A signer's message on its way to a worker.
//!
//! Guarantee to the first door: whoever has an [`Ordered`] had a `SignMessage`, which only a `SignOrder`
//! gives, and has it no more. It is owned, without handle or session, so that it can go to another
//! thread or process.

use std::borrow::Cow;

use countersign_core::SignMessage;
use countersign_protocol::Suite;
use countersign_protocol::change::Place;

use crate::role::SignerKey;

/// `SEQUENCE { SEQUENCE { id-sha256, NULL }, OCTET STRING` up to the digest (RFC 8017, 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// One signature that shall be made.
pub(crate) struct Ordered {
    key: SignerKey,
    deadline_boot_ms: u64,
    dtbsr: Box<[u8]>,
}

impl From<SignMessage<'_>> for Ordered {
    fn from(message: SignMessage<'_>) -> Self {
        let Place::Resident(id) = message.place();
        Self {
            key: SignerKey { id, suite: message.suite() },
            deadline_boot_ms: message.deadline_boot_ms(),
            dtbsr: message.dtbsr().into(),
        }
    }
}

impl Ordered {
    /// The key that shall sign.
    pub const fn key(&self) -> SignerKey {
        self.key
    }

    /// Boot time after which it must not be begun.
    pub const fn deadline_boot_ms(&self) -> u64 {
        self.deadline_boot_ms
    }

    /// Whether the DTBS/R has a length that the suite takes.
    pub const fn fits(&self) -> bool {
        self.key.suite.takes(self.dtbsr.len())
    }

    /// What the token gets: the DTBS/R, for CKM_RSA_PKCS in its DigestInfo.
    pub fn data(&self) -> Cow<'_, [u8]> {
        match self.key.suite {
            Suite::Rs256 => [&SHA256_DIGEST_INFO, &*self.dtbsr].concat().into(),
            Suite::Esp256 | Suite::Esp384 | Suite::Ps256 | Suite::Ed25519 => (&*self.dtbsr).into(),
        }
    }
}
