//! `recovery backup`: what an appliance keeps, in one file that only a quorum opens.
//!
//! Guarantee: it is of files that belong together, also beside an appliance that works, and of a vault that opens with the same
//! quorum. Whether ledger and vault are whole is found out when it is opened.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use countersign_host::Host;
use countersign_protocol::canonical;
use countersign_protocol::recovery::RecoveryKey;
use countersign_recovery::{Claimed, Recipient, Sealed};
use serde_json::json;

use super::opening;
use crate::arguments::BackupArguments;
use crate::outfile::{Old, OutFile, Readers};
use crate::progress::waiting;
use crate::{ConsoleError, Report};

/// What of a data folder is in a backup, in its order: the ledger first, so that no record comes before its signer's key. What
/// is not there can be made from these.
pub(super) const FILES: [&str; 5] =
    ["ledger", "vault.even", "vault.odd", "server.pem", "server.key.pem"];

/// Writes a backup.
pub(super) async fn back_up(arguments: &BackupArguments) -> Result<Report, ConsoleError> {
    let recipient = recipient(&arguments.key)?;
    let out = OutFile::reserve(&arguments.out, Readers::Owner, Old::Kept)?;
    let (path, fingerprint) = (out.path().to_owned(), recipient.fingerprint());
    let data = arguments.data.clone();
    let bytes = apart("the backup is written", move || copy(&data, &recipient, out)).await?;
    let text = format!(
        "backup        {}, {bytes} bytes of files\nsealed to     the recovery key {fingerprint}\n\
         The HSM's keys are not in it: back the HSM up by its own means.",
        path.display()
    );
    let json = json!({
        "backup": path.display().to_string(),
        "bytes": bytes,
        "recoveryKey": fingerprint.to_string(),
    });
    Ok(Report::new(text, json))
}

/// Work that may take long, told to whoever waits.
pub(super) async fn apart<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> Result<T, ConsoleError> + Send + 'static,
) -> Result<T, ConsoleError> {
    let done = waiting(what, tokio::task::spawn_blocking(work)).await;
    done.map_err(|why| ConsoleError::usage(why.to_string()))?
}

fn recipient(path: &Path) -> Result<Recipient, ConsoleError> {
    let encoded = super::read_key(path)?;
    let key = canonical::decode::<RecoveryKey<'_>>(&encoded).ok();
    let fingerprint = countersign_recovery::fingerprint(&Host, &encoded);
    let recipient = key.and_then(|key| Recipient::of(fingerprint, &key));
    recipient.ok_or_else(|| ConsoleError::usage(format!("{} is no recovery key", path.display())))
}

/// Copies the files, as long as the vault stays what it is.
fn copy(data: &Path, recipient: &Recipient, out: OutFile) -> Result<u64, ConsoleError> {
    let before = claimed(data, recipient)?;
    let mut bytes = 0;
    out.write_with(|file| {
        let mut stream = Sealed::begin(recipient, BufWriter::new(file))?;
        for name in FILES {
            bytes += add(&data.join(name), &mut stream)?;
        }
        if claimed(data, recipient).ok().as_ref() != Some(&before) {
            let why = "a signer was erased, or another recovery key set, meanwhile: take it again";
            return Err(io::Error::other(why));
        }
        stream.end()?.flush()
    })?;
    Ok(bytes)
}

/// What the vault says of itself: that it opens with this key, too.
fn claimed(data: &Path, recipient: &Recipient) -> Result<Claimed, ConsoleError> {
    let vault = opening::vault(data)?;
    let claimed = Claimed::by(&vault).map_err(|why| ConsoleError::usage(why.to_string()))?;
    let path = data.display();
    let claimed = claimed.ok_or_else(|| ConsoleError::usage(format!("{path} has no vault")))?;
    if claimed.recipient != Some(recipient.fingerprint()) {
        let why = format!(
            "the vault in {path} does not open with the recovery key {}: set it first (countersign recovery set)",
            recipient.fingerprint()
        );
        return Err(ConsoleError::usage(why));
    }
    Ok(claimed)
}

/// So many bytes as it has now: its length, and they.
fn add(path: &Path, stream: &mut impl Write) -> io::Result<u64> {
    let named = |why: io::Error| io::Error::new(why.kind(), format!("{}: {why}", path.display()));
    let file = File::open(path).map_err(named)?;
    let length = file.metadata().map_err(named)?.len();
    stream.write_all(&length.to_be_bytes())?;
    let copied = io::copy(&mut BufReader::new(file).take(length), stream)?;
    (copied == length).then_some(length).ok_or_else(|| named(io::ErrorKind::UnexpectedEof.into()))
}
