//! The device between two commands: a file that only its owner may read.
//!
//! Guarantees to the command: a cut leaves the old state or the new one, whole. It does not guarantee
//! that two commands at once count twice, nor that the key is safe: it lies in the file.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::algorithm::Algorithm;
use crate::authenticator::Authenticator;
use crate::error::DeviceError;
use crate::key::Key;

/// Where a device is kept.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

/// What is in the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State {
    rp_id: String,
    origin: String,
    /// Absent in files from before there was a choice: ES256.
    algorithm: Option<String>,
    credential_id: String,
    secret_key: String,
    sign_count: u32,
}

impl StateFile {
    /// The state file at `path`, whether or not there is one.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Writes a new device, and never over another one.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create(&self, device: &Authenticator) -> Result<(), DeviceError> {
        let file = self.written(device)?;
        file.persist_noclobber(&self.path).map_err(|error| self.refused("create", error.error))?;
        Ok(())
    }

    /// Reads the device.
    ///
    /// # Errors
    /// When there is no such file, or it holds something else.
    pub fn load(&self) -> Result<Authenticator, DeviceError> {
        let json = fs::read(&self.path).map_err(|error| self.refused("read", error))?;
        let state = serde_json::from_slice(&json).map_err(|error| self.bad(error))?;
        self.restored(state)
    }

    /// Replaces the device by its next state.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, device: &Authenticator) -> Result<(), DeviceError> {
        let file = self.written(device)?;
        file.persist(&self.path).map_err(|error| self.refused("replace", error.error))?;
        Ok(())
    }

    /// The state in a file beside the one that it will replace, readable by its owner only.
    fn written(&self, device: &Authenticator) -> Result<NamedTempFile, DeviceError> {
        let json = serde_json::to_vec_pretty(&State::from(device)).map_err(|e| self.bad(e))?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let write = || -> io::Result<NamedTempFile> {
            let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            file.write_all(&json)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        write().map_err(|error| self.refused("write", error))
    }

    fn restored(&self, state: State) -> Result<Authenticator, DeviceError> {
        let decoded = |text: &str| -> Result<[u8; 32], DeviceError> {
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|error| self.bad(error))?;
            bytes.try_into().map_err(|_| self.bad("a value is not of 32 bytes"))
        };
        let algorithm = state.algorithm.as_deref().map_or(Some(Algorithm::Es256), Algorithm::named);
        let algorithm = algorithm.ok_or_else(|| self.bad("its algorithm is not known"))?;
        Ok(Authenticator {
            key: Key::from_bytes(algorithm, &decoded(&state.secret_key)?),
            credential_id: decoded(&state.credential_id)?,
            rp_id: state.rp_id,
            origin: state.origin,
            sign_count: state.sign_count,
        })
    }

    fn refused(&self, action: &'static str, source: io::Error) -> DeviceError {
        DeviceError::File { action, path: self.path.clone(), source }
    }

    fn bad(&self, why: impl ToString) -> DeviceError {
        DeviceError::State { path: self.path.clone(), why: why.to_string() }
    }
}

impl From<&Authenticator> for State {
    fn from(device: &Authenticator) -> Self {
        Self {
            rp_id: device.rp_id.clone(),
            origin: device.origin.clone(),
            credential_id: URL_SAFE_NO_PAD.encode(device.credential_id),
            algorithm: Some(device.algorithm().name().to_owned()),
            secret_key: URL_SAFE_NO_PAD.encode(device.key.bytes()),
            sign_count: device.sign_count,
        }
    }
}
