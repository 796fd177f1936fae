//! Slot files: their life, power cuts at every moment, and what somebody with the disk may do to them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;
mod life;
mod nonces;
mod power_cut;
mod tampering;
