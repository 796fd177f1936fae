//! Where an appliance keeps what it keeps.

use std::path::{Path, PathBuf};

use countersign_host::FileStorage;
use countersign_vault::Media;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::BootError;

/// The files of an appliance.
pub struct Files {
    /// The ledger.
    pub ledger: PathBuf,
    /// The vault's two media.
    pub vault: Media<PathBuf>,
    /// Those of snapshots.
    pub snapshot: Media<PathBuf>,
    /// The certificate that clients pin.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Files {
    /// The files in a data folder.
    #[must_use]
    pub fn within(data: &Path) -> Self {
        Self {
            ledger: data.join("ledger"),
            vault: Media { even: data.join("vault.even"), odd: data.join("vault.odd") },
            snapshot: Media { even: data.join("registry.even"), odd: data.join("registry.odd") },
            certificate: data.join("server.pem"),
            key: data.join("server.key.pem"),
        }
    }
}

/// Where an appliance keeps what it keeps.
pub struct Disks<S> {
    /// Its ledger.
    pub ledger: S,
    /// Its vault.
    pub vault: Media<S>,
    /// Its snapshots.
    pub snapshot: Media<S>,
}

pub(crate) fn open_disks(data: &Path) -> Result<Disks<FileStorage>, BootError> {
    let Files { ledger, vault, snapshot, .. } = Files::within(data);
    let both = |Media { even, odd }| -> Result<_, BootError> {
        Ok(Media { even: open_file(even)?, odd: open_file(odd)? })
    };
    Ok(Disks { ledger: open_file(ledger)?, vault: both(vault)?, snapshot: both(snapshot)? })
}

fn open_file(path: PathBuf) -> Result<FileStorage, BootError> {
    FileStorage::open(&path).map_err(|why| BootError::Storage { path, why })
}

/// The certificate and key that the endpoint shows.
///
/// # Errors
/// [`BootError::Identity`].
pub fn identity(
    data: &Path,
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), BootError> {
    let Files { certificate, key, .. } = Files::within(data);
    let read = |path: &Path| {
        let path = path.to_owned();
        move |why: rustls::pki_types::pem::Error| BootError::Identity { path, why: why.to_string() }
    };
    Ok((
        CertificateDer::from_pem_file(&certificate).map_err(read(&certificate))?,
        PrivateKeyDer::from_pem_file(&key).map_err(read(&key))?,
    ))
}
