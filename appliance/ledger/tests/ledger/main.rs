//! The ledger on a real file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod bounds;
mod durability;
mod failing;
mod folder;
mod marks;
mod proofs;
mod receipts;
mod restored;
mod sealing;
mod story;
mod tampering;
