//! One signature from nothing, step by step, with the time that each step took.
//!
//! Guarantees: what is shown is what ran: real programs, a real token, and OpenSSL's word at the
//! end; the appliance is stopped whatever happens.
//!
//! Does not guarantee: a deployment. Everything here is the development profile on one machine.

mod appliance;
mod document;
mod log;
mod place;
mod step;
mod story;
mod suite;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::programs::{self, Profile};
use crate::{embedded_token, setup};
use document::Document;
use place::Place;
pub use story::page;
use suite::Suite;

/// The programs that the story needs.
const PROGRAMS: [&str; 3] = ["countersign", "countersignd", "countersign-device"];

/// What `cargo xtask demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document to sign; a sample when left out
    file: Option<PathBuf>,
    /// The suite that the key is made for
    #[arg(long, value_enum, default_value_t)]
    suite: Suite,
    /// Works in this folder, made when it is not there, instead of a new temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Signs the document and shows how; the folder stays, to be looked into.
pub fn perform(arguments: &Arguments) -> Result<()> {
    let document = Document::read(arguments.file.as_deref())?;
    let place = match &arguments.keep {
        Some(folder) => Place::new(folder)?,
        None => Place::temporary()?,
    };
    play(&place, &document, arguments.suite)?;
    println!("\nEverything is in {}", place.folder().display());
    Ok(())
}

/// Signs the sample document with each suite in a temporary folder, which is removed when that went
/// well; gives their number.
pub fn in_folders_of_their_own() -> Result<u32> {
    let mut played = 0;
    for suite in Suite::ALL {
        let place = Place::temporary()?;
        play(&place, &Document::read(None)?, *suite)?;
        place.remove()?;
        played += 1;
    }
    Ok(played)
}

fn play(place: &Place, document: &Document, suite: Suite) -> Result<()> {
    setup::ensure(&[setup::C_COMPILER, setup::OPENSSL])?;
    let module = embedded_token::module()?;
    let programs = programs::build(&PROGRAMS, Profile::Dev)?;
    story::tell(place, &programs, &module, document, suite)
        .with_context(|| format!("the demo failed; all it did is in {}", place.folder().display()))
}
