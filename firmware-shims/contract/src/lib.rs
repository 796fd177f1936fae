//! What every implementation of a port must do, as cases that each of them runs in its tests.
//!
//! Guarantees to the core: an implementation that breaks none of these cases answers as the port's
//! documentation says, on every edge that someone once got wrong. It does not guarantee the time
//! that an answer takes, and it is not a proof: engines are also compared with each other.
//!
//! A contract answers with the names of the cases that were broken, so its own tests can show that it
//! catches what it is there to catch.

#![forbid(unsafe_code)]

mod crypto;
mod sealing;
mod storage;
mod vectors;

pub use crypto::crypto;
pub use sealing::sealing;
pub use storage::storage;
