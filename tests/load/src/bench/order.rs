//! An officer's order: on record, durable, and anchored in the token before the officer is told.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use countersign_client::Officer;
use countersign_protocol::Name;
use countersign_protocol::admin::{Answer, Order, SetStanding, Status};
use countersign_protocol::change::Standing;

use super::{Arguments, Token};
use crate::appliance::{Appliance, Made};
use crate::figures::Figures;
use crate::registered::{FIRST_DEVICE, Registered};

/// Measures on an appliance of its own: a device is suspended and activated in turn, which is what a revocation is.
pub async fn measure(figures: &mut Figures, arguments: &Arguments, token: Token) -> Result<()> {
    let made = Made { daemon: arguments.daemon.clone(), engine: "host", sessions: 1 };
    let appliance = Appliance::make(&made, (token.make)()).await?;
    Registered::with(&appliance).await?;
    let officer = appliance.officer().await?;
    let name = Name::new(FIRST_DEVICE).context("no name")?;
    let asks = [Order::Status(Status {})];
    let orders = [Standing::Suspended, Standing::Active]
        .map(|standing| Order::DeviceStanding(SetStanding { name, standing }));
    figures.part(&format!("an officer's order, token {}", token.name));
    let [asked, _] = given(&officer, &asks, arguments.seconds).await?;
    let [p50, p99] = given(&officer, &orders, arguments.seconds).await?;
    figures.add("asked, p50", asked, "ms");
    figures.compared("durable and anchored, p50", p50, "ms", asked, "asked");
    figures.compared("durable and anchored, p99", p99, "ms", asked, "asked");
    Ok(())
}

/// Gives these in turn, one after the other: milliseconds at the median, and at 99 of 100.
async fn given(officer: &Officer, orders: &[Order<'_>], seconds: u64) -> Result<[f64; 2]> {
    let (begun, mut took) = (Instant::now(), Vec::new());
    for order in orders.iter().cycle() {
        let asked = Instant::now();
        match officer.order(order).await?.answer()? {
            Answer::Done(_) | Answer::Status(_) => took.push(asked.elapsed()),
            other => bail!("{order:?} was answered with {other:?}"),
        }
        if begun.elapsed() >= Duration::from_secs(seconds) {
            break;
        }
    }
    took.sort_unstable();
    let of = |percent: usize| {
        let took = took.get(took.len() * percent / 100).context("nothing was measured")?;
        anyhow::Ok(took.as_secs_f64() * 1e3)
    };
    Ok([of(50)?, of(99)?])
}
