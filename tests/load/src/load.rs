//! The load: so many signings in flight at any time, each begun when one before it has ended.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use countersign_client::FrontEnd;
use tokio::task::JoinSet;

use crate::appliance::Appliance;
use crate::registered::{Portal, Registered};
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
    /// Whether replies are kept.
    pub keep: bool,
}

/// Signings under way, on connections of their own.
pub struct Running {
    workers: JoinSet<Result<Vec<Duration>>>,
    stop: Arc<AtomicBool>,
    came: Arc<Came>,
}

/// What has come of a load so far.
#[derive(Default)]
struct Came {
    signings: AtomicU64,
    given: Mutex<Vec<Given>>,
}

/// Begins a load.
pub async fn begin(appliance: &Appliance, people: &Registered, load: Load) -> Result<Running> {
    let connections = connect(appliance, people, load.in_flight.div_ceil(EACH)).await?;
    let (stop, came) = (Arc::new(AtomicBool::new(false)), Arc::new(Came::default()));
    let mut workers = JoinSet::new();
    for n in 0..load.in_flight {
        let signer = people.signers.get(n % people.signers.len()).context("nobody signs")?;
        let signatory = Signatory::new(signer, load.items, (n as u64) << 32);
        let portal = connections.get(n % connections.len()).context("no connection")?;
        let worker = Worker { portal: portal.clone(), signatory, keep: load.keep };
        workers.spawn(worker.work(Arc::clone(&stop), Arc::clone(&came)));
    }
    Ok(Running { workers, stop, came })
}

impl Running {
    /// Signings that have ended well so far.
    pub fn signings(&self) -> u64 {
        self.came.signings.load(Ordering::Relaxed)
    }

    /// Lets every worker end its signing, and gives how long each signing took.
    ///
    /// # Errors
    /// The first signing that failed.
    pub async fn end(mut self) -> Result<Vec<Duration>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        while let Some(took) = self.workers.join_next().await {
            all.extend(took??);
        }
        Ok(all)
    }

    /// The error of a signing that has failed already, if one has.
    ///
    /// # Errors
    /// It.
    pub fn check(&mut self) -> Result<()> {
        while let Some(ended) = self.workers.try_join_next() {
            ended??;
        }
        Ok(())
    }

    /// Leaves everything as it is, and gives the replies that had come.
    pub async fn leave(mut self) -> Vec<Given> {
        self.workers.shutdown().await;
        std::mem::take(&mut self.came.given.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn connect(appliance: &Appliance, people: &Registered, n: usize) -> Result<Vec<Portal>> {
    let (address, pin) = (appliance.address(), appliance.pin()?);
    let mut connections = Vec::new();
    for (front_end, identity) in people.front_ends.iter().enumerate().cycle().take(n) {
        let connection = FrontEnd::connect(address, &pin, identity).await?;
        connections.push(Portal { front_end, connection });
    }
    Ok(connections)
}

/// One signing in flight.
struct Worker {
    portal: Portal,
    signatory: Signatory,
    keep: bool,
}

impl Worker {
    async fn work(mut self, stop: Arc<AtomicBool>, came: Arc<Came>) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let Some(given) = self.signatory.sign(&self.portal).await? else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            took.push(begun.elapsed());
            came.signings.fetch_add(1, Ordering::Relaxed);
            if self.keep {
                came.given.lock().unwrap_or_else(PoisonError::into_inner).push(given);
            }
        }
        Ok(took)
    }
}
