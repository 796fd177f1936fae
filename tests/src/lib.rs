//! The scenario language: a valid case, one mutation, and what must come of it.
//!
//! Guarantee to a reader of `tests/scenarios.rs`: a row differs from the valid case in exactly what it
//! says; all engines use the real core, ledger, registry and a real PKCS#11 token. An engine that
//! gives another verdict than the row says fails, and so does a reply that tells more than its status.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: what it did not expect must stop it"
)]

pub mod case;
pub mod draft;
pub mod engine;
pub mod enrolment;
pub mod faulty;
pub mod house;
pub mod meddled;
pub mod outcome;
pub mod people;
pub mod program;
pub mod remembered;
pub mod shop;
pub mod witnessing;
