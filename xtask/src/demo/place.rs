//! The folder in which the demo works: what is in it, by name.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// An absolute folder that was new or empty when the demo came.
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// This folder, made when it is not there.
    pub fn new(folder: &Path) -> Result<Self> {
        let failed = || format!("cannot make or read {}; name another folder", folder.display());
        fs::create_dir_all(folder).with_context(failed)?;
        let folder = folder.canonicalize().with_context(failed)?;
        let is_empty = fs::read_dir(&folder).with_context(failed)?.next().is_none();
        let shown = folder.display();
        ensure!(is_empty, "{shown} is not empty; name a new folder, or empty this one");
        Ok(Self { folder })
    }

    /// A fresh folder where the system keeps temporary files.
    pub fn temporary() -> Result<Self> {
        let base = std::env::temp_dir();
        let name = |n: u32| base.join(format!("countersign-demo-{}-{n}", std::process::id()));
        let free = (0..100).map(name).find(|path| !path.exists());
        Self::new(&free.context("no free name for a temporary folder; use --keep DIR")?)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Writes a file in it that only its owner may read.
    pub fn write_secret(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path(name);
        let mut options = File::options();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Removes it with all that is in it.
    pub fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}; remove it by hand", self.folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "").unwrap();
        assert!(Place::new(folder.path()).is_err());
    }

    #[test]
    fn a_folder_that_is_not_there_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(&folder.path().join("new/one")).unwrap();
        assert!(place.write("file", "text").unwrap().exists());
    }

    #[test]
    fn a_secret_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(&folder.path().join("new")).unwrap();
        let path = place.write_secret("pin", "1234").unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn temporary_folders_do_not_meet() {
        let (one, other) = (Place::temporary().unwrap(), Place::temporary().unwrap());
        assert_ne!(one.folder(), other.folder());
        one.remove().unwrap();
        other.remove().unwrap();
    }
}
