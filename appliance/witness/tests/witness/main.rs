//! A witness: each rule of tlog-witness with what keeps it, and one mutation of that which does not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod desk;
mod durability;
mod log;
mod rules;
