//! The programs that a real daemon needs: what this one is built from, and what it stands on.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The appliance.
    pub daemon: PathBuf,
    /// The embedded token's module.
    pub token_module: PathBuf,
    /// The module that stands before it and goes wrong as it is told.
    pub faulty_module: PathBuf,
    /// The simulator: it reads the keys of records in a process of its own, where the token's module finds its
    /// token.
    pub simulator: PathBuf,
}

impl Programs {
    /// Those that the environment names.
    ///
    /// # Errors
    /// Which one is missing, and who sets it.
    pub fn from_environment() -> Result<Self> {
        Ok(Self {
            daemon: named("COUNTERSIGN_DAEMON")?,
            token_module: named("COUNTERSIGN_TOKEN_MODULE")?,
            faulty_module: named("COUNTERSIGN_FAULTY_MODULE")?,
            simulator: simulator()?,
        })
    }
}

/// This program, or the one beside whose tests run.
fn simulator() -> Result<PathBuf> {
    let own = env::current_exe().context("this program has no file")?;
    let folders = own.ancestors().skip(1).take(2);
    let mut places = folders.map(|folder| folder.join("countersign-sim"));
    places.find(|path| path.is_file()).context("countersign-sim is not beside its tests")
}

fn named(variable: &str) -> Result<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    path.with_context(|| {
        format!(
            "{variable} names no file that is there: run `cargo xtask test unit` or `cargo xtask \
             lab sim`, which set it"
        )
    })
}
