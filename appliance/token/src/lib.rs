//! Signers' keys in a PKCS#11 token (an HSM), and the three doors to them.
//!
//! Guarantees to the core: a signer's key is used for the messages of a `SignOrder` and for nothing
//! else; each role's keys sign that role's messages only; an order is signed whole or not at all; a
//! signature whose outcome is unknown is never tried again, and none is begun past its deadline.
//! Guarantees to operators: keys are made in the token as non-extractable and for signing only, and
//! are read back; no PIN is shown, logged, or tried again once the token has refused it.
//!
//! Does not guarantee: that the token is honest, or that its library answers at all. A library
//! that hangs hangs a worker, and with it whoever waits for the answer.

#![forbid(unsafe_code)]

mod access;
mod attributes;
mod config;
mod doors;
mod error;
mod faults;
mod find;
mod health;
mod initialise;
mod job;
mod keys;
mod kind;
mod module;
mod ordered;
mod pin;
mod public;
mod queue;
mod role;
mod seat;
mod slot;
mod token;

pub use config::{TokenConfig, Which};
pub use doors::PrfUse;
pub use error::{KeyError, OpenError};
pub use health::Health;
pub use initialise::initialise;
pub use pin::{Pin, PinError};
pub use token::{RANDOM_BYTES_MAX, Token};
