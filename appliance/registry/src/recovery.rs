//! The key that evidence is recovered with where there is no HSM any more.
//!
//! Guarantees: there is one at a time, the last that officers have set. It does not guarantee that the vault is wrapped
//! for it: whoever has the vault sees to that, at each boot.

use countersign_core::port::Crypto;
use countersign_protocol::recovery::{Recovery, RecoveryKey};
use countersign_protocol::{Digest, canonical, minicbor, tag};

use crate::{Conflict, Registry};

/// A recovery key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryRow {
    /// What it is known by.
    pub fingerprint: Digest,
    encoded: Vec<u8>,
}

impl RecoveryRow {
    /// The key itself.
    #[must_use]
    pub fn key(&self) -> Option<RecoveryKey<'_>> {
        canonical::decode(&self.encoded).ok()
    }
}

impl<C: Crypto> Registry<C> {
    /// The key that evidence is recovered with, if officers have set one.
    pub fn recovery(&self) -> Option<&RecoveryRow> {
        self.recovery.only()
    }

    pub(crate) fn apply_recovery(&mut self, new: &Recovery<'_>) -> Result<(), Conflict> {
        self.take_recovery(&new.key)
    }

    pub(crate) fn take_recovery(&mut self, key: &RecoveryKey<'_>) -> Result<(), Conflict> {
        let encoded = minicbor::to_vec(key).unwrap_or_default();
        let fingerprint = Digest(self.crypto.sha256(&[tag::RECOVERY_KEY, &encoded]));
        if self.recovery.only().is_some_and(|row| row.fingerprint == fingerprint) {
            return Err(Conflict::RecoverySet);
        }
        self.recovery.put((), RecoveryRow { fingerprint, encoded });
        Ok(())
    }
}
