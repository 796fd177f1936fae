//! Talks to the appliance over QUIC: what front-ends, officers and tests all use.
//!
//! Guarantees to the caller: the peer holds the private key of exactly the pinned certificate; TLS 1.3
//! only, X25519MLKEM768 first, no resumption, no early data; every wait, window and reply has a bound;
//! a reply is one canonical encoding or an error; a `Sign` whose outcome is unknown says so.
//!
//! Does not guarantee: that a reply is true, or that signatures verify. That is for the verifier.

#![forbid(unsafe_code)]

mod answered;
mod channel;
mod connection;
mod error;
mod front_end;
mod identity;
pub mod log;
mod officer;
mod pending;
mod pin;
mod settings;
#[cfg(test)]
mod tests;

pub use answered::{Answered, Ordered};
pub use channel::{channel_of, channel_of_pem_file};
pub use error::ClientError;
pub use front_end::FrontEnd;
pub use identity::{Identity, NewIdentity, new_identity};
pub use officer::Officer;
pub use pending::Pending;
pub use pin::ServerPin;
