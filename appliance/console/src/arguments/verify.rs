//! What anyone can ask.

use std::path::PathBuf;

use clap::Args;
use countersign_protocol::limits::ITEMS_MAX;

/// `verify`.
#[derive(Args)]
pub(crate) struct VerifyArguments {
    /// What is believed: appliances and witnesses, as `status --trust` writes it (docs/evidence.md).
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The evidence, as `sign` writes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: PathBuf,
    /// Only one document of several is at hand: its place among them, from 1.
    #[arg(long, value_name = "N")]
    pub(crate) item: Option<usize>,
    /// Writes a page for people, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// The documents, in the order in which they were approved.
    #[arg(required = true, value_name = "DOCUMENT", num_args = 1..=ITEMS_MAX)]
    pub(crate) files: Vec<PathBuf>,
}
