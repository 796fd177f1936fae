//! Folders beside the test program: one for each process, removed by whoever comes later.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::{env, process};

/// What the folders' names begin with; the process's number follows.
const PREFIX: &str = "tokens-";

/// A folder for tokens and PINs.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes an empty folder of this process.
    pub fn make(purpose: &str) -> Self {
        remove_old(&all());
        let folder = Self::made(purpose);
        // A process of this number may have left one behind in an earlier life.
        if folder.0.exists() {
            fs::remove_dir_all(&folder.0).expect("an old folder of tokens can be removed");
        }
        fs::create_dir_all(&folder.0).expect("there is room for tokens beside the test program");
        folder
    }

    /// The folder that this process has made.
    pub fn made(purpose: &str) -> Self {
        Self(all().join(format!("{PREFIX}{}-{purpose}", process::id())))
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a new folder can be written to");
    }

    /// Writes a file that only its owner may read.
    pub fn write_secret(&self, name: &str, secret: &str) -> PathBuf {
        let path = self.path(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&path).expect("a new folder can be written to");
        writeln!(file, "{secret}").expect("there is room for a PIN");
        path
    }
}

/// Where the folders of all processes are.
fn all() -> PathBuf {
    let program = env::current_exe().expect("a test program knows where it is");
    program.parent().unwrap_or(Path::new("/")).join("token-fixture")
}

/// Removes the folders of processes that are no more.
fn remove_old(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|number| !Path::new("/proc").join(number).exists()) {
            // Another test program may be removing it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
