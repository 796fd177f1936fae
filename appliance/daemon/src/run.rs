//! `run`: the appliance from its start to its end.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::record::Alarm;
use countersignd::boot::{self, Booted, Extent, OnFiles, Started};
use countersignd::config::Config;
use countersignd::{Locked, Serving, Surroundings, serve, witnesses, witnessing};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long a stop waits for the last snapshot: it is never needed.
const SNAPSHOT_WITHIN: Duration = Duration::from_secs(10);

/// Runs it until it is told to stop, or fails.
pub(crate) async fn run(config: &Config, extent: Extent) -> Result<(), Box<dyn std::error::Error>> {
    let mut stop = Stop::listen()?;
    let Some((appliance, serving)) = opened(config, extent, &mut stop).await? else {
        return Ok(());
    };
    let _witnessing = match &config.witnessing {
        Some(section) => Some(witnessing::begin(&appliance, &config.data, section).await?),
        None => None,
    };
    let _asking = witnesses::begin(&appliance, &config.data, &config.witness)?;
    let watching = tokio::spawn(watch(Arc::clone(&appliance)));
    let keeper = Arc::clone(&appliance);
    let keeping = tokio::spawn(async move { keeper.keep_snapshots().await });
    let owner = Arc::clone(&appliance);
    let owning = tokio::spawn(async move { owner.keep_anchored().await });
    let failed = tokio::select! {
        () = stop.told() => false,
        () = appliance.failed() => true,
    };
    tracing::info!(failed, "stopping");
    serving.stop().await;
    watching.abort();
    keeping.abort();
    owning.abort();
    if !failed && tokio::time::timeout(SNAPSHOT_WITHIN, appliance.snapshot()).await.is_err() {
        tracing::warn!("no snapshot is written: it takes too long");
    }
    appliance.close();
    let why = || {
        format!("the ledger has failed: {}; check the disk and the token", appliance.why_failed())
    };
    if failed { Err(why().into()) } else { Ok(()) }
}

/// Starts and serves: what is locked, once officers have unlocked it. None if it was told to stop before.
async fn opened(
    config: &Config,
    extent: Extent,
    stop: &mut Stop,
) -> Result<Option<(Arc<Booted>, Serving)>, Box<dyn std::error::Error>> {
    let (certificate, key) = boot::identity(&config.data)?;
    let locked: Arc<Locked<OnFiles>> = match boot::start(config, extent).await? {
        Started::Open(appliance) => {
            let appliance: Arc<Booted> = Arc::from(appliance);
            boot::publish(config, &appliance)?;
            let serving = serve(Arc::clone(&appliance), config.listen, certificate, key)?;
            tracing::info!(address = %serving.address(), "serving");
            return Ok(Some((appliance, serving)));
        }
        Started::Locked(locked) => Arc::from(locked),
    };
    let serving = serve(Arc::clone(&locked), config.listen, certificate, key)?;
    tracing::warn!(address = %serving.address(), "serving officers alone: locked");
    let unlocked = tokio::select! {
        () = stop.told() => None,
        unlocked = locked.unlocked() => Some(unlocked),
    };
    if let Some(Ok(appliance)) = unlocked {
        boot::publish(config, &appliance)?;
        tracing::info!("unlocked");
        return Ok(Some((appliance, serving)));
    }
    serving.stop().await;
    // An order that was admitted has run to its end.
    if let Some(appliance) = locked.appliance() {
        appliance.close();
    }
    unlocked.map_or(Ok(None), |failed| Ok(failed.map(|_| None)?))
}

/// Whoever tells the daemon to stop.
struct Stop {
    term: Signal,
    int: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}

/// Raises the alarm when the engines disagree.
async fn watch(appliance: Arc<Booted>) {
    loop {
        appliance.disagreement().await;
        appliance.alarm(Alarm::EnginesDisagree).await;
    }
}
