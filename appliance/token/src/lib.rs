//! Signers' keys in a PKCS#11 token (an HSM), and the six doors to them.
//!
//! Guarantees to the core: a signer's key is used for the messages of a `SignOrder` and for nothing
//! else; each role's keys sign that role's messages only; an order is signed whole or not at all; a
//! signature whose outcome is unknown is never tried again, and none is begun past its deadline.
//! Guarantees to operators: keys are made in the token as non-extractable and for signing only, and
//! are read back; no PIN is shown, logged, or tried again once the token has refused it. A library that
//! hangs is seen within a stated time, keeps nobody waiting, and releases nothing when it comes back.
//!
//! Does not guarantee: that the token is honest. While it is initialised, a library that hangs is waited
//! for: by a person, and nobody else waits then.

#![forbid(unsafe_code)]

mod access;
mod anchors;
mod answer;
mod attributes;
mod config;
mod desk;
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
mod opening;
mod ordered;
mod pin;
mod public;
mod queue;
mod role;
mod roots;
mod seat;
mod slot;
mod token;
mod watch;
mod workers;

pub use config::{TokenConfig, Which};
pub use doors::{OWN_COSIGNATURE_BYTES, PrfUse};
pub use error::{KeyError, OpenError};
pub use health::Health;
pub use initialise::initialise;
pub use pin::{Pin, PinError};
pub use token::{RANDOM_BYTES_MAX, Token};
pub use watch::CALL_MAX_MS;
