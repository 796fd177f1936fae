//! Folders beside the test program: one for each process, removed by whoever comes later.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What the folders' names begin with; the process's number follows.
const PREFIX: &str = "tokens-";

/// A folder for tokens and PINs.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes an empty folder for this process.
    pub fn make(purpose: &str) -> Self {
        let program = std::env::current_exe().expect("a test program knows where it is");
        let all = program.parent().unwrap_or(Path::new("/")).join("token-fixture");
        remove_old(&all);
        let folder = all.join(format!("{PREFIX}{}-{purpose}", std::process::id()));
        // A process of this number may have left one behind in an earlier life.
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("an old folder of tokens can be removed");
        }
        fs::create_dir_all(&folder).expect("there is room for tokens beside the test program");
        Self(folder)
    }

    /// The folder that holds this configuration.
    pub fn of(configuration: &Path) -> Option<Self> {
        Some(Self(configuration.parent()?.to_owned()))
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The module's configuration in it.
    pub fn configuration(&self) -> PathBuf {
        self.0.join("token.conf")
    }

    /// Writes the configuration: one token in each slot.
    pub fn write_configuration(&self, slots: Range<u32>) {
        let one = |slot| {
            let file = self.0.join(format!("token-{slot}.sql"));
            format!("[[slots]]\nslot = {slot}\ndbtype = \"sqlite\"\ndbargs = {file:?}\n\n")
        };
        let text: String = slots.map(one).collect();
        fs::write(self.configuration(), text).expect("a new folder can be written to");
    }

    /// Writes a file that only its owner may read.
    pub fn write_secret(&self, name: &str, secret: &str) -> PathBuf {
        let path = self.0.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&path).expect("a new folder can be written to");
        writeln!(file, "{secret}").expect("there is room for a PIN");
        path
    }
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
