//! What things cost, each against the bare thing in the same run.

mod alone;
mod core_path;
mod daemon;
mod verify;

use std::path::PathBuf;

use anyhow::Result;
use countersign_host::Host;
use countersign_token_fixture::{Fixture, Make, apart};

use crate::bare_token::{self, Cost};
use crate::figures::Figures;

/// The parts, in order.
const PARTS: [&str; 5] = ["verify", "c-sign", "core", "daemon", "batch"];

/// What `bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The only part to run; all when left out
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PARTS))]
    name: Option<String>,
    /// The daemon's program
    #[arg(long)]
    daemon: PathBuf,
    /// Seconds for each figure
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
}

/// What the others are compared with.
struct Bare {
    /// Microseconds of one verification on the host's engine.
    verify_us: f64,
    /// What C_Sign costs.
    c_sign: Cost,
}

/// Measures.
pub fn perform(arguments: &Arguments) -> Result<()> {
    let mut figures = Figures::new(arguments.json);
    let wanted = |part: &str| arguments.name.as_deref().is_none_or(|name| name == part);
    let runtime = tokio::runtime::Runtime::new()?;
    if wanted("verify") {
        verify::measure(&mut figures, arguments.seconds)?;
    }
    if wanted("core") {
        core_path::measure(&mut figures, arguments.seconds)?;
    }
    for token in TOKENS {
        let bare = Bare {
            verify_us: verify::us(&Host, arguments.seconds)?,
            c_sign: bare_token::measure(&(token.make)(), arguments.seconds)?,
        };
        if wanted("c-sign") {
            c_sign(&mut figures, token.name, &bare);
        }
        let daemon = daemon::Measured { arguments, bare: &bare, token };
        if wanted("daemon") {
            runtime.block_on(daemon.single(&mut figures))?;
        }
        if wanted("batch") {
            runtime.block_on(daemon.batch(&mut figures))?;
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

const TOKENS: [Token; 1] = [Token { name: "embedded", make: || apart(Make::Embedded) }];

fn c_sign(figures: &mut Figures, name: &str, bare: &Bare) {
    let Cost { us, one_thread_per_s: one, two_threads_per_s: two } = bare.c_sign;
    figures.part(&format!("C_Sign alone, P-256, token {name}"));
    figures.add(format!("{name}: one"), us, "us");
    figures.add(format!("{name}: 1 thread"), one, "/s");
    figures.compared(format!("{name}: 2 threads"), two, "/s", one, "1 thread");
}
