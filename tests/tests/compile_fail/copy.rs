//! A copy of the workspace's sources, to be broken one line at a time.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a check needs: the workspace's table of versions names all of them.
const FOLDERS: [&str; 8] =
    ["appliance", "firmware-shims", "fuzz", "protocol", "sim", "tests", "verification", "xtask"];

/// The copy.
pub struct Copy {
    root: PathBuf,
}

impl Copy {
    /// Copies the tree that this test was built from.
    pub fn make() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-fail");
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for folder in FOLDERS {
            let _ = std::fs::remove_dir_all(root.join(folder));
            copy_folder(&tree.join(folder), &root.join(folder));
        }
        for file in ["Cargo.toml", "Cargo.lock", "clippy.toml"] {
            std::fs::copy(tree.join(file), root.join(file)).unwrap();
        }
        Self { root }
    }

    /// Checks a package with one file changed, and puts the file back: what the compiler said, if it
    /// refused.
    pub fn check(
        &self,
        package: &str,
        file: &str,
        change: impl FnOnce(String) -> String,
    ) -> Option<String> {
        let path = self.root.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(text.clone())).unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--locked", "--package", package])
            .arg("--target-dir")
            .arg(self.root.join("target"))
            .current_dir(&self.root)
            .output()
            .unwrap();
        std::fs::write(&path, text).unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (!output.status.success()).then_some(said)
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap() {
            kind if kind.is_dir() && entry.file_name() != "target" => copy_folder(&from, &to),
            kind if kind.is_file() => drop(std::fs::copy(from, to).unwrap()),
            _ => {}
        }
    }
}
