//! The published log, from wherever it is read: the appliance, a folder, a web server.
//!
//! Guarantees: a file is what tlog-tiles says it must be, or an error; a proof is verified before it is given;
//! what was seen once is remembered, and a log that shrank or forked is refused. Whose a checkpoint is, by its
//! signature, is for the verifier.

mod error;
mod memory;
mod proofs;
mod reader;
mod source;

pub use error::LogError;
pub use memory::{Memory, Met, Seen, newest, received};
pub use proofs::{consistency, frontier, inclusion};
pub use reader::LogReader;
pub use source::{Source, checkpoint, entries, tile};
