//! What runs: the program, its configuration, and the token's module, each by the SHA-256 of its file, for the boot's record.
//!
//! Guarantees: the digests are of the program's own file, of the very text that was read as configuration, and of the module
//! as [`Module`] hashed it before it was loaded.
//!
//! Does not guarantee: that a program tells the truth of itself. It says which build ran to whoever trusts that build.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use countersign_ports::Crypto;
use countersign_protocol::Digest;
use countersign_protocol::limits::PROGRAM_BYTES_MAX;

use crate::config::Config;
use crate::module::Module;

/// Why it is not known what runs, or that it may not.
#[derive(Debug, thiserror::Error)]
pub enum RanError {
    /// A file that cannot be read.
    #[error("cannot read {path}: {why}; the boot records what runs")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// Another module than the approved one.
    #[error(
        "the token's module {path} is not the approved one: its SHA-256 is {found}, and [token] sha256 is {approved}; \
         put back the module, or approve this one"
    )]
    Module {
        /// Where it is.
        path: PathBuf,
        /// What it is.
        found: Digest,
        /// What was approved.
        approved: Digest,
    },
}

/// What runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// SHA-256 of the program.
    pub program: Option<Digest>,
    /// SHA-256 of its configuration.
    pub configuration: Option<Digest>,
    /// SHA-256 of the token's module.
    pub module: Option<Digest>,
}

/// The program's own file, whatever is at its path by now.
pub(crate) const PROGRAM: &str = "/proc/self/exe";

/// Its digest: it is large, and stays what it is.
static OF_PROGRAM: OnceLock<Digest> = OnceLock::new();

impl Ran {
    /// This program with this configuration and module.
    pub(crate) fn of(
        config: &Config,
        module: &Module,
        crypto: &impl Crypto,
    ) -> Result<Self, RanError> {
        let program = match OF_PROGRAM.get() {
            Some(known) => *known,
            None => {
                let (_, bytes) = read(Path::new(PROGRAM))?;
                *OF_PROGRAM.get_or_init(|| Digest(crypto.sha256(&[&bytes])))
            }
        };
        let ran = Self {
            program: Some(program),
            configuration: Some(Digest(crypto.sha256(&[config.text.as_bytes()]))),
            module: Some(module.sha256()),
        };
        let shown = |digest: Option<Digest>| digest.map(|digest| digest.to_string());
        tracing::info!(
            program = shown(ran.program),
            configuration = shown(ran.configuration),
            module = shown(ran.module),
            "what runs"
        );
        Ok(ran)
    }
}

/// A program or a module, whole, up to the limit of its size; and the file, open.
pub(crate) fn read(path: &Path) -> Result<(File, Vec<u8>), RanError> {
    read_up_to(path, PROGRAM_BYTES_MAX)
}

fn read_up_to(path: &Path, bytes_max: u64) -> Result<(File, Vec<u8>), RanError> {
    let why = |why| RanError::Read { path: path.to_owned(), why };
    let mut file = File::open(path).map_err(why)?;
    let mut bytes = Vec::new();
    (&mut file).take(bytes_max + 1).read_to_end(&mut bytes).map_err(why)?;
    if bytes.len() as u64 > bytes_max {
        let larger = format!("it is larger than {bytes_max} bytes, and no program or module is");
        return Err(why(io::Error::other(larger)));
    }
    Ok((file, bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_no_program() {
        let why = read_up_to(Path::new("/dev/zero"), 10).unwrap_err().to_string();
        assert!(why.starts_with("cannot read /dev/zero: it is larger than 10 bytes"), "{why}");
    }

    #[test]
    fn what_is_as_long_as_may_be_is_read_whole() {
        let (_, program) = read(Path::new(PROGRAM)).unwrap();
        let length = program.len() as u64;
        assert_eq!(read_up_to(Path::new(PROGRAM), length).unwrap().1, program);
        assert!(read_up_to(Path::new(PROGRAM), length - 1).is_err());
    }
}
