//! Files that a command makes: whole or not at all, and never over an old one unasked.
//!
//! Guarantee: a file that cannot be written is found out before the appliance is asked for anything.

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use countersign_host::sync_parent;
use tempfile::TempPath;

use crate::ConsoleError;

/// Who may read a new file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Readers {
    /// Its owner alone.
    Owner,
    /// Everybody.
    Everybody,
}

/// What happens to a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Old {
    /// It stays, and the command fails.
    Kept,
    /// It stays, and the command fails, saying that `--force` would replace it.
    KeptUnlessForced,
    /// It is replaced.
    Replaced,
}

/// A place where a file will be.
#[derive(Debug)]
pub(crate) struct OutFile {
    path: PathBuf,
    draft: TempPath,
    old: Old,
}

impl OutFile {
    /// Makes sure that `path` can be written. Dropping the place leaves nothing behind.
    pub(crate) fn reserve(path: &Path, readers: Readers, old: Old) -> Result<Self, ConsoleError> {
        if old != Old::Replaced && path.symlink_metadata().is_ok() {
            return Err(exists(path, old));
        }
        let mode = match readers {
            Readers::Owner => 0o600,
            Readers::Everybody => 0o644,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let draft = tempfile::Builder::new()
            .prefix(".countersign-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(ConsoleError::file("write", path))?;
        Ok(Self { path: path.to_owned(), draft: draft.into_temp_path(), old })
    }

    /// Where it will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the whole file.
    pub(crate) fn write(self, bytes: &[u8]) -> Result<(), ConsoleError> {
        self.write_with(|file| file.write_all(bytes))
    }

    /// Has the whole file written.
    pub(crate) fn write_with(
        self,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<(), ConsoleError> {
        let Self { path, draft, old } = self;
        let written = File::options().write(true).open(&draft).and_then(|mut file| {
            write(&mut file)?;
            file.sync_all()
        });
        written.map_err(ConsoleError::file("write", &path))?;
        let placed = match old {
            Old::Replaced => draft.persist(&path),
            Old::Kept | Old::KeptUnlessForced => draft.persist_noclobber(&path),
        };
        placed.map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => exists(&path, old),
            _ => ConsoleError::file("write", &path)(failed.error),
        })?;
        sync_parent(&path).map_err(ConsoleError::file("write", &path))
    }
}

fn exists(path: &Path, old: Old) -> ConsoleError {
    let hint = if old == Old::KeptUnlessForced { ", or use --force" } else { "" };
    ConsoleError::Exists { path: path.to_owned(), hint }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_key_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let place = OutFile::reserve(&path, Readers::Owner, Old::Kept).unwrap();
        place.write(b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"secret");
    }

    #[test]
    fn an_old_file_is_kept_unless_asked_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old");
        fs::write(&path, "old").unwrap();
        let kept = OutFile::reserve(&path, Readers::Everybody, Old::Kept).unwrap_err();
        assert!(matches!(kept, ConsoleError::Exists { .. }), "{kept}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let forced = OutFile::reserve(&path, Readers::Everybody, Old::Replaced).unwrap();
        forced.write(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let place = OutFile::reserve(&path, Readers::Everybody, Old::KeptUnlessForced).unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(place.write(b"ours").unwrap_err().to_string().contains("--force"));
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
    }

    #[test]
    fn a_place_that_is_not_used_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("never");
        drop(OutFile::reserve(&path, Readers::Everybody, Old::Kept).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
