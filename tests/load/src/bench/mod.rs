//! What things cost, each against the bare thing in the same run.

mod alone;
mod assertion;
mod bare;
mod bulk;
mod core_path;
mod daemon;
mod enrolment;
mod ledger;
mod order;
mod registry;
mod verify;

use std::path::PathBuf;

use anyhow::Result;
use countersign_token_fixture::{Fixture, Make, apart};

pub use self::ledger::record_of;
use crate::appliance::{Appliance, Made};
use crate::bare_token::{self, Cost};
use crate::figures::Figures;
use bare::Bare;

/// The parts, in order.
const PARTS: [&str; 11] = [
    "verify",
    "assertion",
    "enrolment",
    "registry",
    "ledger",
    "bulk",
    "order",
    "c-sign",
    "core",
    "daemon",
    "batch",
];

/// What `bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The only part to run; all when left out
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PARTS))]
    name: Option<String>,
    /// The daemon's program
    #[arg(long)]
    daemon: PathBuf,
    /// The payload of a BLOB of the FIDO Metadata Service, JSON
    #[arg(long)]
    metadata: PathBuf,
    /// Seconds for each figure
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Devices of the large registry
    #[arg(long, default_value_t = 100_000)]
    devices: u32,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
}

/// Measures.
pub fn perform(arguments: &Arguments) -> Result<()> {
    let mut figures = Figures::new(arguments.json);
    let wanted = |part: &str| arguments.name.as_deref().is_none_or(|name| name == part);
    let runtime = tokio::runtime::Runtime::new()?;
    if wanted("verify") {
        verify::measure(&mut figures, arguments.seconds)?;
    }
    if wanted("assertion") {
        assertion::measure(&mut figures, arguments.seconds)?;
    }
    if wanted("enrolment") {
        enrolment::measure(&mut figures, arguments.seconds, &arguments.metadata)?;
        runtime.block_on(import(&mut figures, arguments))?;
    }
    if wanted("core") {
        core_path::measure(&mut figures, arguments.seconds)?;
    }
    if wanted("registry") {
        registry::measure(&mut figures, arguments.devices, arguments.seconds)?;
    }
    if wanted("ledger") {
        let [embedded, _] = TOKENS;
        runtime.block_on(ledger::measure(&mut figures, arguments, embedded))?;
    }
    if wanted("bulk") {
        let [embedded, _] = TOKENS;
        runtime.block_on(bulk::measure(&mut figures, arguments, embedded))?;
    }
    for token in TOKENS {
        if wanted("order") {
            runtime.block_on(order::measure(&mut figures, arguments, token))?;
        }
        if wanted("c-sign") {
            c_sign(&mut figures, token, arguments.seconds)?;
        }
        if wanted("daemon") || wanted("batch") {
            let bare = Bare::measured(token, arguments.seconds)?;
            let daemon = daemon::Measured { arguments, bare: &bare, token };
            if wanted("daemon") {
                runtime.block_on(daemon.single(&mut figures))?;
            }
            if wanted("batch") {
                runtime.block_on(daemon.batch(&mut figures))?;
            }
        }
    }
    figures.finish()
}

/// A kind of token, made anew for each figure.
#[derive(Clone, Copy)]
struct Token {
    name: &'static str,
    make: fn() -> Fixture,
}

const TOKENS: [Token; 2] = [
    Token { name: "embedded", make: || apart(Make::Embedded) },
    Token { name: "SoftHSM2", make: || apart(Make::SoftHsm) },
];

/// On an appliance of its own.
async fn import(figures: &mut Figures, arguments: &Arguments) -> Result<()> {
    let daemon = arguments.daemon.clone();
    let made = Made { daemon, engine: "host", sessions: 1 };
    let appliance = Appliance::make(&made, apart(Make::Embedded)).await?;
    enrolment::import(figures, &appliance, &arguments.metadata).await
}

fn c_sign(figures: &mut Figures, token: Token, seconds: u64) -> Result<()> {
    let Token { name, make } = token;
    figures.part(&format!("C_Sign alone, P-256, token {name}"));
    let Cost { per_second: one, us } = bare_token::measure(&make(), 1, seconds)?;
    let Cost { per_second: two, .. } = bare_token::measure(&make(), 2, seconds)?;
    figures.add(format!("{name}: one"), us, "us");
    figures.add(format!("{name}: 1 thread"), one, "/s");
    figures.compared(format!("{name}: 2 threads"), two, "/s", one, "1 thread");
    Ok(())
}
