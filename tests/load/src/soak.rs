//! soak
use anyhow::Result;
/// What `soak` takes.
#[derive(clap::Args)]
pub struct Arguments {}
/// Kills.
pub fn perform(_: &Arguments) -> Result<()> {
    Ok(())
}
