//! A copy of an epoch's key for whoever has to open the vault without its token.
//!
//! Guarantees: the copy is bound to the appliance and the epoch, and the epoch's marks speak for it: whoever has only the
//! disk can neither change for whom it is nor take it out unnoticed. It does not guarantee that it can be opened: only
//! whoever it is for can tell that.

use countersign_protocol::limits::VAULT_WRAPPED_BYTES_MAX;
use countersign_protocol::{ApplianceId, Digest};

use crate::VaultError;
use crate::epoch::Epoch;

/// Whom the keys of epochs are wrapped for.
///
/// Contract: what comes out of [`Self::wrap`] tells nobody anything of the key but whoever it is for, who learns that it is
/// of this epoch and no other.
pub trait Wrapping: Send {
    /// What whoever it is for is known by.
    fn recipient(&self) -> Digest;

    /// The key, sealed for this epoch: 1 to `VAULT_WRAPPED_BYTES_MAX` bytes.
    ///
    /// # Errors
    /// [`NotWrapped`] if that fails.
    fn wrap(&self, epoch: &EpochName, key: &[u8; 32]) -> Result<Vec<u8>, NotWrapped>;
}

/// Which epoch a key is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochName {
    /// Whose vault.
    pub appliance: ApplianceId,
    /// Its number.
    pub epoch: u64,
}

/// A key could not be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of the vault's epoch cannot be wrapped: is the recovery key one?")]
pub struct NotWrapped;

/// A wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// What whoever it is for is known by.
    pub recipient: Digest,
    /// The key, sealed.
    pub sealed: Vec<u8>,
}

impl dyn Wrapping {
    /// The key of this epoch.
    pub(crate) fn wrapped(&self, epoch: &Epoch) -> Result<Wrapped, VaultError> {
        let Epoch { appliance, number, key } = epoch;
        let name = EpochName { appliance: *appliance, epoch: *number };
        Ok(Wrapped { recipient: self.recipient(), sealed: self.wrap(&name, key)? })
    }
}

impl Wrapped {
    /// How many bytes the key is sealed in.
    pub(crate) fn sealed_bytes(&self) -> Result<u32, VaultError> {
        let within = (1..=VAULT_WRAPPED_BYTES_MAX).contains(&self.sealed.len());
        let bytes = u32::try_from(self.sealed.len()).ok().filter(|_| within);
        Ok(bytes.ok_or(NotWrapped)?)
    }

    /// Bytes of a wrapped copy with its mark; nothing past the limit.
    pub(crate) fn length(sealed_bytes: u32) -> Option<usize> {
        let sealed = usize::try_from(sealed_bytes).ok();
        sealed.filter(|sealed| *sealed <= VAULT_WRAPPED_BYTES_MAX).map(|sealed| 32 + sealed + 28)
    }

    /// As it is written, without its mark.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.recipient.0[..], &self.sealed].concat()
    }

    /// The same, read.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (recipient, sealed) = bytes.split_first_chunk()?;
        Some(Self { recipient: Digest(*recipient), sealed: sealed.to_vec() })
    }
}
