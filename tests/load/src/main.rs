//! Front-ends and virtual devices that load a real daemon over loopback.
//!
//! Guarantees: what is measured or killed is the program that ships, on a real token and a real disk;
//! figures are ratios within one run, so that they mean something on another machine.
//!
//! Does not guarantee: capacity. Load and appliance share one machine.

#![forbid(unsafe_code)]
#![allow(
    clippy::indexing_slicing,
    reason = "a program for tests: what it did not expect must stop it"
)]

mod appliance;
mod bare_ledger;
mod bare_token;
mod bench;
mod figures;
mod large;
mod load;
mod processor;
mod registered;
mod signing;
mod soak;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Loads a real countersignd: figures, and kills under load")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What things cost, as ratios within one run.
    Bench(bench::Arguments),
    /// Kills the daemon under load, again and again, and looks for every signature that was given.
    Soak(soak::Arguments),
    /// A large ledger: how long a start takes, and a proof.
    Large(large::Arguments),
    /// A step of that, in a process of its own.
    #[command(hide = true)]
    LargeStep(large::Step),
    /// The bare token: C_Sign alone, in a process of its own.
    #[command(hide = true)]
    BareToken(bare_token::Arguments),
    /// The bare ledger, in a process of its own.
    #[command(hide = true)]
    BareLedger(bare_ledger::Arguments),
}

fn main() -> ExitCode {
    match obey(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("countersign-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<()> {
    match command {
        Command::Bench(arguments) => bench::perform(&arguments),
        Command::Soak(arguments) => soak::perform(&arguments),
        Command::Large(arguments) => {
            tokio::runtime::Runtime::new()?.block_on(large::measure(&arguments))
        }
        Command::LargeStep(step) => step.perform(),
        Command::BareToken(arguments) => arguments.perform(),
        Command::BareLedger(arguments) => arguments.perform(),
    }
}
