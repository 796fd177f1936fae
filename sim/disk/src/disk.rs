//! The disk, as its owner sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_ports::{Storage, StorageFault, StorageOperation};

use crate::history::{History, Operation, overwrite};

/// A disk. Clones are the same one, so that a test keeps what it gives away.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<Inside>>);

struct Inside {
    bytes: Vec<u8>,
    history: History,
}

impl Disk {
    /// A disk on which these bytes are durable.
    #[must_use]
    pub fn holding(bytes: Vec<u8>) -> Self {
        let history = History::after(bytes.clone());
        Self(Arc::new(Mutex::new(Inside { bytes, history })))
    }

    /// All that has happened so far.
    #[must_use]
    pub fn history(&self) -> History {
        self.lock().history.clone()
    }

    /// How many operations have ended so far.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.lock().history.operations().len()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Disk {
    fn len(&self) -> Result<u64, StorageFault> {
        Ok(self.lock().bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let inside = self.lock();
        let start = usize::try_from(offset).ok();
        let end = start.and_then(|start| start.checked_add(into.len()));
        let found = start.zip(end).and_then(|(start, end)| inside.bytes.get(start..end));
        into.copy_from_slice(found.ok_or(fault(StorageOperation::Read))?);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        let mut inside = self.lock();
        inside.bytes.extend_from_slice(bytes);
        inside.history.push(Operation::Append(bytes.into()));
        Ok(())
    }

    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        let mut inside = self.lock();
        let offset = usize::try_from(offset).map_err(|_| fault(StorageOperation::Overwrite))?;
        overwrite(&mut inside.bytes, offset, bytes).ok_or(fault(StorageOperation::Overwrite))?;
        inside.history.push(Operation::Overwrite(offset, bytes.into()));
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        let mut inside = self.lock();
        let len = usize::try_from(len).ok().filter(|len| *len <= inside.bytes.len());
        let len = len.ok_or(fault(StorageOperation::Truncate))?;
        inside.bytes.truncate(len);
        inside.history.push(Operation::Truncate(len));
        Ok(())
    }

    /// No sync of this disk ever fails: nothing is to be made up for.
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        let there = usize::try_from(from).is_ok_and(|from| from <= self.lock().bytes.len());
        there.then_some(()).ok_or(fault(StorageOperation::Refresh))
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        self.lock().history.push(Operation::Sync);
        Ok(())
    }
}

const fn fault(operation: StorageOperation) -> StorageFault {
    StorageFault { operation, code: 0 }
}
