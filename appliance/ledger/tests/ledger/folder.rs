//! A ledger on a file in a folder of its own, with a notary that signs in software.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::port::{CheckpointMessage, LedgerFailed, Notary, TokenFault};
use countersign_host::{FileStorage, Host};
use countersign_ledger::{Committed, Damage, Ledger, Replayed, Salts, Submission};
use countersign_protocol::record::Kind;
use countersign_protocol::{ApplianceId, Digest};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Signs nothing worth checking: these tests are about the file.
pub struct Scribble;

impl Notary for Scribble {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(message.digest());
        Ok(signature)
    }
}

/// Kind and content of each record.
pub type Contents = Vec<(Kind, Vec<u8>)>;

/// A ledger's folder.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).unwrap()
    }

    pub fn overwrite(&self, bytes: &[u8]) {
        std::fs::write(self.file(), bytes).unwrap();
    }

    /// Opens, and gives what was seen: kind and content of each record.
    pub fn open(&self) -> Result<(Replayed<FileStorage>, Contents), Damage> {
        let storage = FileStorage::open(&self.file()).unwrap();
        let mut seen = Vec::new();
        let replayed = countersign_ledger::open(storage, &Host, |record| {
            assert_eq!(record.index, seen.len() as u64);
            seen.push((record.leaf.kind, record.content.to_vec()));
            Ok(())
        })?;
        Ok((replayed.for_appliance(ApplianceId([9; 16])), seen))
    }

    pub fn start(&self) -> Ledger<FileStorage> {
        start(self.open().unwrap().0, Scribble)
    }
}

pub fn start<N: Notary + 'static>(
    replayed: Replayed<FileStorage>,
    notary: N,
) -> Ledger<FileStorage> {
    let salts = Salts { secret: Zeroizing::new([3; 32]), boot: Digest([4; 32]) };
    Ledger::start(replayed, Arc::new(Host), notary, salts)
}

pub fn submission(content: &[u8]) -> Submission {
    Submission { kind: Kind::Refusal, tenant: None, content: content.to_vec() }
}

pub fn write(ledger: &Ledger<FileStorage>, content: &[u8]) -> Result<Committed, LedgerFailed> {
    pollster::block_on(ledger.submit(submission(content))?.1)
}
