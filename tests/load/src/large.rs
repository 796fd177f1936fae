//! A large ledger: how long an appliance takes to start on it, with a snapshot and without, what a proof costs, and how
//! much memory it has then.
//!
//! Guarantees: the records are ones that the appliance would have written, sealed under the keys of its vault, through
//! its committer and its token; what is started is the daemon's own boot. Each step is a process of its own, so that
//! its memory is its own, and because a module reads its configuration once.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use countersign_core::port::Platform as _;
use countersign_host::{FileStorage, Host};
use countersign_ledger::{Instruments, Ledger, Salts, Submission};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Kind, SignatureContent};
use countersign_protocol::{Digest, TenantId, canonical};
use countersign_soft::Soft;
use countersign_tlog::leaf_hash;
use countersign_token::PrfUse;
use countersign_token_fixture::{Make, apart};
use countersign_vault::Media;
use countersignd::boot::{Extent, Files, boot, open_token};
use countersignd::config::Config;
use countersignd::{Chosen, Engine, Linux, Ring};
use serde::{Deserialize, Serialize};

use crate::appliance::{Appliance, Made};
use crate::bench::record_of;
use crate::figures::{Figures, quantile_ms};

/// Records on their way at the same time.
const IN_FLIGHT: usize = 256;
/// Proofs of each kind.
const PROOFS: u64 = 1_000;

/// What `large` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The daemon's program
    #[arg(long)]
    daemon: PathBuf,
    /// Records in the ledger
    #[arg(long, default_value_t = 10_000_000)]
    records: u64,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
}

/// What the process of its own does.
#[derive(clap::Args)]
pub struct Step {
    /// The appliance's configuration
    #[arg(long)]
    config: PathBuf,
    /// What to do
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Write so many records of this content.
    Write {
        #[arg(long)]
        record: PathBuf,
        #[arg(long)]
        records: u64,
    },
    /// Start, prove something of these, and take a snapshot.
    Start {
        #[arg(long)]
        samples: PathBuf,
    },
}

/// Some of the records: their places, and the hashes of their leaves.
type Samples = Vec<(u64, [u8; 32])>;

/// What writing came to.
#[derive(Serialize, Deserialize)]
struct Written {
    seconds: f64,
    samples: Samples,
}

/// What a start came to.
#[derive(Serialize, Deserialize)]
struct Started {
    at_snapshot: bool,
    seconds: f64,
    rss_mb: f64,
    /// Milliseconds at the median, and at 99 of 100.
    inclusion_ms: [f64; 2],
    consistency_ms: [f64; 2],
    snapshot_seconds: f64,
}

/// Measures.
pub async fn measure(arguments: &Arguments) -> Result<()> {
    let mut figures = Figures::new(arguments.json);
    let token = apart(Make::Embedded);
    let made = Made { daemon: arguments.daemon.clone(), engine: "host", sessions: 1 };
    let mut appliance = Appliance::make(&made, token).await?;
    let content = record_of(&appliance).await?;
    appliance.kill()?;
    figures.part(&format!(
        "a ledger of {} records, {} bytes each",
        arguments.records,
        content.len()
    ));
    let record = appliance.folder().join("record");
    std::fs::write(&record, content)?;
    let records = arguments.records.to_string();
    let args =
        ["write", "--record", &record.to_string_lossy(), "--records", &records].map(String::from);
    let Written { seconds, samples } = step(&appliance, &args)?;
    figures.add("written", arguments.records as f64 / seconds, "/s");
    figures.add("ledger", appliance.ledger_bytes()? as f64 / 1e6, "MB");
    let file = appliance.folder().join("samples");
    std::fs::write(&file, serde_json::to_vec(&samples)?)?;
    let args = ["start", "--samples", &file.to_string_lossy()].map(String::from);
    for (how, at_snapshot) in [("everything read", false), ("from a snapshot", true)] {
        let started: Started = step(&appliance, &args)?;
        ensure!(started.at_snapshot == at_snapshot, "it did not start as it should");
        let what = |figure: &str| format!("{how}: {figure}");
        figures.add(what("start"), started.seconds, "s");
        figures.add(what("most memory"), started.rss_mb, "MB");
        let [[p50, p99], [of_two, of_two_99]] = [started.inclusion_ms, started.consistency_ms];
        figures.add(what("inclusion, p50"), p50, "ms");
        figures.add(what("inclusion, p99"), p99, "ms");
        figures.add(what("consistency, p50"), of_two, "ms");
        figures.add(what("consistency, p99"), of_two_99, "ms");
        figures.add(what("the next snapshot"), started.snapshot_seconds, "s");
    }
    figures.add("snapshot", appliance.snapshot_bytes()? as f64 / 1e6, "MB");
    figures.finish()
}

