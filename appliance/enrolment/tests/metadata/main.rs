//! BLOBs of metadata: which are imported, what they say of models, and what a newer one changes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod editions;
mod envelope;
mod models;
mod mutants;
mod payload;
mod published;
mod publisher;
