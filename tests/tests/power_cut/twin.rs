//! Ledgers with one thing wrong, as their disks show it.

use countersign_disk::Disk;
use countersign_ports::{Storage, StorageFault};

/// The sync is not made.
pub struct SkipsSync(pub Disk);

impl Storage for SkipsSync {
    fn len(&self) -> Result<u64, StorageFault> {
        self.0.len()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.0.read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.0.append(bytes)
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.0.overwrite(offset, bytes)
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.0.truncate(len)
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.0.refresh(from)
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        Ok(())
    }
}

/// The sync is made, but only after the replies have gone out: before the next write.
pub struct RepliesFirst {
    disk: Disk,
    owed: bool,
}

impl RepliesFirst {
    /// In front of a good disk.
    pub const fn before(disk: Disk) -> Self {
        Self { disk, owed: false }
    }

    fn pay(&mut self) -> Result<(), StorageFault> {
        if std::mem::take(&mut self.owed) { self.disk.sync() } else { Ok(()) }
    }
}

impl Storage for RepliesFirst {
    fn len(&self) -> Result<u64, StorageFault> {
        self.disk.len()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.disk.read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.pay()?;
        self.disk.append(bytes)
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.pay()?;
        self.disk.overwrite(offset, bytes)
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.pay()?;
        self.disk.truncate(len)
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.disk.refresh(from)
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        self.owed = true;
        Ok(())
    }
}
