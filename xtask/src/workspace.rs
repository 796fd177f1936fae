//! Where the project's files are, and cargo as it is called there.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root workspace's manifest.
pub const ROOT: &str = "Cargo.toml";
/// The embedded token's, a workspace of its own.
pub const EMBEDDED_TOKEN: &str = "sim/embedded-token/Cargo.toml";
/// The bare program's, a workspace of its own.
pub const BARE: &str = "firmware-shims/bare/Cargo.toml";
/// That of the targets of cargo-fuzz, a workspace of its own.
pub const FUZZ_TARGETS: &str = "fuzz/targets/Cargo.toml";

/// The folder of the root manifest.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder of one of these manifests.
pub fn folder_of(manifest: &str) -> PathBuf {
    root().join(manifest).with_file_name("")
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    let own = std::env::var_os("CARGO_TARGET_DIR");
    root().join(own.unwrap_or_else(|| "target".into()))
}

/// The cargo that runs this task, in the root folder: never another toolchain's by accident.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}
