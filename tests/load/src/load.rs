//! The load: so many signings in flight at any time, each begun when one before it has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use countersign_client::FrontEnd;
use tokio::task::JoinSet;

use crate::appliance::Appliance;
use crate::registered::Registered;
use crate::signing::{Given, Signatory};

/// Requests that one connection carries at a time: half of what the appliance takes of one.
const EACH: usize = 16;
/// How long to wait when the appliance was busy.
const PAUSE: Duration = Duration::from_millis(2);

/// Who signs how much at a time.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Signings in flight.
    pub in_flight: usize,
    /// Documents of each.
    pub items: u16,
}

/// Signings under way on connections of their own.
pub struct Running {
    workers: JoinSet<Result<Done>>,
    stop: Arc<AtomicBool>,
    /// Signings that have ended well so far.
    pub count: Arc<AtomicU64>,
}

/// What one worker has.
#[derive(Default)]
pub struct Done {
    /// How long each signing took, prepare to reply, the device's own work left out of nothing.
    pub took: Vec<Duration>,
    /// What was given, if it is kept.
    pub given: Vec<Given>,
    /// The error that ended it.
    pub failed: Option<String>,
}

/// Begins a load.
pub async fn begin(
    appliance: &Appliance,
    people: &Registered,
    load: Load,
    keep: bool,
) -> Result<Running> {
    let connections = connect(appliance, people, load.in_flight.div_ceil(EACH)).await?;
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut workers = JoinSet::new();
    for n in 0..load.in_flight {
        let signer = people.signers.get(n % people.signers.len());
        let signer = signer.ok_or_else(|| anyhow!("nobody signs"))?;
        let documents = (n as u64) << 32;
        let signatory = Signatory::new(signer.key, signer.device(), load.items, documents);
        let front_end = connections.get(n % connections.len()).cloned();
        let front_end = front_end.ok_or_else(|| anyhow!("no connection"))?;
        workers.spawn(work(front_end, signatory, Arc::clone(&stop), Arc::clone(&count), keep));
    }
    Ok(Running { workers, stop, count })
}

impl Running {
    /// Lets every worker end its signing, and gives what they have.
    pub async fn end(mut self) -> Result<Vec<Done>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        while let Some(done) = self.workers.join_next().await {
            all.push(done??);
        }
        Ok(all)
    }
}

async fn connect(appliance: &Appliance, people: &Registered, n: usize) -> Result<Vec<FrontEnd>> {
    let pin = appliance.pin()?;
    let mut connections = Vec::new();
    for identity in people.front_ends.iter().cycle().take(n) {
        connections.push(FrontEnd::connect(appliance.address(), &pin, identity).await?);
    }
    Ok(connections)
}

async fn work(
    front_end: FrontEnd,
    mut signatory: Signatory,
    stop: Arc<AtomicBool>,
    count: Arc<AtomicU64>,
    keep: bool,
) -> Result<Done> {
    let mut done = Done::default();
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        match signatory.sign(&front_end).await {
            Ok(Some(given)) => {
                done.took.push(begun.elapsed());
                count.fetch_add(1, Ordering::Relaxed);
                done.given.extend(keep.then_some(given));
            }
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                done.failed = Some(format!("{error:#}"));
                break;
            }
        }
    }
    Ok(done)
}
