//! What the house does when the token's library goes wrong: the embedded token, behind the faulty module.
//!
//! Signers' doors open to orders only, so each signature here comes by the core's whole path: a request, a
//! device's approval, an order. What the token said and what the core made of it are both seen.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test did not expect has failed the test"
)]

mod codes;
mod hangs;
mod house;
mod lies;
mod people;
