//! A log that is read: its files, whose it must be, and what was seen of it before.

use std::path::{Path, PathBuf};

use countersign_client::log::{
    LogError, LogReader, Memory, Met, Source, checkpoint, newest, received,
};
use countersign_host::Host;
use countersign_protocol::checkpoint::log_name;
use countersign_protocol::log::Wanted;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::signed_checkpoint::{SignedCheckpoint, verifier_key};
use countersign_protocol::{ApplianceId, canonical};
use countersign_tlog::Head;
use countersign_verifier::{Trust, published};

use super::FileMemory;
use crate::ConsoleError;
use crate::arguments::{LogPlace, Server};
use crate::session::Session;

/// Where the files are.
pub(super) enum Files {
    Folder(PathBuf),
    Appliance(LogReader),
}

impl Source for Files {
    async fn file(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>, LogError> {
        match self {
            Self::Appliance(reader) => reader.file(wanted).await,
            Self::Folder(folder) => {
                let path = folder.join(wanted.to_string());
                match std::fs::read(&path) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(why) => Err(LogError::File { path, why }),
                }
            }
        }
    }
}

/// A log, and what is believed of it.
pub(super) struct Opened {
    pub(super) files: Files,
    trust: Trust,
    memory: Option<FileMemory>,
}

/// A checkpoint that is believed.
pub(super) struct Newest {
    pub(super) note: String,
    pub(super) signed: SignedCheckpoint,
}

impl Newest {
    pub(super) const fn head(&self) -> Head {
        self.signed.checkpoint.head()
    }
}

impl Opened {
    pub(super) async fn at(server: &Server, place: &LogPlace) -> Result<Self, ConsoleError> {
        let read = std::fs::read_to_string(&place.trust);
        let text = read.map_err(ConsoleError::file("read", &place.trust))?;
        let trust = Trust::parse(&text)
            .map_err(|why| ConsoleError::usage(format!("{}: {why}", place.trust.display())))?;
        let files = match &place.folder {
            Some(folder) => Files::Folder(folder.clone()),
            None => Files::Appliance(Session::new(server)?.reader().await?),
        };
        let memory = server.identity.as_deref().map(FileMemory::beside);
        Ok(Self { files, trust, memory })
    }

    /// The newest checkpoint: signed by a trusted key, and of a log that only grew since it was seen last.
    pub(super) async fn newest(&self) -> Result<Newest, ConsoleError> {
        let note = checkpoint(&self.files).await?;
        let signed = self.believed(&note)?;
        if let Some(memory) = &self.memory {
            let (log, head) = (log_name(&signed.checkpoint.appliance), signed.checkpoint.head());
            newest(memory, &self.files, &log, &head).await?;
        }
        Ok(Newest { note, signed })
    }

    /// The checkpoint of a note, if a trusted key has signed it.
    pub(super) fn believed(&self, note: &str) -> Result<SignedCheckpoint, ConsoleError> {
        published(&Host, &self.trust, note).map_err(ConsoleError::Checkpoint)
    }

    /// The key that a log's checkpoints verify with, as signed-note writes it.
    pub(super) fn key(&self, appliance: &ApplianceId) -> Option<String> {
        let key = self.trust.appliance(appliance)?.checkpoint_key;
        verifier_key(&log_name(appliance), &key).map(|key| key.to_string())
    }

    /// A checkpoint that somebody kept in a file.
    pub(super) fn kept(&self, path: &Path) -> Result<SignedCheckpoint, ConsoleError> {
        let read = std::fs::read_to_string(path);
        self.believed(&read.map_err(ConsoleError::file("read", path))?)
    }
}

/// Holds a receipt's checkpoint against what was seen of the log, and remembers it. What merely cannot be proved
/// now is said, and is no error.
pub(crate) async fn meet_receipt(session: &Session, receipt: &[u8]) -> Result<(), ConsoleError> {
    let Some(memory) = session.memory() else { return Ok(()) };
    let receipt: Receipt<'_> = canonical::decode(receipt).map_err(|_| ConsoleError::Unexpected)?;
    let (log, head) = (log_name(&receipt.checkpoint.appliance), receipt.checkpoint.head());
    let known = memory.recall(&log);
    let source = match known {
        Ok(Some(seen)) if seen.largest != head => session.reader().await.ok(),
        _ => None,
    };
    match received(&memory, source.as_ref(), &log, &head).await {
        Ok(Met::First | Met::Proved) => {}
        Ok(Met::Unproved) => eprintln!(
            "... the log's new checkpoint is not proved to continue the last one: the appliance does not \
             publish it, or not yet"
        ),
        Err(why) if why.is_evidence() => return Err(ConsoleError::AfterSigning(why)),
        Err(why) => eprintln!("... the log's checkpoint was not compared: {why}"),
    }
    Ok(())
}
