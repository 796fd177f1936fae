//! A ledger on a file in a folder of its own, with a notary that signs in software.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::port::{CheckpointMessage, LedgerFailed, Notary, TokenFault};
use countersign_host::{FileStorage, Host};
use countersign_ledger::{
    Bounds, Committed, Damage, Instruments, Keys, Ledger, NoKey, Salts, Settled, Submission,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::record::Kind;
use countersign_protocol::{ApplianceId, Digest};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Signs in software, with a key that every test knows.
pub struct Scribe;

impl Scribe {
    fn secret() -> SigningKey {
        SigningKey::from_slice(&[7; 32]).unwrap()
    }

    /// What its checkpoints verify with.
    pub fn key() -> CheckpointKey {
        let point = Self::secret().verifying_key().to_sec1_point(false);
        CheckpointKey::Esp256(point.as_bytes().try_into().unwrap())
    }
}

impl Notary for Scribe {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let signature: Signature = Self::secret().sign_prehash(message.data()).unwrap();
        Ok(signature.to_bytes().into())
    }
}

/// Keys that every test knows.
#[derive(Default)]
pub struct Bunch(pub BTreeMap<Digest, [u8; 32]>);

impl Bunch {
    /// The keys of these signers; each is known by its only byte.
    pub fn of(signers: &[u8]) -> Self {
        Self(signers.iter().map(|signer| (Digest([*signer; 32]), [!*signer; 32])).collect())
    }
}

impl Keys for Bunch {
    fn own(&self) -> &[u8; 32] {
        &[5; 32]
    }

    fn of_signer(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        self.0.get(id).map(|key| Zeroizing::new(*key)).ok_or(NoKey::Gone)
    }
}

/// Kind and content of each record; none if it is closed for ever.
pub type Contents = Vec<(Kind, Option<Vec<u8>>)>;

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
    pub fn open(&self) -> Result<(Settled<FileStorage>, Contents), Damage> {
        self.open_with(&Bunch::default())
    }

    /// The same, with these keys of signers.
    pub fn open_with(&self, keys: &Bunch) -> Result<(Settled<FileStorage>, Contents), Damage> {
        let storage = FileStorage::open(&self.file()).unwrap();
        let mut seen = Vec::new();
        let replayed = countersign_ledger::open(storage, &Host, keys, |record| {
            assert_eq!(record.index, seen.len() as u64);
            seen.push((record.leaf.kind, record.content.open().map(<[u8]>::to_vec)));
            Ok(())
        })?;
        let settled = replayed.settle(&Host, &Scribe::key())?;
        Ok((settled.for_appliance(ApplianceId([9; 16])), seen))
    }

    pub fn start(&self) -> Ledger<FileStorage> {
        start(self.open().unwrap().0, Scribe)
    }
}

pub fn start<N: Notary + 'static>(settled: Settled<FileStorage>, notary: N) -> Ledger<FileStorage> {
    let salts = Salts { secret: Zeroizing::new([3; 32]), boot: Digest([4; 32]) };
    let keys = Arc::new(Bunch::of(&SIGNERS));
    Ledger::start(settled, Instruments { crypto: Arc::new(Host), keys, notary, salts })
}

/// With groups of these bounds.
pub fn start_with(folder: &Folder, bounds: Bounds) -> Ledger<FileStorage> {
    start(folder.open().unwrap().0.with_groups(bounds), Scribe)
}

/// The signers whose keys a ledger has that is started.
pub const SIGNERS: [u8; 3] = [1, 2, 3];

pub fn submission(content: &[u8]) -> Submission {
    about(&[], content)
}

/// A record about these signers.
pub fn about(signers: &[u8], content: &[u8]) -> Submission {
    let signers = signers.iter().map(|signer| Digest([*signer; 32])).collect();
    Submission { kind: Kind::Refusal, tenant: None, signers, content: content.to_vec() }
}

pub fn write(ledger: &Ledger<FileStorage>, content: &[u8]) -> Result<Committed, LedgerFailed> {
    pollster::block_on(ledger.submit(submission(content))?.1)
}
