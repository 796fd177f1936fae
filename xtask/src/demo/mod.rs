//! One signature from nothing, step by step, with the time that each step took.
//!
//! Guarantees: what is shown is what ran: real programs, a real token, and OpenSSL's word at the
//! end; the appliance is stopped whatever happens.
//!
//! Does not guarantee: a deployment. Everything here is the development profile on one machine.

use std::path::PathBuf;

use anyhow::{Result, bail};

/// What `cargo xtask demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document to sign; a sample when left out
    file: Option<PathBuf>,
    /// Works in this folder, which must be new or empty, instead of a temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Signs the document and shows how.
pub fn perform(arguments: &Arguments) -> Result<()> {
    let _ = (&arguments.file, &arguments.keep);
    in_a_folder_of_its_own()
}

/// Signs the sample document in a temporary folder, which is removed afterwards.
pub fn in_a_folder_of_its_own() -> Result<()> {
    bail!("the demo is not written yet; it comes with the appliance")
}
