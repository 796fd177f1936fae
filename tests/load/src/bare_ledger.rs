//! The ledger with nothing around it but a token and a disk, and the disk alone beside it.
//!
//! It runs in a process of its own, because a module reads its configuration once.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use countersign_core::port::{CheckpointMessage, Crypto as _};
use countersign_host::{Clock, FileStorage, Host};
use countersign_ledger::{
    Expected, Instruments, Keys, Ledger, NoKey, Salts, Submission, Ticket, open,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Kind, Leaf};
use countersign_protocol::{ApplianceId, Digest, TenantId, canonical, tag};
use countersign_tlog::{Hash, inclusion, leaf_hash};
use countersign_token::{CALL_MAX_MS, Pin, Token, TokenConfig, Which, initialise};
use countersign_token_fixture::Fixture;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::figures::quantile_ms;

/// Records on their way at the same time.
const IN_FLIGHT: [usize; 3] = [1, 16, 256];
/// Verifications of a receipt.
const VERIFICATIONS: u32 = 1_000;

/// What the ledger came to.
#[derive(Serialize, Deserialize)]
pub struct Came {
    /// By how many were in flight.
    pub loads: Vec<Loaded>,
    /// Records in the ledger at the end.
    pub records: u64,
    /// Bytes of its last receipt.
    pub receipt_bytes: usize,
    /// Those of it that are not the record itself: leaf, path, checkpoint.
    pub proof_bytes: usize,
    /// Microseconds to check it.
    pub verify_us: f64,
}

/// What it came to with so many records in flight.
#[derive(Serialize, Deserialize)]
pub struct Loaded {
    /// So many.
    pub in_flight: usize,
    /// Durable records in a second.
    pub per_second: f64,
    /// From a record's submission to its receipt.
    pub p50_ms: f64,
    /// The same.
    pub p99_ms: f64,
    /// Groups, each with a sync and a checkpoint.
    pub groups: f64,
    /// Records of each.
    pub group_records: f64,
    /// Records in a second if each of its groups were nothing but bytes, appended and synced.
    pub bare_per_second: f64,
}

