//! The token's module as a file: opened once, hashed, and approved before any of it runs.
//!
//! Guarantees: where the configuration has an approved digest (`[token] sha256`), another module is refused before it is
//! loaded, and what is loaded is the file that was hashed, by its open handle, whatever is at its path by then.
//!
//! Does not guarantee: anything against whoever may write into that very file while it is open (root, or its owner); the
//! libraries that the module loads itself; and, where no digest is approved, that the module did not change between its
//! hash and its loading. A module that is loaded by its handle does not find libraries beside itself (`$ORIGIN`): they have to
//! be the system's.

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;

use countersign_ports::Crypto;
use countersign_protocol::Digest;
use countersign_token::TokenConfig;

use crate::config::{Config, ConfigError};
use crate::ran::{RanError, read};

/// The token's module, opened and hashed.
pub(crate) struct Module {
    /// Held open for as long as it is to be loaded by it; none where any module is approved.
    file: Option<File>,
    sha256: Digest,
}

impl Module {
    /// The configured one, if it is the approved one.
    pub(crate) fn of(config: &Config, crypto: &impl Crypto) -> Result<Self, RanError> {
        let path = &config.token.module;
        let (file, bytes) = read(path)?;
        let sha256 = Digest(crypto.sha256(&[&bytes]));
        let Some(approved) = config.token.sha256 else {
            return Ok(Self { file: None, sha256 });
        };
        if approved != sha256 {
            return Err(RanError::Module { path: path.clone(), found: sha256, approved });
        }
        Ok(Self { file: Some(file), sha256 })
    }

    pub(crate) const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The token as configured, with this module: the open file itself, if it had to be approved.
    pub(crate) fn token(&self, config: &Config) -> Result<TokenConfig, ConfigError> {
        let token = config.token()?;
        let open = |file: &File| PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let module = self.file.as_ref().map(open);
        Ok(TokenConfig { module: module.unwrap_or(token.module), ..token })
    }
}
