//! What publishing asks of a file system, in steps between which the power may fail.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A folder on a file system. Paths are relative to it, with slashes.
pub trait Disk {
    /// The whole file; none if there is none.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Writes a file anew; not durable before [`Disk::sync`].
    ///
    /// # Errors
    /// What the system says.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Makes a file's bytes durable.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self, path: &str) -> io::Result<()>;

    /// Gives a file another name, in place of what has that name, and makes the folders that it needs; not
    /// durable before [`Disk::sync_folder`].
    ///
    /// # Errors
    /// What the system says.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;

    /// Makes the names in a folder durable; the empty path is the folder itself.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&mut self, path: &str) -> io::Result<()>;

    /// Removes a file, or a folder with all that is in it; it is no error if it is gone.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&mut self, path: &str) -> io::Result<()>;
}

/// A folder of the operating system's.
#[derive(Clone, Debug)]
pub struct SystemDisk(PathBuf);

impl SystemDisk {
    /// The folder at `path`, which is made when something is written.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn at(&self, path: &str) -> PathBuf {
        // Joined with nothing, a path would end in a slash.
        if path.is_empty() { self.0.clone() } else { self.0.join(path) }
    }
}

impl Disk for SystemDisk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        unless_gone(fs::read(self.at(path)).map(Some))
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.at(path);
        make_parent(&path)?;
        File::create(&path)?.write_all(bytes)
    }

    fn sync(&mut self, path: &str) -> io::Result<()> {
        File::open(self.at(path))?.sync_all()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let to = self.at(to);
        make_parent(&to)?;
        fs::rename(self.at(from), to)
    }

    fn sync_folder(&mut self, path: &str) -> io::Result<()> {
        File::open(self.at(path))?.sync_all()
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let path = self.at(path);
        let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let removed = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        unless_gone(removed)
    }
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn unless_gone<T: Default>(result: io::Result<T>) -> io::Result<T> {
    result.or_else(|why| match why.kind() {
        ErrorKind::NotFound => Ok(T::default()),
        _ => Err(why),
    })
}
