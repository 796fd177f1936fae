//! The daemon over loopback, with its durable ledger, at work for many at once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::bare::{Bare, Work};
use super::{Arguments, Token};
use crate::appliance::{Appliance, Made};
use crate::figures::{Figures, quantile_ms};
use crate::load::{self, Load};
use crate::processor;
use crate::registered::Registered;

/// Signings in flight.
const IN_FLIGHT: [usize; 3] = [1, 16, 256];
/// A full batch, and how many of them in flight.
const BATCH: Load = Load { in_flight: 4, items: 250, keep: false };
/// Before anything is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// One token's figures.
pub struct Measured<'a> {
    /// What was asked for.
    pub arguments: &'a Arguments,
    /// The bare things of this run.
    pub bare: &'a Bare,
    /// The token.
    pub token: Token,
}

/// What a load came to.
struct Outcome {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Microseconds of the daemon's processor time for each signing.
    processor_us: f64,
}

impl Measured<'_> {
    /// One document at a time.
    pub async fn single(&self, figures: &mut Figures) -> Result<()> {
        let name = self.token.name;
        figures.part(&format!("the daemon over loopback, one document each, token {name}"));
        let appliance = self.appliance().await?;
        let people = Registered::with(&appliance).await?;
        let base = |work: Work| 2.0 * work.verify_us + work.c_sign_us;
        for in_flight in IN_FLIGHT {
            let load = Load { in_flight, items: 1, keep: false };
            let came = self.loaded(&appliance, &people, load).await?;
            let what = |figure: &str| format!("{name}, {in_flight} in flight: {figure}");
            figures.add(what("signatures"), came.per_second, "/s");
            figures.add(what("p50"), came.p50_ms, "ms");
            figures.add(what("p99"), came.p99_ms, "ms");
            self.compared(
                figures,
                &what("server CPU"),
                came.processor_us,
                base,
                "2 verify + C_Sign",
            );
        }
        Ok(())
    }

    /// Full batches.
    pub async fn batch(&self, figures: &mut Figures) -> Result<()> {
        let name = self.token.name;
        figures.part(&format!("batches of {}, token {name}", BATCH.items));
        let appliance = self.appliance().await?;
        let people = Registered::with(&appliance).await?;
        let came = self.loaded(&appliance, &people, BATCH).await?;
        let items = f64::from(BATCH.items);
        let base = |work: Work| work.verify_us + work.c_sign_us;
        figures.add(format!("{name}: signatures"), came.per_second * items, "/s");
        figures.add(format!("{name}: p50 of a batch"), came.p50_ms, "ms");
        let us = came.processor_us / items;
        let what = format!("{name}: server CPU a signature");
        self.compared(figures, &what, us, base, "verify + C_Sign");
        Ok(())
    }

    /// The daemon's processor time against the bare work: alone, and on busy cores as the daemon's.
    fn compared(
        &self,
        figures: &mut Figures,
        what: &str,
        us: f64,
        base: impl Fn(Work) -> f64,
        of: &str,
    ) {
        let Bare { alone, busy } = self.bare;
        figures.compared(what, us, "us", base(*alone), &format!("({of}), alone"));
        figures.compared(what, us, "us", base(*busy), &format!("({of}), cores busy"));
    }

    async fn appliance(&self) -> Result<Appliance> {
        let daemon = self.arguments.daemon.clone();
        Appliance::make(&Made { daemon, engine: "host", sessions: 1 }, (self.token.make)()).await
    }

    async fn loaded(
        &self,
        appliance: &Appliance,
        people: &Registered,
        load: Load,
    ) -> Result<Outcome> {
        let running = load::begin(appliance, people, load).await?;
        tokio::time::sleep(WARM_UP).await;
        let (before, process) = (running.signings(), appliance.process()?);
        let (used, begun) = (processor::used_by(process)?, Instant::now());
        tokio::time::sleep(Duration::from_secs(self.arguments.seconds)).await;
        let signed = running.signings() - before;
        let used = processor::used_by(process)? - used;
        let seconds = begun.elapsed().as_secs_f64();
        let mut took = running.end().await?;
        ensure!(signed > 0, "nothing was signed; read {}", appliance.log().display());
        took.sort_unstable();
        Ok(Outcome {
            per_second: signed as f64 / seconds,
            p50_ms: quantile_ms(&took, 0.5),
            p99_ms: quantile_ms(&took, 0.99),
            processor_us: used.as_secs_f64() * 1e6 / signed as f64,
        })
    }
}
