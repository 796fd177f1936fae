//! Many devices enrolled at once, each durable before its front-end is told: tickets, signers and registrations are there before.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use countersign_client::FrontEnd;
use countersign_protocol::reply::{Enrolled, Reply};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{Arguments, Token};
use crate::appliance::{Appliance, Made};
use crate::figures::Figures;
use crate::registered::{Registered, Registration, registration};

/// Devices, each of a signer of its own.
const DEVICES: usize = 4_000;
/// Orders that are under way at the same time.
const ORDERS: usize = 16;
/// Registrations that are under way at the same time.
const UNDER_WAY: usize = 256;

/// Measures on an appliance of its own.
pub async fn measure(figures: &mut Figures, arguments: &Arguments, token: Token) -> Result<()> {
    let made = Made { daemon: arguments.daemon.clone(), engine: "host", sessions: 1 };
    let appliance = Appliance::make(&made, (token.make)()).await?;
    let registered = Registered::with(&appliance).await?;
    let officer = appliance.officer().await?;
    figures.part(&format!("{DEVICES} devices enrolled in bulk, token {}", token.name));
    let (begun, made) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let gathered = Arc::clone(&made);
    all(ORDERS, move |n| {
        let (officer, made) = (officer.clone(), Arc::clone(&gathered));
        async move {
            let one = registration(&officer, n).await?;
            made.lock().await.push(one);
            Ok(())
        }
    })
    .await?;
    let per_second = |begun: Instant| DEVICES as f64 / begun.elapsed().as_secs_f64();
    figures.add("signer and ticket ordered, anchored", per_second(begun), "/s");
    let mut portals = Vec::new();
    for identity in &registered.front_ends {
        portals.push(FrontEnd::connect(appliance.address(), &appliance.pin()?, identity).await?);
    }
    let registrations = Arc::new(std::mem::take(&mut *made.lock().await));
    let begun = Instant::now();
    all(UNDER_WAY, move |n| {
        let (registrations, portal) =
            (Arc::clone(&registrations), portals.get(n % portals.len()).cloned());
        async move {
            let registration = registrations.get(n).context("no registration")?;
            enrol(registration, &portal.context("no portal")?).await
        }
    })
    .await?;
    figures.add("enrolled, durable", per_second(begun), "/s");
    Ok(())
}

/// Does it for each device, so many at the same time.
async fn all<F>(at_once: usize, each: impl Fn(usize) -> F + Clone + Send + 'static) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (next, mut workers) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    for _ in 0..at_once {
        let (next, each) = (Arc::clone(&next), each.clone());
        workers.spawn(async move {
            loop {
                match next.fetch_add(1, Ordering::Relaxed) {
                    n if n < DEVICES => each(n).await?,
                    _ => return anyhow::Ok(()),
                }
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(())
}

async fn enrol(registration: &Registration, portal: &FrontEnd) -> Result<()> {
    match portal.enrol(&registration.enrol()?).await?.reply()? {
        Reply::Enrolled(Enrolled { invitation: None }) => Ok(()),
        other => bail!("the device is not enrolled: {other:?}"),
    }
}
