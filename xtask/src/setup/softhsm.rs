//! SoftHSM2: a PKCS#11 token that nobody here wrote, for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{command, workspace};

/// Where Debian and Ubuntu, Fedora, and a build by hand put the module.
const PLACES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// The module, where there is one.
pub fn module() -> Option<PathBuf> {
    PLACES.map(PathBuf::from).into_iter().find(|place| place.exists())
}

/// Whether the module loads and lists its slots, asked by the tool that comes with it.
pub fn is_there() -> bool {
    module().is_some_and(|module| lists_slots(&module).unwrap_or(false))
}

/// In a folder of its own: the system's tokens are not ours to read.
fn lists_slots(module: &Path) -> std::io::Result<bool> {
    let folder = workspace::target_folder().join("softhsm");
    fs::create_dir_all(&folder)?;
    let configuration = folder.join("softhsm2.conf");
    fs::write(&configuration, format!("directories.tokendir = {}\n", folder.display()))?;
    let mut tool = Command::new("softhsm2-util");
    tool.env("SOFTHSM2_CONF", configuration).arg("--show-slots").arg("--module").arg(module);
    Ok(command::succeeds(&mut tool))
}
