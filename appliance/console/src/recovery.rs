//! `recovery`: evidence that outlives the HSM, and backups.
//!
//! Guarantees: shares are read into memory that is cleared, and written for their officers' eyes only; `check` shows nothing of
//! what it opens; what `open` writes has been checked, and what it could not check it says.

mod backing_up;
mod creating;
mod found;
mod opening;
mod restoring;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use countersign_host::Host;
use countersign_protocol::canonical;
use countersign_protocol::limits::{RECOVERY_KEY_BYTES_MAX, SHARE_FILE_BYTES_MAX};
use countersign_protocol::recovery::RecoveryKey;
use countersign_recovery::{Quorum, ShareFile};
use zeroize::Zeroizing;

use crate::arguments::{RecoveryCommand, Server};
use crate::{ConsoleError, Report, officer};

/// Does what the command means.
pub(crate) async fn obey(
    server: &Server,
    command: &RecoveryCommand,
) -> Result<Report, ConsoleError> {
    match command {
        RecoveryCommand::Create { name, threshold, shares, folder } => {
            creating::create(name, *threshold, *shares, folder)
        }
        RecoveryCommand::Set { key } => officer::set_recovery(server, key).await,
        RecoveryCommand::Check(quorum) => opening::check(quorum),
        RecoveryCommand::Open(arguments) => opening::open(arguments),
        RecoveryCommand::Backup(arguments) => backing_up::back_up(arguments).await,
        RecoveryCommand::Restore(arguments) => restoring::restore(arguments).await,
    }
}

/// A file of so many bytes at most, in memory that is cleared, and that does not grow on the way.
pub(crate) fn read_within(
    path: &Path,
    bytes_max: usize,
) -> Result<Zeroizing<Vec<u8>>, ConsoleError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(bytes_max.saturating_add(1)));
    let one_more = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(path).and_then(|file| file.take(one_more).read_to_end(&mut bytes));
    read.map_err(ConsoleError::file("read", path))?;
    if bytes.len() > bytes_max {
        let path = path.display();
        return Err(ConsoleError::usage(format!("{path} is larger than {bytes_max} bytes")));
    }
    Ok(bytes)
}

/// The public file of a recovery key.
pub(crate) fn read_key(file: &Path) -> Result<Vec<u8>, ConsoleError> {
    let bytes = read_within(file, RECOVERY_KEY_BYTES_MAX)?;
    match canonical::decode::<RecoveryKey<'_>>(&bytes) {
        Ok(_) => Ok(bytes.to_vec()),
        Err(_) => Err(ConsoleError::usage(format!(
            "{} is no public part of a recovery key: give the file `recovery.public` of `recovery create`",
            file.display()
        ))),
    }
}

/// The officers whose shares are in these files.
fn join(paths: &[std::path::PathBuf]) -> Result<Quorum, ConsoleError> {
    let read = |path: &std::path::PathBuf| {
        Ok((path.display().to_string(), read_within(path, SHARE_FILE_BYTES_MAX)?))
    };
    let files = paths.iter().map(read).collect::<Result<Vec<_>, ConsoleError>>()?;
    let files: Vec<_> = files.iter().map(|(name, bytes)| ShareFile { name, bytes }).collect();
    Ok(Quorum::join(&Host, &files)?)
}
