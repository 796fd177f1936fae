//! The media of ledger, vault and snapshots: the machine's disks, as long as there is power.

use std::sync::{Arc, MutexGuard};

use countersign_disk::FaultyDisk;
use countersign_ports::{Storage, StorageFault, StorageOperation};

use crate::sometimes;

use super::{Bug, Effect, Machine};

/// One of the machine's disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// The ledger's.
    Ledger,
    /// The vault's, of even epochs.
    VaultEven,
    /// The vault's, of odd epochs.
    VaultOdd,
    /// That of every other snapshot.
    SnapshotEven,
    /// That of the others.
    SnapshotOdd,
}

impl Medium {
    /// Every disk.
    pub const ALL: [Self; 5] =
        [Self::Ledger, Self::VaultEven, Self::VaultOdd, Self::SnapshotEven, Self::SnapshotOdd];
}

/// A disk as the appliance has it open.
///
/// With [`Bug::ReplyBeforeSync`] a sync of the ledger is made up for only before the next append.
pub struct SimDisk {
    machine: Arc<Machine>,
    medium: Medium,
    owed: bool,
}

impl SimDisk {
    /// A disk of this machine, opened as the file is: what another process wrote without a sync is
    /// made durable first.
    #[must_use]
    pub fn of(machine: Arc<Machine>, medium: Medium) -> Self {
        let mut disk = Self { machine, medium, owed: false };
        // A fault here is met again at the first write.
        let _ = disk.sync();
        disk
    }

    /// Without power nothing happens, and nobody hears of it.
    fn powered(&self, effect: Effect, operation: StorageOperation) -> Result<(), StorageFault> {
        if self.machine.power.allows(effect) {
            Ok(())
        } else {
            Err(StorageFault { operation, code: 0 })
        }
    }

    fn disk(&self) -> MutexGuard<'_, FaultyDisk> {
        self.machine.medium(self.medium)
    }

    fn make_up(&mut self) -> Result<(), StorageFault> {
        if std::mem::take(&mut self.owed) {
            self.powered(Effect::Sync, StorageOperation::Sync)?;
            self.disk().sync()?;
        }
        Ok(())
    }
}

impl Storage for SimDisk {
    fn len(&self) -> Result<u64, StorageFault> {
        self.disk().len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.disk().read_at(offset, into)
    }

    /// A cut while it is under way may leave some of it.
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.make_up()?;
        let was_on = self.machine.power.is_on();
        let powered = self.powered(Effect::Append, StorageOperation::Append);
        let written = if was_on { self.disk().append(bytes) } else { Ok(()) };
        powered.and(written)
    }

    /// As with an append.
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        let was_on = self.machine.power.is_on();
        let powered = self.powered(Effect::Append, StorageOperation::Overwrite);
        let written = if was_on { self.disk().overwrite(offset, bytes) } else { Ok(()) };
        powered.and(written)
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.powered(Effect::Truncate, StorageOperation::Truncate)?;
        sometimes!(self.machine.marks, TornTailCut, self.medium == Medium::Ledger);
        self.disk().truncate(len)
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.disk().refresh(from)
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        if self.medium == Medium::Ledger && self.machine.bug() == Bug::ReplyBeforeSync {
            self.owed = true;
            return Ok(());
        }
        self.powered(Effect::Sync, StorageOperation::Sync)?;
        self.disk().sync()
    }
}
