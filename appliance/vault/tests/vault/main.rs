//! The vault on disks and a token in memory: what it keeps, what it destroys, and what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod faults;
mod film;
mod house;
mod large;
mod life;
mod old_copies;
mod power_cut;
mod tampering;
mod wrapped;
