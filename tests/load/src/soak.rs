//! kill -9 under load: whatever a front-end has in its hands is in the ledger after the restart.
//!
//! Guarantees: the moments follow from the seed; each restart is without a person. After each, every
//! reply of that round is fetched and compared byte for byte, and at the end those of all rounds again.
//!
//! Does not guarantee: anything about power. What the process had written, the system keeps.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use countersign_client::FrontEnd;
use countersign_protocol::canonical;
use countersign_protocol::reply::{Reply, Signed};
use countersign_protocol::request::Fetch;
use countersign_token_fixture::{Make, apart};
use serde::Serialize;

use crate::appliance::{Appliance, Made};
use crate::load::{self, Load};
use crate::registered::Registered;
use crate::signing::Given;

/// Singles and small batches, so that groups of all kinds are cut.
const LOADS: [Load; 3] = [
    Load { in_flight: 1, items: 1, keep: true },
    Load { in_flight: 16, items: 1, keep: true },
    Load { in_flight: 8, items: 20, keep: true },
];
/// How long an appliance that was killed gives nothing after its next start: another copy might still count on the token.
const TAKEN_MS: u64 = 2_000;
/// How long a round lasts at most, from a little before that ends.
const ROUND_MS: u64 = 700;
/// That little.
const BEFORE_MS: u64 = 100;
/// How often progress is told.
const TELL_EVERY: u32 = 20;

/// What `soak` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The daemon's program
    #[arg(long)]
    daemon: PathBuf,
    /// How often it is killed
    #[arg(long, default_value_t = 500)]
    kills: u32,
    /// The seed of an earlier run; a new one when left out
    #[arg(long)]
    seed: Option<u64>,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Serialize)]
struct Report {
    seed: u64,
    kills: u32,
    /// Replies that front-ends had when the daemon was killed: all are in the ledger.
    received: usize,
    /// The ledger after all rounds.
    ledger_bytes: u64,
    boot_p50_ms: u128,
    boot_max_ms: u128,
}

/// Kills, restarts and compares.
pub fn perform(arguments: &Arguments) -> Result<()> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    if !arguments.json {
        println!("kill -9 under load, {} times; seed {seed}", arguments.kills);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let report = runtime
        .block_on(soak(arguments, seed))
        .with_context(|| format!("again with: cargo xtask soak kill --seed {seed}"))?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        let Report { kills, received, ledger_bytes, boot_p50_ms, boot_max_ms, .. } = report;
        println!(
            "{kills} kills: {received} replies received, all in the ledger ({ledger_bytes} bytes); \
             restarts took {boot_p50_ms} ms (p50), {boot_max_ms} ms (longest)"
        );
    }
    Ok(())
}

async fn soak(arguments: &Arguments, seed: u64) -> Result<Report> {
    let made = Made { daemon: arguments.daemon.clone(), engine: "host", sessions: 1 };
    let mut appliance = Appliance::make(&made, apart(Make::Embedded)).await?;
    let people = Registered::with(&appliance).await?;
    let came = rounds(&mut appliance, &people, arguments, seed).await;
    let (received, mut boots) = came.inspect_err(|_| {
        eprintln!("the appliance's folder is kept: {}", appliance.keep().display());
    })?;
    boots.sort_unstable();
    Ok(Report {
        seed,
        kills: arguments.kills,
        received,
        ledger_bytes: appliance.ledger_bytes()?,
        boot_p50_ms: boots.get(boots.len() / 2).map_or(0, Duration::as_millis),
        boot_max_ms: boots.last().map_or(0, Duration::as_millis),
    })
}

/// All rounds, and the look at everything after them: replies received, and how long restarts took.
async fn rounds(
    appliance: &mut Appliance,
    people: &Registered,
    arguments: &Arguments,
    seed: u64,
) -> Result<(usize, Vec<Duration>)> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut all, mut boots, mut rounds) = (Vec::new(), Vec::new(), 0);
    for kill in 1..=arguments.kills {
        let load = *random.choice(&LOADS).context("no load")?;
        let mut running = load::begin(appliance, people, load).await?;
        let round_ms = TAKEN_MS - BEFORE_MS + random.u64(..ROUND_MS);
        tokio::time::sleep(Duration::from_millis(round_ms)).await;
        running.check().with_context(|| format!("before kill {kill}"))?;
        appliance.kill().with_context(|| format!("kill {kill}"))?;
        let given = running.leave().await;
        rounds += usize::from(!given.is_empty());
        let begun = Instant::now();
        appliance.start().await.with_context(|| format!("the restart after kill {kill}"))?;
        boots.push(begun.elapsed());
        compare(appliance, people, &given).await.with_context(|| format!("after kill {kill}"))?;
        all.extend(given);
        if kill % TELL_EVERY == 0 && !arguments.json {
            println!("  {kill} kills, {} replies", all.len());
        }
    }
    let most = arguments.kills as usize / 2;
    ensure!(rounds >= most, "signatures were given in {rounds} rounds only: too little was shown");
    compare(appliance, people, &all).await.context("at the end")?;
    Ok((all.len(), boots))
}

/// What stays the same whenever it is given: not what witnesses and the appliance itself say of the checkpoint later.
fn signed(reply: &[u8]) -> Result<Signed<'_>> {
    match canonical::decode(reply)? {
        Reply::Signed(signed) => Ok(Signed { cosignatures: None, ..signed }),
        other => bail!("no signature was given: {other:?}"),
    }
}

/// Fetches each reply as the front-end that had it, and compares.
async fn compare(appliance: &Appliance, people: &Registered, given: &[Given]) -> Result<()> {
    let pin = appliance.pin()?;
    let mut front_ends = Vec::new();
    for identity in &people.front_ends {
        front_ends.push(FrontEnd::connect(appliance.address(), &pin, identity).await?);
    }
    for Given { front_end, transaction, reply } in given {
        let front_end = front_ends.get(*front_end).context("no such front-end")?;
        let fetched = front_end.fetch(&Fetch { transaction: *transaction }).await?;
        let (given, fetched) = (signed(reply)?, signed(fetched.bytes()));
        let same = fetched.is_ok_and(|fetched| fetched == given);
        ensure!(same, "a signature that was given is not in the ledger: {transaction:?}");
    }
    Ok(())
}
