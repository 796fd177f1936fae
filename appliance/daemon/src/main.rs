//! `countersignd`: makes an appliance, and runs it.
//!
//! Exit codes: 0 stopped as asked; 1 failed, with one line saying why; 2 wrong usage.

#![forbid(unsafe_code)]

mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use countersign_protocol::change::Profile;
use countersign_token::Pin;
use countersignd::boot::{BootError, Extent};
use countersignd::check;
use countersignd::config::Config;
use countersignd::confinement::{self, Confined};
use countersignd::init::{self, First};

#[derive(Parser)]
#[command(version, about = "The signing appliance's daemon, beside its HSM")]
struct Arguments {
    /// What to do.
    #[command(subcommand)]
    command: Command,
    /// The configuration.
    #[arg(long, global = true, default_value = "/etc/countersign/countersignd.toml")]
    config: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Make an appliance: keys in the token, TLS identity, first records.
    Init {
        /// Which floor holds, for ever.
        #[arg(long)]
        profile: ChosenProfile,
        /// The first officer's certificate.
        #[arg(long)]
        officer_cert: PathBuf,
        /// The approval page's host.
        #[arg(long)]
        rp_id: String,
        /// The approval page's origin.
        #[arg(long)]
        origin: String,
        /// Initialise the token too, with the security officer PIN in this file.
        #[arg(long)]
        so_pin_file: Option<PathBuf>,
    },
    /// Run the appliance until SIGTERM or SIGINT.
    Run {
        /// Read and check the whole ledger first, whatever snapshot there is.
        #[arg(long)]
        full: bool,
    },
    /// Read and check the whole ledger and every checkpoint's signature, change nothing of it, and say what it is.
    Check {
        /// In JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum ChosenProfile {
    Production,
    Development,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,cryptoki=off")),
        )
        .with_writer(std::io::stderr)
        .init();
    match begin(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("countersignd: {why}{}", row(&*why));
            ExitCode::FAILURE
        }
    }
}

/// Where the manual has it, if it is about what is kept.
fn row(why: &(dyn std::error::Error + 'static)) -> String {
    let row = why.downcast_ref().and_then(BootError::row);
    row.map(|row| format!(" ({row:?} in docs/recovery.md)")).unwrap_or_default()
}

/// Confined before there is a second thread, a token's module, or anything from outside.
fn begin(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::read(&arguments.config)?;
    if let Command::Run { .. } = arguments.command {
        let Confined { memory_locked, files } = confinement::enter(&config)?;
        tracing::info!(memory_locked, files, "confined");
    } else {
        confinement::keep_memory()?;
    }
    tokio::runtime::Runtime::new()?.block_on(obey(arguments.command, &config))
}

async fn obey(command: Command, config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Init { profile, officer_cert, rp_id, origin, so_pin_file } => {
            let profile = match profile {
                ChosenProfile::Production => Profile::Production,
                ChosenProfile::Development => Profile::Development,
            };
            let so_pin = so_pin_file.map(|file| Pin::from_file(&file)).transpose()?;
            let officer_certificate = &officer_cert;
            let (rp_id, origin) = (&*rp_id, &*origin);
            let first = First { profile, officer_certificate, rp_id, origin, so_pin };
            println!("{}", init::init(config, first).await?);
            Ok(())
        }
        Command::Run { full } => {
            run::run(config, if full { Extent::Everything } else { Extent::SinceSnapshot }).await
        }
        Command::Check { json } => {
            let checked = check::check(config)?;
            println!("{}", if json { checked.json() } else { checked.to_string() });
            Ok(())
        }
    }
}
