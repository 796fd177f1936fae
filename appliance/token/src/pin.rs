//! PINs: read from where only the appliance can read, held until used, then zeroized.
//!
//! Guarantees: a PIN never comes from an argument or an environment variable, where other processes
//! see it; it is in no error and in no log; nothing here compares PINs, the token does.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

/// The longest PIN. Tokens take less (CK_TOKEN_INFO, ulMaxPinLen).
const PIN_BYTES_MAX: usize = 256;
/// Group and others.
const NOT_THE_OWNER: u32 = 0o077;

/// A PIN: zeroized when dropped, never shown, never compared.
pub struct Pin(AuthPin);

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// The file could not be read.
    #[error("cannot read the PIN in {}: {why}; name a file that the appliance's user can read", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// Others than its owner may read or write the file.
    #[error("{} is open to others (mode {mode:03o}): make a new PIN and a file of mode 600", path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// What is in the file is no PIN.
    #[error("{} holds no PIN: one line of UTF-8, of 1 to {PIN_BYTES_MAX} bytes", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
    /// There are no credentials here.
    #[error(
        "no credentials: start with systemd and LoadCredentialEncrypted={name}, or give a file"
    )]
    NoCredentials {
        /// The credential that was asked for.
        name: String,
    },
    /// A credential's name that leads elsewhere.
    #[error("{name:?} is no credential's name: a file name without any /")]
    Name {
        /// The name.
        name: String,
    },
}

impl Pin {
    /// Reads a PIN from a file that only its owner may open. One newline at its end is dropped.
    ///
    /// # Errors
    /// [`PinError`]; among others [`PinError::Exposed`] if group or others may open the file.
    pub fn from_file(path: &Path) -> Result<Self, PinError> {
        let file = open(path)?;
        // Of the open file, not of the path: what is checked is what is read.
        let mode = file.metadata().map_err(|why| read_error(path, why))?.mode() & 0o7777;
        if mode & NOT_THE_OWNER != 0 {
            return Err(PinError::Exposed { path: path.to_owned(), mode });
        }
        Self::read(file, path)
    }

    /// Reads a PIN from a credential of the systemd unit. One newline at its end is dropped.
    ///
    /// # Errors
    /// [`PinError`]; among others [`PinError::NoCredentials`] if no systemd unit was started.
    pub fn from_credential(name: &str) -> Result<Self, PinError> {
        let mut parts = Path::new(name).components();
        let (Some(Component::Normal(file)), None) = (parts.next(), parts.next()) else {
            return Err(PinError::Name { name: name.to_owned() });
        };
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
            .ok_or_else(|| PinError::NoCredentials { name: name.to_owned() })?;
        // No check of the mode: systemd grants the unit's user an ACL, which shows as a group's
        // bits, in a folder that nobody else can enter (systemd.exec(5), CREDENTIALS).
        let path = Path::new(&folder).join(file);
        Self::read(open(&path)?, &path)
    }

    fn read(mut file: File, path: &Path) -> Result<Self, PinError> {
        // Of fixed size: a buffer that grows leaves copies behind.
        let mut buffer = Zeroizing::new([0_u8; PIN_BYTES_MAX + 2]);
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match file.read(room).map_err(|why| read_error(path, why))? {
                0 => break,
                count => filled += count,
            }
        }
        let line = buffer.get(..filled).unwrap_or_default();
        let pin = std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(line)).ok();
        pin.filter(|pin| (1..=PIN_BYTES_MAX).contains(&pin.len()))
            .map(|pin| Self(AuthPin::from(pin)))
            .ok_or_else(|| PinError::Malformed { path: path.to_owned() })
    }

    pub(crate) const fn for_token(&self) -> &AuthPin {
        &self.0
    }
}

fn open(path: &Path) -> Result<File, PinError> {
    File::open(path).map_err(|why| read_error(path, why))
}

fn read_error(path: &Path, why: std::io::Error) -> PinError {
    PinError::Read { path: path.to_owned(), why }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}
