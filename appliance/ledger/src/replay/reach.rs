//! How far a ledger that was read goes, and all that can be checked of it.

use countersign_ports::{Crypto, Storage};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_tlog::Head;

use super::Replayed;
use crate::damage::{Damage, Place};
use crate::signatures::check_signatures;

impl<S: Storage> Replayed<S> {
    /// Whether each of its checkpoints is signed by this key: what only a full check has time for.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn check_signatures(
        &self,
        crypto: &impl Crypto,
        key: &CheckpointKey,
    ) -> Result<(), Damage> {
        check_signatures(&self.storage, crypto, key)
    }
}

impl<S> Replayed<S> {
    /// Records in it.
    pub const fn size(&self) -> u64 {
        self.tail.size()
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        self.tail.tree.head()
    }

    /// Bytes of its whole groups.
    pub const fn end(&self) -> u64 {
        self.tail.end
    }

    /// Bytes after them: of a group that was being written when the power failed.
    pub const fn torn_bytes(&self) -> u64 {
        self.end.saturating_sub(self.tail.end)
    }

    /// It has at least this many records; one that had them once and has not is no ledger to go on with.
    ///
    /// # Errors
    /// [`Damage::Older`].
    pub const fn has(&self, records: u64) -> Result<(), Damage> {
        let (end, last) = (self.tail.end, Place { offset: self.tail.end, record: records });
        if self.size() < records { Err(Damage::Older { end, last }) } else { Ok(()) }
    }
}
