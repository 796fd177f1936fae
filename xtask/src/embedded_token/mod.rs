//! The embedded token's module: built once, kept in a cache, found there from then on.
//!
//! Guarantees: the module returned was built to its end from the sources, lock file and compiler
//! at hand; two callers at once build it once.
//!
//! Does not guarantee: that the cache is honest. Whoever can write there chooses the token.

mod build;
mod source;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{setup, workspace};

/// The module's path, after a build of some minutes when the cache does not have it.
pub fn module() -> Result<PathBuf> {
    let folder = workspace::folder_of(workspace::EMBEDDED_TOKEN);
    let place = source::place(&folder)?;
    let module = source::module(&place);
    if module.exists() {
        return Ok(module);
    }
    let _building = place.lock()?;
    // Another caller may have built it while this one waited for the lock.
    if !module.exists() {
        setup::ensure(setup::FOR_THE_TOKEN)?;
        let begun = Instant::now();
        eprintln!("embedded token: building, once: about 4 minutes on 2 cores, half of it OpenSSL");
        build::build(&folder, &place).context("cannot build the embedded token")?;
        eprintln!("embedded token: built in {} s", begun.elapsed().as_secs());
    }
    Ok(module)
}
