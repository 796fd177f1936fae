//! What a new device is: its attestation, the certificates behind it, and what is published of its model.
//!
//! Guarantees: what comes out is a typed result that names what was checked; nothing in a statement
//! decides what it is checked against.
//!
//! An attestation proves a model, not an owner: whose device it is, is the ticket's and the officers' part.

#![forbid(unsafe_code)]

pub mod assurance;
pub mod attestation;
pub mod chain;
mod fault;
pub mod metadata;

pub use fault::Fault;