/// Measures in a process of its own, with records of this content.
pub fn measure(token: &Fixture, content: &[u8], seconds: u64) -> Result<Came> {
    let folder = TempDir::new()?;
    let record = folder.path().join("record");
    std::fs::write(&record, content)?;
    let slot = token.slot.context("the token's slot is not known yet")?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("bare-ledger").arg("--module").arg(&token.module).arg("--record").arg(record);
    command.args(["--slot", &slot.to_string(), "--seconds", &seconds.to_string()]);
    command.arg("--pin-file").arg(&token.pin_file).arg("--so-pin-file").arg(&token.so_pin_file);
    command.envs(token.environment.clone());
    let output = command.output().context("cannot start myself again")?;
    let error = || anyhow!("the ledger failed: {}", String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(error)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Whom all records are about. (Here the key is in memory; a daemon's is in its vault.)
const SIGNER: Digest = Digest([7; 32]);

struct OneSigner;

impl Keys for OneSigner {
    fn own(&self) -> &[u8; 32] {
        &[5; 32]
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Ok(Zeroizing::new([6; 32]))
    }
}

/// What the process of its own does: it writes the figures.
#[derive(clap::Args)]
pub struct Arguments {
    /// The PKCS#11 module
    #[arg(long)]
    module: PathBuf,
    /// The slot of its token
    #[arg(long)]
    slot: u64,
    /// The token's PIN
    #[arg(long)]
    pin_file: PathBuf,
    /// The token's other PIN
    #[arg(long)]
    so_pin_file: PathBuf,
    /// A record's content
    #[arg(long)]
    record: PathBuf,
    /// How long, for each load and for the bare disk
    #[arg(long)]
    seconds: u64,
}

impl Arguments {
    /// Makes a token and a ledger, and writes.
    pub fn perform(&self) -> Result<()> {
        let token = self.token()?;
        let key = token.create_appliance_keys()?;
        let (folder, duration) = (TempDir::new()?, Duration::from_secs(self.seconds));
        let path = folder.path().join("ledger");
        let (storage, file) = (FileStorage::open(&path)?, File::open(&path)?);
        let settled = open(storage, &Host, &OneSigner, |_| Ok(()))?.settle(&Host, &key)?;
        let settled = settled.for_appliance(ApplianceId([1; 16]));
        let salts = Salts { secret: Zeroizing::new([3; 32]), boot: Digest([4; 32]) };
        let (crypto, keys) = (Arc::new(Host), Arc::new(OneSigner));
        let ledger = Ledger::start(settled, Instruments { crypto, keys, notary: token, salts });
        let load = Load { ledger: &ledger, content: std::fs::read(&self.record)?, duration };
        let mut loads = Vec::new();
        for in_flight in IN_FLIGHT {
            let before = file.metadata()?.len();
            let mut loaded = load.keep(in_flight)?;
            let bytes = (file.metadata()?.len() - before) as f64 / loaded.groups;
            let syncs = bare(&folder, bytes.round() as usize, duration)?;
            loaded.bare_per_second = syncs * loaded.group_records;
            loads.push(loaded);
        }
        let receipt = load.one()?;
        let Receipt { opening, .. } = canonical::decode(&receipt)?;
        let proof_bytes = receipt.len() - opening.bytes().len();
        let verify_us = verify_us(&receipt, &key)?;
        let (records, receipt_bytes) = (ledger.committed().size, receipt.len());
        let came = Came { loads, records, receipt_bytes, proof_bytes, verify_us };
        println!("{}", serde_json::to_string(&came)?);
        Ok(())
    }

    fn token(&self) -> Result<Token> {
        let config = || -> Result<TokenConfig> {
            let (module, token) = (self.module.clone(), Which::Slot(self.slot));
            let pin = Pin::from_file(&self.pin_file)?;
            Ok(TokenConfig { module, token, pin, sessions: 1, call_max_ms: CALL_MAX_MS })
        };
        initialise(&config()?, &Pin::from_file(&self.so_pin_file)?)?;
        let clock = Clock::new(0);
        Ok(Token::open(config()?, Arc::new(move || clock.boot_ms()))?)
    }
}

/// Records of one content, for so long.
struct Load<'l> {
    ledger: &'l Ledger<FileStorage>,
    content: Vec<u8>,
    duration: Duration,
}

/// A record on its way.
struct UnderWay {
    begun: Instant,
    ticket: Ticket,
    _expected: Expected,
}

impl Load<'_> {
    fn submit(&self) -> Result<UnderWay> {
        let (begun, expected) = (Instant::now(), self.ledger.expect());
        let (kind, tenant) = (Kind::Signature, Some(TenantId(1)));
        let (signers, content) = (vec![SIGNER], self.content.clone());
        let submission = Submission { kind, tenant, signers, content };
        let submitted = self.ledger.submit(submission);
        let (_, ticket) = submitted.map_err(|_| anyhow!("the ledger takes no record"))?;
        Ok(UnderWay { begun, ticket, _expected: expected })
    }

    /// Keeps so many on their way: whenever one has its receipt, the next is submitted.
    fn keep(&self, in_flight: usize) -> Result<Loaded> {
        let mut under_way = VecDeque::new();
        for _ in 0..in_flight {
            under_way.push_back(self.submit()?);
        }
        let (begun, mut took, mut groups, mut last) = (Instant::now(), Vec::new(), 0u32, None);
        while let Some(UnderWay { begun: submitted, ticket, .. }) = under_way.pop_front() {
            let committed = pollster::block_on(ticket).map_err(|_| anyhow!("not durable"))?;
            ensure!(committed.receipt().is_some(), "no receipt");
            took.push(submitted.elapsed());
            let place = committed.group();
            groups += u32::from(last.replace(place) != Some(place));
            if begun.elapsed() < self.duration {
                under_way.push_back(self.submit()?);
            }
        }
        let per_second = took.len() as f64 / begun.elapsed().as_secs_f64();
        let groups = f64::from(groups);
        let group_records = took.len() as f64 / groups;
        took.sort_unstable();
        let (p50_ms, p99_ms) = (quantile_ms(&took, 0.5), quantile_ms(&took, 0.99));
        let bare_per_second = 0.0;
        Ok(Loaded { in_flight, per_second, p50_ms, p99_ms, groups, group_records, bare_per_second })
    }

    /// One record's receipt.
    fn one(&self) -> Result<Vec<u8>> {
        let committed = pollster::block_on(self.submit()?.ticket);
        let committed = committed.map_err(|_| anyhow!("not durable"))?;
        committed.receipt().context("no receipt")
    }
}

/// Appends of so many bytes, each synced, in a second.
fn bare(folder: &TempDir, bytes: usize, duration: Duration) -> Result<f64> {
    let mut file = File::create(folder.path().join("bare"))?;
    let (group, begun, mut syncs) = (vec![7; bytes], Instant::now(), 0u32);
    while begun.elapsed() < duration {
        file.write_all(&group)?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / begun.elapsed().as_secs_f64())
}

/// Microseconds for what whoever has a receipt does with it, wall-clock time.
fn verify_us(receipt: &[u8], key: &CheckpointKey) -> Result<f64> {
    let begun = Instant::now();
    for _ in 0..VERIFICATIONS {
        ensure!(follows(receipt, key)?, "the receipt does not verify");
    }
    Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(VERIFICATIONS))
}

/// Encoding, commitment, path and signature.
fn follows(receipt: &[u8], key: &CheckpointKey) -> Result<bool> {
    let Receipt { index, leaf, opening, path, checkpoint, signature } = canonical::decode(receipt)?;
    let commitment = Host.sha256(&[tag::COMMITMENT, opening.bytes()]);
    let stated = canonical::decode::<Leaf<'_>>(leaf.bytes())?.commitment;
    let path: Vec<Hash> = path.iter().map(|hash| hash.0).collect();
    let head = checkpoint.head();
    let included = inclusion::verify(&leaf_hash(leaf.bytes()), index, &path, &head);
    let signed = CheckpointMessage::new(&Host, key.suite(), &checkpoint);
    let signed = signed.is_signed(&Host, key, &signature);
    Ok(stated.0 == commitment && included.is_ok() && signed)
}
