//! A ledger's file for whoever only reads it, beside its owner.
//!
//! Guarantees: nothing is written, and no lock is taken that the owner waits for. It does not guarantee that what
//! is read is durable: the owner says how far it is.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use countersign_ports::{Storage, StorageFault, StorageOperation};

use crate::storage::{OpenError, fault};

/// A file that somebody else appends to.
#[derive(Debug)]
pub struct FileView {
    file: File,
}

impl FileView {
    /// Opens the file at `path`, which must be there.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let refused = |source| OpenError::Io { path: path.to_owned(), source };
        File::open(path).map(|file| Self { file }).map_err(refused)
    }
}

/// Nobody writes through a view.
const fn refused(operation: StorageOperation) -> Result<(), StorageFault> {
    Err(StorageFault { operation, code: 0 })
}

impl Storage for FileView {
    fn len(&self) -> Result<u64, StorageFault> {
        let metadata = self.file.metadata();
        metadata.map(|file| file.len()).map_err(|why| fault(StorageOperation::Len, &why))
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let read = self.file.read_exact_at(into, offset);
        read.map_err(|why| fault(StorageOperation::Read, &why))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileStorage;

    #[test]
    fn it_sees_what_its_owner_appends_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        assert!(FileView::open(&path).is_err(), "it makes no file");
        let mut owner = FileStorage::open(&path).unwrap();
        let mut view = FileView::open(&path).unwrap();
        owner.append(b"abc").unwrap();
        let mut read = [0; 2];
        assert_eq!((view.len(), view.read_at(1, &mut read)), (Ok(3), Ok(())));
        assert_eq!(&read, b"bc");
        assert!(view.read_at(2, &mut read).is_err());
        let [appended, overwritten] = [view.append(b"d"), view.overwrite(0, b"d")];
        let others = [view.truncate(1), view.refresh(0), view.sync()];
        for written in [appended, overwritten].into_iter().chain(others) {
            assert!(written.is_err());
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
    }
}
