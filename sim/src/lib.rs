//! The simulator: years of bad days in minutes, each of them repeatable from its seed.
//!
//! Guarantees: what is simulated is the appliance itself (core, registry, ledger, and the daemon's books,
//! orders and boot) on a machine that can fail in every way that is listed in [`marks`]; the same seed
//! gives the same run, byte for byte; what leaves the appliance is judged by a [`model`] that shares no
//! code with it.
//!
//! Does not guarantee: what it has no fault for. The list of marks is the list of what is tried.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a simulator that does not understand itself must stop"
)]

pub mod campaign;
pub mod machine;
pub mod marks;
pub mod model;
pub mod people;
pub mod play;
pub mod random;
pub mod report;
pub mod run;
pub mod scenario;
pub mod stage;
pub mod time;
pub mod trace;