fn step<T: for<'d> Deserialize<'d>>(appliance: &Appliance, args: &[String]) -> Result<T> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("large-step").arg("--config").arg(appliance.config()).args(args);
    command.envs(appliance.token().environment.clone());
    let output = command.output().context("cannot start myself again")?;
    let error = || anyhow!("a step failed: {}", String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(error)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Step {
    /// Writes what came of it to the standard output.
    pub fn perform(&self) -> Result<()> {
        let config = Config::read(&self.config)?;
        let text = match &self.what {
            What::Write { record, records } => {
                serde_json::to_string(&write(&config, &std::fs::read(record)?, *records)?)?
            }
            What::Start { samples } => {
                let samples: Samples = serde_json::from_slice(&std::fs::read(samples)?)?;
                serde_json::to_string(&start(&config, &samples)?)?
            }
        };
        println!("{text}");
        Ok(())
    }
}

/// The appliance's ledger, opened as a boot does, for records of any content.
fn opened(config: &Config) -> Result<Ledger<FileStorage>> {
    let (token, files) = (open_token(config)?, Files::within(&config.data));
    let crypto = Arc::new(Engine::new(Chosen::Host, Host, Soft));
    let storage = FileStorage::open(&files.ledger)?;
    let appliance = countersign_ledger::claimed_appliance(&storage, &*crypto)?.context("empty")?;
    let vault = Media {
        even: FileStorage::open(&files.vault.even)?,
        odd: FileStorage::open(&files.vault.odd)?,
    };
    let (ring, _) = Ring::<Linux>::open(&crypto, &token, vault, appliance)?;
    let mut key: Option<CheckpointKey> = None;
    let replayed = countersign_ledger::open(storage, &*crypto, &ring, |seen| {
        if let (Kind::Appliance, Some(content)) = (seen.leaf.kind, seen.content.open()) {
            let made = canonical::decode::<countersign_protocol::change::Appliance<'_>>(content);
            key = Some(made.map_err(|why| why.to_string())?.checkpoint_key);
        }
        Ok(())
    })?;
    let settled = replayed.settle(&*crypto, &key.context("no identity")?)?;
    let boot = Digest(token.random_blocking::<32>().map_err(|why| anyhow!("{why}"))?);
    let salts = Salts { secret: token.prf(PrfUse::LedgerSalt)?, boot };
    Ok(Ledger::start(settled, Instruments { crypto, keys: Arc::new(ring), notary: token, salts }))
}

/// So many signatures, each of a transaction of its own.
fn write(config: &Config, content: &[u8], records: u64) -> Result<Written> {
    let signers = signers(config)?;
    let at = transaction_at(content)?;
    let ledger = opened(config)?;
    let (begun, every) = (Instant::now(), (records / PROOFS).max(1));
    let (mut under_way, mut samples) = (VecDeque::new(), Samples::new());
    for number in 0..records {
        let mut content = content.to_vec();
        content[at..at + 8].copy_from_slice(&number.to_be_bytes());
        let tenant = Some(TenantId(1));
        let submission =
            Submission { kind: Kind::Signature, tenant, signers: signers.clone(), content };
        let submitted = ledger.submit(submission).map_err(|_| anyhow!("no record is taken"))?;
        under_way.push_back((number, submitted.1, ledger.expect()));
        while under_way.len() >= IN_FLIGHT || (number + 1 == records && !under_way.is_empty()) {
            let Some((number, ticket, _)) = under_way.pop_front() else { break };
            let committed = pollster::block_on(ticket).map_err(|_| anyhow!("not durable"))?;
            if number % every == 0 {
                let receipt = committed.receipt().context("no receipt")?;
                let receipt: Receipt<'_> = canonical::decode(&receipt)?;
                samples.push((receipt.index, leaf_hash(receipt.leaf.bytes())));
            }
        }
    }
    ledger.close();
    Ok(Written { seconds: begun.elapsed().as_secs_f64(), samples })
}

/// The keys of all signers: here there is one.
fn signers(config: &Config) -> Result<Vec<Digest>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let appliance = runtime.block_on(boot(config, Extent::Everything))?;
    let keys = countersign_core::port::Guarded::with(appliance.state(), |state| {
        state.registry.live_evidence_keys().take(1).collect()
    });
    appliance.close();
    Ok(keys)
}

/// Where a content says which transaction it is of.
fn transaction_at(content: &[u8]) -> Result<usize> {
    let signature: SignatureContent<'_> = canonical::decode(content)?;
    let bytes = signature.activation.bytes();
    let activation: countersign_protocol::activation::Activation<'_> = canonical::decode(bytes)?;
    let name = activation.transaction.0;
    content.windows(name.len()).position(|window| window == name).context("no transaction")
}

fn start(config: &Config, samples: &Samples) -> Result<Started> {
    let runtime = tokio::runtime::Runtime::new()?;
    let begun = Instant::now();
    let appliance = runtime.block_on(boot(config, Extent::SinceSnapshot))?;
    let seconds = begun.elapsed().as_secs_f64();
    let (rss_mb, ledger) = (most_memory_mb()?, appliance.state().ledger());
    let newest = ledger.newest().context("no checkpoint")?.checkpoint;
    let included =
        timed(samples, |(index, leaf)| ledger.inclusion(&Host, *index, leaf, &newest).is_some())?;
    let continues = |(index, _): &(u64, _)| ledger.consistency(&Host, index + 1, &newest).is_some();
    let consistent = timed(samples, continues)?;
    let begun = Instant::now();
    runtime.block_on(appliance.snapshot());
    let snapshot_seconds = begun.elapsed().as_secs_f64();
    let at_snapshot = appliance.began_at_snapshot();
    appliance.close();
    let [inclusion_ms, consistency_ms] =
        [included, consistent].map(|took| [quantile_ms(&took, 0.5), quantile_ms(&took, 0.99)]);
    Ok(Started { at_snapshot, seconds, rss_mb, inclusion_ms, consistency_ms, snapshot_seconds })
}

fn timed<T>(all: &[T], prove: impl Fn(&T) -> bool) -> Result<Vec<Duration>> {
    let one = |sample: &T| {
        let begun = Instant::now();
        ensure!(prove(sample), "no proof");
        Ok(begun.elapsed())
    };
    let mut took: Vec<_> = all.iter().map(one).collect::<Result<_>>()?;
    took.sort_unstable();
    Ok(took)
}

/// The most that this process ever had in memory.
fn most_memory_mb() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb: f64 =
        line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmHWM")?.parse()?;
    Ok(kb / 1e3)
}
