//! The ledger's medium: the machine's disk, as long as there is power.

use std::sync::Arc;

use countersign_ports::{Storage, StorageFault, StorageOperation};

use crate::sometimes;

use super::{Bug, Effect, Machine};

/// The disk as the ledger has it open.
///
/// With [`Bug::ReplyBeforeSync`] a sync is made up for only before the next append.
pub struct SimDisk(Arc<Machine>, bool);

impl SimDisk {
    /// The disk of this machine, opened as the file is: what another process wrote without a sync is
    /// made durable first.
    #[must_use]
    pub fn of(machine: Arc<Machine>) -> Self {
        let mut disk = Self(machine, false);
        // A fault here is met again at the first write.
        let _ = disk.sync();
        disk
    }

    /// Without power nothing happens, and nobody hears of it.
    fn powered(&self, effect: Effect, operation: StorageOperation) -> Result<(), StorageFault> {
        if self.0.power.allows(effect) { Ok(()) } else { Err(StorageFault { operation, code: 0 }) }
    }

    fn make_up(&mut self) -> Result<(), StorageFault> {
        if std::mem::take(&mut self.1) {
            self.powered(Effect::Sync, StorageOperation::Sync)?;
            self.0.disk().sync()?;
        }
        Ok(())
    }
}

impl Storage for SimDisk {
    fn len(&self) -> Result<u64, StorageFault> {
        self.0.disk().len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.0.disk().read_at(offset, into)
    }

    /// A cut while it is under way may leave some of it.
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.make_up()?;
        let was_on = self.0.power.is_on();
        let powered = self.powered(Effect::Append, StorageOperation::Append);
        let written = if was_on { self.0.disk().append(bytes) } else { Ok(()) };
        powered.and(written)
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.powered(Effect::Truncate, StorageOperation::Truncate)?;
        sometimes!(self.0.marks, TornTailCut);
        self.0.disk().truncate(len)
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.0.disk().refresh(from)
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        if self.0.bug() == Bug::ReplyBeforeSync {
            self.1 = true;
            return Ok(());
        }
        self.powered(Effect::Sync, StorageOperation::Sync)?;
        self.0.disk().sync()
    }
}
