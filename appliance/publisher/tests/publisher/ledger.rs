//! A ledger in a folder, whose notary signs in software, and its publisher.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::port::{CheckpointMessage, Notary, TokenFault};
use countersign_host::{FileStorage, FileView, Host};
use countersign_ledger::{Instruments, Keys, Ledger, NoKey, Salts, Submission};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::record::Kind;
use countersign_protocol::{ApplianceId, Digest};
use countersign_publisher::{Disk, Publisher, Step};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Signs in software.
#[derive(Clone, Copy)]
pub struct Scribe(pub u8);

impl Scribe {
    fn secret(self) -> SigningKey {
        SigningKey::from_slice(&[self.0; 32]).unwrap()
    }

    pub fn key(self) -> CheckpointKey {
        let point = self.secret().verifying_key().to_sec1_point(false);
        CheckpointKey::Esp256(point.as_bytes().try_into().unwrap())
    }
}

impl Notary for Scribe {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let signature: Signature = self.secret().sign_prehash(message.data()).unwrap();
        Ok(signature.to_bytes().into())
    }
}

/// The key of records that are about nobody; there are no others here.
struct OwnKey;

impl Keys for OwnKey {
    fn own(&self) -> &[u8; 32] {
        &[5; 32]
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Err(NoKey::Gone)
    }
}

/// The publisher of a ledger's file.
pub type OfFile<D> = Publisher<D, FileView, Host>;

/// A ledger and the folder that it is in.
pub struct House {
    folder: TempDir,
    scribe: Scribe,
    ledger: Option<Ledger<FileStorage>>,
}

impl House {
    pub fn new(scribe: Scribe) -> Self {
        let mut house = Self { folder: TempDir::new().unwrap(), scribe, ledger: None };
        house.open();
        house
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// Where it is published.
    pub fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn open(&mut self) {
        let storage = FileStorage::open(&self.file()).unwrap();
        let replayed = countersign_ledger::open(storage, &Host, &OwnKey, |_| Ok(())).unwrap();
        let settled = replayed.settle(&Host, &self.scribe.key()).unwrap();
        let settled = settled.for_appliance(ApplianceId([9; 16]));
        let salts = Salts { secret: Zeroizing::new([3; 32]), boot: Digest([4; 32]) };
        let (crypto, keys, notary) = (Arc::new(Host), Arc::new(OwnKey), self.scribe);
        self.ledger = Some(Ledger::start(settled, Instruments { crypto, keys, notary, salts }));
    }

    pub fn ledger(&self) -> &Ledger<FileStorage> {
        self.ledger.as_ref().unwrap()
    }

    /// Puts an older copy in the ledger's place, or nothing.
    pub fn restore(&mut self, bytes: &[u8]) {
        self.ledger = None;
        std::fs::write(self.file(), bytes).unwrap();
        self.open();
    }

    /// Commits so many records, each group as large as may be.
    pub fn commit(&self, records: u64) {
        let kinds = [Kind::Refusal, Kind::Signature, Kind::Boot];
        let mut left = records;
        while left > 0 {
            let group = left.min(256);
            let tickets: Vec<_> = (0..group)
                .map(|at| {
                    let kind = kinds[usize::try_from(at % 3).unwrap()];
                    let content = at.to_be_bytes().to_vec();
                    let signers = Vec::new();
                    let record = Submission { kind, tenant: None, signers, content };
                    self.ledger().submit(record).unwrap().1
                })
                .collect();
            tickets.into_iter().for_each(|ticket| drop(pollster::block_on(ticket).unwrap()));
            left -= group;
        }
    }

    pub fn publisher<D: Disk>(&self, disk: D) -> OfFile<D> {
        let journal = FileView::open(&self.file()).unwrap();
        let durable = self.ledger().durable();
        Publisher::new(disk, journal, Arc::new(Host), self.scribe.key(), durable)
    }
}

/// Steps until everything is published, and gives what was done.
pub fn publish<D: Disk>(publisher: &mut OfFile<D>) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match publisher.step().unwrap() {
            Step::Idle => return steps,
            step => steps.push(step),
        }
    }
}
