//! A ledger on a real file, published: what others read, and what is left when the power fails.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod contradictions;
mod folder;
mod ledger;
mod power_cut;
mod reader;
mod speed;
