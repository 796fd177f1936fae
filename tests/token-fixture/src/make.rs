//! The makes of tokens: where their modules are, and how these are told where the tokens are.

use std::path::{Path, PathBuf};

use crate::folder::Folder;

/// Set by `cargo xtask test`: the path of the embedded token's module.
const EMBEDDED: &str = "COUNTERSIGN_TOKEN_MODULE";
/// Set by `cargo xtask test`: the path of SoftHSM2's module.
const SOFTHSM: &str = "COUNTERSIGN_SOFTHSM_MODULE";
/// Where SoftHSM2's module is on Debian and Ubuntu.
const SOFTHSM_USUAL: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// The modules' configurations in a folder.
const EMBEDDED_FILE: &str = "embedded.conf";
const SOFTHSM_FILE: &str = "softhsm2.conf";

/// Who made a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Make {
    /// We, of Kryoptic: as many slots as it is told, each with an uninitialised token.
    Embedded,
    /// The SoftHSM project: one free slot at a time; the next appears when that is initialised.
    SoftHsm,
}

impl Make {
    /// The module.
    pub(crate) fn module(self) -> PathBuf {
        match self {
            Self::Embedded => module_in(EMBEDDED, None),
            Self::SoftHsm => module_in(SOFTHSM, Some(SOFTHSM_USUAL)),
        }
    }

    /// The embedded one, where it was built.
    pub(crate) fn if_embedded() -> Option<Self> {
        std::env::var_os(EMBEDDED).map(|_| Self::Embedded)
    }

    /// The slot of its token of this number.
    pub(crate) fn slot(self, number: u32) -> Option<u64> {
        match self {
            Self::Embedded => Some(number.into()),
            Self::SoftHsm => None,
        }
    }
}

/// The module that this variable names, or the usual one.
pub fn module_in(variable: &str, usual: Option<&str>) -> PathBuf {
    let module = std::env::var_os(variable).or(usual.map(Into::into)).map(PathBuf::from);
    module.filter(|path| path.exists()).unwrap_or_else(|| {
        panic!("{variable} names no module that is there: run `cargo xtask test`, which gets it")
    })
}

/// The variables that the modules read, for the tokens of this folder.
pub fn environment(folder: &Folder) -> [(&'static str, PathBuf); 2] {
    let (embedded, softhsm) = (folder.path(EMBEDDED_FILE), folder.path(SOFTHSM_FILE));
    [("KRYOPTIC_CONF", embedded), ("SOFTHSM2_CONF", softhsm)]
}

/// Writes the modules' configurations into the folder.
pub fn configure(folder: &Folder, tokens: u32) {
    let slot = |number| slot(number, &folder.path(&format!("token-{number}.sql")));
    folder.write(EMBEDDED_FILE, &(0..tokens).map(slot).collect::<String>());
    let tokens = folder.path("softhsm");
    std::fs::create_dir(&tokens).expect("a new folder can be written to");
    let tokens = tokens.display();
    folder.write(SOFTHSM_FILE, &format!("directories.tokendir = {tokens}\nlog.level = ERROR\n"));
}

/// One slot of the embedded token.
fn slot(number: u32, file: &Path) -> String {
    format!("[[slots]]\nslot = {number}\ndbtype = \"sqlite\"\ndbargs = {file:?}\n\n")
}
