//! The ledger's medium as a file.
//!
//! Guarantees to the ledger: one owner at a time, on this machine; what a reader finds after `open`
//! is durable, and so is the file's name; a failed write is never followed by one that claims to have
//! succeeded. It does not guarantee that the file is whole or unaltered: the ledger checks that. After
//! a failed `sync`, Linux may show bytes that the disk does not have: restart the machine first.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use countersign_ports::{Storage, StorageFault, StorageOperation};

/// Bytes that are written again at once.
const REFRESH_BYTES: usize = 64 * 1024;
/// What a blank file has.
static ZEROS: [u8; REFRESH_BYTES] = [0; REFRESH_BYTES];

/// A file that is appended to by this process alone.
#[derive(Debug)]
pub struct FileStorage {
    file: File,
    /// Nobody else changes the length: the lock is ours as long as `file` is open.
    len: u64,
    /// The code of the first write that failed.
    failed: Option<i32>,
}

impl Drop for FileStorage {
    /// Gives the lock back now. Closing the file is not enough: a process that was forked a moment ago and
    /// has not begun its own program yet has it open, too.
    fn drop(&mut self) {
        // Whoever cannot unlock closes, and the lock ends then.
        let _ = self.file.unlock();
    }
}

/// Why a file could not be opened as storage.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another process: stop that one first", .0.display())]
    InUse(PathBuf),
    /// The operating system refused.
    #[error("cannot open {}: {source}; check the path and its owner", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl FileStorage {
    /// Opens the file at `path`, and creates it, for its owner only, when there is none.
    ///
    /// # Errors
    /// When another process has it open, or the operating system refuses.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let refused = |source| OpenError::Io { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(path).map_err(refused)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse(path.to_owned()),
            TryLockError::Error(source) => refused(source),
        })?;
        // What another process wrote without a sync is readable already, but not yet durable.
        file.sync_all().and_then(|()| sync_parent(path)).map_err(refused)?;
        let len = file.metadata().map_err(refused)?.len();
        Ok(Self { file, len, failed: None })
    }

    /// Does a write, unless one failed before.
    fn write(
        &mut self,
        operation: StorageOperation,
        act: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<(), StorageFault> {
        if let Some(code) = self.failed {
            return Err(StorageFault { operation, code });
        }
        act(&self.file).map_err(|error| {
            let fault = fault(operation, &error);
            self.failed = Some(fault.code);
            fault
        })
    }
}

impl Storage for FileStorage {
    fn len(&self) -> Result<u64, StorageFault> {
        Ok(self.len)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let operation = StorageOperation::Read;
        // A failed append may have left bytes beyond the length: they were never appended.
        let end = end_of(offset, into).filter(|end| *end <= self.len);
        end.ok_or(StorageFault { operation, code: 0 })?;
        self.file.read_exact_at(into, offset).map_err(|error| fault(operation, &error))
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        let operation = StorageOperation::Append;
        let offset = self.len;
        let end = end_of(offset, bytes).ok_or(StorageFault { operation, code: 0 })?;
        self.write(operation, |file| file.write_all_at(bytes, offset))?;
        self.len = end;
        Ok(())
    }

    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        let operation = StorageOperation::Overwrite;
        let end = end_of(offset, bytes).filter(|end| *end <= self.len);
        end.ok_or(StorageFault { operation, code: 0 })?;
        self.write(operation, |file| file.write_all_at(bytes, offset))
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        let operation = StorageOperation::Truncate;
        if len > self.len {
            return Err(StorageFault { operation, code: 0 });
        }
        self.write(operation, |file| file.set_len(len))?;
        self.len = len;
        Ok(())
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        let operation = StorageOperation::Refresh;
        if from > self.len {
            return Err(StorageFault { operation, code: 0 });
        }
        let mut piece = vec![0; REFRESH_BYTES];
        let mut offset = from;
        while offset < self.len {
            let left = usize::try_from(self.len - offset).unwrap_or(usize::MAX);
            let piece = piece.get_mut(..left.min(REFRESH_BYTES)).unwrap_or_default();
            self.read_at(offset, piece)?;
            self.write(operation, |file| file.write_all_at(piece, offset))?;
            offset = offset.saturating_add(piece.len() as u64);
        }
        Ok(())
    }

    fn blank(&mut self) -> Result<(), StorageFault> {
        let mut offset = 0;
        while offset < self.len {
            let left = usize::try_from(self.len - offset).unwrap_or(usize::MAX);
            let piece = ZEROS.get(..left).unwrap_or(&ZEROS);
            self.write(StorageOperation::Truncate, |file| file.write_all_at(piece, offset))?;
            offset = offset.saturating_add(piece.len() as u64);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        self.write(StorageOperation::Sync, File::sync_data)
    }
}

/// Where `bytes` end when they begin at `offset`.
fn end_of(offset: u64, bytes: &[u8]) -> Option<u64> {
    u64::try_from(bytes.len()).ok().and_then(|len| offset.checked_add(len))
}

pub(crate) fn fault(operation: StorageOperation, error: &io::Error) -> StorageFault {
    StorageFault { operation, code: error.raw_os_error().unwrap_or(0) }
}

/// A new file's name is durable when its directory is.
///
/// # Errors
/// When the operating system refuses.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Storage on a file that the operating system lets nobody write.
    fn failing(path: &Path) -> FileStorage {
        std::fs::write(path, b"abc").unwrap();
        FileStorage { file: File::open(path).unwrap(), len: 3, failed: None }
    }

    #[test]
    fn a_new_file_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        FileStorage::open(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn it_can_be_opened_again_while_a_forked_process_still_has_it_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let first = FileStorage::open(&path).unwrap();
        let _inherited = first.file.try_clone().unwrap();
        assert!(FileStorage::open(&path).is_err());
        drop(first);
        assert!(FileStorage::open(&path).is_ok());
    }

    #[test]
    fn two_owners_cannot_share_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let first = FileStorage::open(&path).unwrap();
        assert!(matches!(FileStorage::open(&path), Err(OpenError::InUse(_))));
        drop(first);
        assert!(FileStorage::open(&path).is_ok());
    }

    #[test]
    fn what_is_blanked_is_zeros_in_its_own_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let mut storage = FileStorage::open(&path).unwrap();
        storage.append(&vec![7; REFRESH_BYTES + 5]).unwrap();
        storage.blank().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), vec![0; REFRESH_BYTES + 5]);
        assert_eq!(storage.len(), Ok(REFRESH_BYTES as u64 + 5));
    }

    #[test]
    fn an_error_says_which_file_and_what_to_do() {
        let error = FileStorage::open(Path::new("/nowhere/ledger")).unwrap_err();
        assert!(error.to_string().starts_with("cannot open /nowhere/ledger: No such file"));
    }

    #[test]
    fn no_write_succeeds_after_one_failed() {
        let folder = tempfile::tempdir().unwrap();
        let mut storage = failing(&folder.path().join("ledger"));
        let append = storage.append(b"d").unwrap_err();
        assert_eq!(append.operation, StorageOperation::Append);
        // A sync of this file would succeed by itself.
        let sync = storage.sync().unwrap_err();
        assert_eq!(sync, StorageFault { operation: StorageOperation::Sync, code: append.code });
        assert!(storage.truncate(1).is_err());
        assert_eq!(storage.len(), Ok(3));
        assert_eq!(storage.read_at(0, &mut [0; 3]), Ok(()));
    }

    #[test]
    fn a_sync_before_any_failure_succeeds_on_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(failing(&folder.path().join("ledger")).sync(), Ok(()));
    }
}
