//! The ledger as it is on its medium, for whoever reads it while records are taken.
//!
//! Guarantees: it ends where what is durable ended when it was made; nothing is written through it; the committer waits for one
//! read at a time.

use std::sync::{Arc, Mutex};

use countersign_ports::{Storage, StorageFault, StorageOperation};

use crate::commit::lock;
use crate::ledger::Ledger;

/// What was durable.
pub struct View<S> {
    storage: Arc<Mutex<S>>,
    end: u64,
}

impl<S> Ledger<S> {
    /// What is durable by now; none of an empty ledger.
    pub fn view(&self) -> Option<View<S>> {
        let end = lock(&self.shared.newest).as_ref()?.tail.end;
        Some(View { storage: Arc::clone(&self.shared.storage), end })
    }
}

const fn refused(operation: StorageOperation) -> Result<(), StorageFault> {
    Err(StorageFault { operation, code: 0 })
}

impl<S: Storage> Storage for View<S> {
    fn len(&self) -> Result<u64, StorageFault> {
        Ok(self.end)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let end = offset.checked_add(into.len() as u64).filter(|end| *end <= self.end);
        end.ok_or(StorageFault { operation: StorageOperation::Read, code: 0 })?;
        lock(&self.storage).read_at(offset, into)
    }

    fn append(&mut self, _: &[u8]) -> Result<(), StorageFault> {
        refused(StorageOperation::Append)
    }

    fn overwrite(&mut self, _: u64, _: &[u8]) -> Result<(), StorageFault> {
        refused(StorageOperation::Overwrite)
    }

    fn truncate(&mut self, _: u64) -> Result<(), StorageFault> {
        refused(StorageOperation::Truncate)
    }

    fn refresh(&mut self, _: u64) -> Result<(), StorageFault> {
        refused(StorageOperation::Refresh)
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        refused(StorageOperation::Sync)
    }
}
