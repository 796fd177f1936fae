//! Where a witness remembers: a file that is replaced whole.
//!
//! Guarantee: after [`Memory::keep`] has said so, its text is what is read, power cut or not; before, it is that
//! or the one before. Who may write the file is for whoever chose its folder: the daemon's data folder has one
//! owner, by the lock on its ledger.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

/// As much as is read: also of logs that are not witnessed any more, three lines of each.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// Where a text is kept.
pub trait Memory {
    /// The text that was kept last; none if none ever was.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self) -> io::Result<Option<String>>;

    /// Keeps a text in place of the one before, and returns when it is durable.
    ///
    /// # Errors
    /// When nobody knows whether it is: one of the two is there.
    fn keep(&mut self, text: &str) -> io::Result<()>;
}

/// A text in a file.
#[derive(Debug)]
pub struct FileMemory {
    folder: PathBuf,
    name: &'static str,
}

impl FileMemory {
    /// The file of this name in a folder.
    #[must_use]
    pub const fn new(folder: PathBuf, name: &'static str) -> Self {
        Self { folder, name }
    }
}

impl Memory for FileMemory {
    fn read(&self) -> io::Result<Option<String>> {
        let file = match File::open(self.folder.join(self.name)) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut text = String::new();
        file.take(TEXT_BYTES_MAX).read_to_string(&mut text)?;
        Ok(Some(text))
    }

    fn keep(&mut self, text: &str) -> io::Result<()> {
        let (path, new) =
            (self.folder.join(self.name), self.folder.join(format!("{}.new", self.name)));
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        // The name is durable with its folder (fsync(2)).
        File::open(&self.folder)?.sync_all()
    }
}
